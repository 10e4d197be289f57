#include "report/timeline_figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/gnuplot.h"
#include "report/tables.h"

namespace aver {
namespace {

// Okabe and Ito's colours, made lighter so that dark text can be read on each; further labels begin
// with the first again, and are told apart by their names.
constexpr std::array<int, 9> kColours = {0xd0d0d0, 0x9ad0f0, 0xf5d76e, 0x6fa8dc, 0xe88b5a,
                                         0xc9a6cf, 0x8fcf9f, 0xf0b46a, 0xd7b899};

constexpr int kWidth = 920, kRow = 62, kAxis = 76;
constexpr double kLetterWidth = 7.2;  // of the labels' font, on average

int colour_of(const std::string& label, const std::vector<std::string>& labels) {
  const auto place = static_cast<std::size_t>(std::ranges::find(labels, label) - labels.begin());
  return kColours[place % kColours.size()];
}

}  // namespace

Drawing timelines_figure(const std::vector<DrawnTimeline>& recordings,
                         const std::vector<std::string>& labels) {
  Drawing drawing;
  drawing.name = "timelines";
  drawing.width = kWidth;
  drawing.height = kRow * static_cast<int>(recordings.size()) + kAxis;
  drawing.columns = "start end from to colour label recording what";
  double seconds = 0;
  std::size_t letters = 0;
  for (const DrawnTimeline& one : recordings) {
    letters = std::max(letters, display_width(one.name));
    for (const auto* bar : {&one.reference, &one.answer}) {
      if (!bar->empty()) seconds = std::max(seconds, bar->back().end);
    }
  }
  const double left = std::min(.3, (kLetterWidth * static_cast<double>(letters) + 86) / kWidth);
  const double per_second = kWidth * (.98 - left) / std::max(seconds, 1e-3);
  std::vector<std::string> tics;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const auto row = static_cast<double>(i);
    const auto add = [&](const std::vector<TimedLabel>& bar, const char* what, double from,
                         double to) {
      for (const TimedLabel& one : bar) {
        const double room = per_second * (one.end - one.start);
        const bool fits = room > kLetterWidth * static_cast<double>(display_width(one.label)) + 4;
        drawing.data +=
            fmt::format("{:.3f} {:.3f} {:.2f} {:.2f} {} {} {} {}\n", one.start, one.end, from, to,
                        colour_of(one.label, labels), table_text(fits ? one.label : " "),
                        table_text(recordings[i].name), what);
      }
      tics.push_back(fmt::format(
          "{} {:.3f}",
          in_quotes(std::string(what) == "truth" ? recordings[i].name + "   truth" : "answer"),
          (from + to) / 2));
    };
    add(recordings[i].reference, "truth", row + .06, row + .46);
    add(recordings[i].answer, "answer", row + .5, row + .9);
  }
  drawing.settings = fmt::format(
      "set lmargin at screen {:.3f}\nset rmargin at screen .98\n"
      "set tmargin 1\nset bmargin at screen {:.3f}\n"
      "set border 1\nset key off\nset style fill solid 1 border rgb '#ffffff'\n"
      "set xlabel 'seconds' offset 0,0.6\nset xtics nomirror out\nset xrange [0:{:.3f}]\n"
      "set yrange [{}:0]\nset ytics scale 0 ({})\n",
      left, 58.0 / drawing.height, seconds, recordings.size(), fmt::join(tics, ", "));
  drawing.commands =
      "  plot data using (($1+$2)/2):(($3+$4)/2):(($2-$1)/2):(($4-$3)/2):5 with boxxyerror "
      "fillcolor rgb variable, \\\n"
      "       data using (($1+$2)/2):(($3+$4)/2):6 with labels font ',10' textcolor rgb '#202020'";
  return drawing;
}

}  // namespace aver
