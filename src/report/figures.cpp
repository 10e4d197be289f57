#include "aver/report/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "aver/base/error.h"
#include "report/gnuplot.h"

namespace aver {
namespace {

constexpr std::string_view kDarkText = "0x202020";
constexpr std::string_view kLightText = "0xffffff";
// Above this shade of the palette white is the easier one to read (OKLab lightness below .6).
constexpr double kLightTextFrom = 0.55;

// 'name' index, 'name' index …: tic marks at 0, 1, 2 …
std::string tics(const std::vector<std::string>& names) {
  std::vector<std::string> marks;
  for (std::size_t i = 0; i < names.size(); ++i) {
    marks.push_back(fmt::format("{} {}", in_quotes(names[i]), i));
  }
  return fmt::format("({})", fmt::join(marks, ", "));
}

std::size_t longest(const std::vector<std::string>& names) {
  std::size_t length = 0;
  for (const auto& name : names) length = std::max(length, name.size());
  return length;
}

std::string title_command(const std::string& title) {
  return title.empty() ? ""
                       : fmt::format("set title {} font ',15' offset 0,0.3\n", in_quotes(title));
}

std::string text_colour(int column) {
  return fmt::format("(${} > {} ? {} : {})", column, kLightTextFrom, kLightText, kDarkText);
}

// What a grid of shaded cells needs: first row on top, names on both axes, a colour bar for shares.
std::string grid_settings(const std::vector<std::string>& rows,
                          const std::vector<std::string>& columns, const std::string& bar) {
  return fmt::format(
      "{}\n"
      "set cbrange [0:1]\n"
      "set cbtics 0.25 format '%.2f' scale 0.5 font ',10'\n"
      "set cblabel {} offset 0.5,0\n"
      "set colorbox noborder\n"
      "set xrange [-0.5:{}]\n"
      "set yrange [{}:-0.5]\n"
      "set xtics {} scale 0{}\n"
      "set ytics {} scale 0\n"
      "unset key\n"
      "unset border\n"
      "set style fill solid noborder\n",
      palette_command(), in_quotes(bar), static_cast<double>(columns.size()) - 0.5,
      static_cast<double>(rows.size()) - 0.5, tics(columns),
      longest(columns) > 9 || columns.size() > 4 ? " rotate by 40 right" : "", tics(rows));
}

struct LossAndAccuracy {
  bool validation = false;
  bool points = false;
};

std::string panel(const std::string& label, int train_column, const LossAndAccuracy& what,
                  const std::string& range) {
  const std::string style = what.points ? "linespoints" : "lines";
  std::string plot = fmt::format(
      "  set ylabel {0}\n  set yrange {1}\n"
      "  plot data using 1:{2} with {3} linestyle 1 title 'training'",
      in_quotes(label), range, train_column, style);
  if (what.validation) {
    plot += fmt::format(", \\\n       data using 1:{} with {} linestyle 2 title 'validation'",
                        train_column + 1, style);
  }
  return plot + "\n";
}

}  // namespace

std::optional<std::string> write_learning_curves(const fs::path& folder,
                                                 const std::vector<HistoryPoint>& history,
                                                 const std::string& title) {
  if (history.empty()) {
    throw Error("there are no epochs to draw learning curves of");
  }
  Drawing drawing;
  drawing.name = "learning_curves";
  drawing.width = 920;
  drawing.height = title.empty() ? 380 : 410;
  drawing.columns = "epoch train_accuracy validation_accuracy train_loss validation_loss";
  LossAndAccuracy what;
  what.points = history.size() <= 60;
  for (const HistoryPoint& point : history) {
    drawing.data +=
        fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f}\n", point.epoch, point.train_accuracy,
                    point.validation_accuracy, point.train_loss, point.validation_loss);
    what.validation = what.validation || std::isfinite(point.validation_loss) ||
                      std::isfinite(point.validation_accuracy);
  }
  const int first = history.front().epoch;
  const int last = history.back().epoch;
  drawing.settings = fmt::format(
      "set style line 1 linecolor rgb '#0072b2' linewidth 1.8 pointtype 7 pointsize 0.35\n"
      "set style line 2 linecolor rgb '#d55e00' linewidth 1.8 dashtype (8,4) pointtype 5 "
      "pointsize 0.35\n"
      "set grid ytics linecolor rgb '#e0e0e0' linewidth 0.6 dashtype 1\n"
      "set border 3\n"
      "set tics nomirror\n"
      "set xlabel 'epoch'\n"
      "set xrange [{}:{}]\n"
      "set xtics {}\n"
      "set key outside bottom center horizontal samplen 3\n",
      first == last ? first - 0.5 : first, first == last ? last + 0.5 : last,
      std::max(1, static_cast<int>(std::ceil((last - first) / 10.0))));
  drawing.commands =
      fmt::format("  set multiplot layout 1,2{}\n",
                  title.empty() ? "" : fmt::format(" title {} font ',15'", in_quotes(title))) +
      panel("accuracy", 2, what, "[0:1]") + panel("loss (cross entropy)", 4, what, "[0:*]") +
      "  unset multiplot";
  return draw(folder, drawing);
}

std::optional<std::string> write_confusion_matrix(const fs::path& folder, const std::string& name,
                                                  const ConfusionMatrix& matrix,
                                                  const std::string& title) {
  const auto& classes = matrix.classes();
  const auto count = static_cast<int>(classes.size());
  const auto text_width = static_cast<int>(7 * longest(classes));
  Drawing drawing;
  drawing.name = name;
  const int side = std::clamp(58 * count, 290, 1300);
  drawing.width = side + text_width + 150;
  drawing.height = side + text_width + (title.empty() ? 60 : 90);
  drawing.columns = "true predicted true_index predicted_index count share_of_true_class";
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    const std::size_t support = matrix.support(truth);
    for (std::size_t predicted = 0; predicted < classes.size(); ++predicted) {
      const std::size_t cell = matrix.at(truth, predicted);
      const double share =
          support > 0 ? static_cast<double>(cell) / static_cast<double>(support) : 0.0;
      drawing.data += fmt::format("{} {} {} {} {} {:.6f}\n", table_text(classes[truth]),
                                  table_text(classes[predicted]), truth, predicted, cell, share);
    }
  }
  drawing.settings = title_command(title) +
                     grid_settings(classes, classes, "share of the true class") +
                     "set size ratio -1\n"
                     "set xlabel 'predicted class'\n"
                     "set ylabel 'true class'\n";
  drawing.commands = "  plot data using 4:3:(0.49):(0.49):6 with boxxyerror fillcolor palette";
  if (count <= 24) {
    drawing.commands += fmt::format(
        ", \\\n       data using 4:3:(sprintf('%d', $5)):{} with labels font ',{}' "
        "textcolor rgb variable",
        count <= 12 ? fmt::format("($5 == 0 ? 0xb0b0b0 : {})", text_colour(6)) : text_colour(6),
        count <= 12 ? 13 : 9);
  }
  return draw(folder, drawing);
}

std::optional<std::string> write_score_heatmap(const fs::path& folder, const std::string& name,
                                               const Scores& scores,
                                               const std::vector<std::string>& classes,
                                               const std::string& title) {
  if (classes.size() != scores.classes.size()) {
    throw Error("cannot draw the scores of {} classes under {} names", scores.classes.size(),
                classes.size());
  }
  static const std::vector<std::string> kColumns = {"precision", "recall", "F1"};
  Drawing drawing;
  drawing.name = name;
  drawing.columns = "class score class_index score_index value";
  std::vector<std::string> rows;
  const auto add_row = [&](const std::string& row, const std::array<double, 3>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      drawing.data += fmt::format("{} {} {} {} {:.6f}\n", table_text(row), kColumns[i], rows.size(),
                                  i, values[i]);
    }
    rows.push_back(row);
  };
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const ClassScores& one = scores.classes[i];
    add_row(fmt::format("{} ({})", classes[i], one.support), {one.precision, one.recall, one.f1});
  }
  add_row("mean of classes", {scores.macro_precision, scores.macro_recall, scores.macro_f1});

  drawing.width = 430 + static_cast<int>(7 * longest(rows));
  drawing.height =
      std::clamp(44 * static_cast<int>(rows.size()), 150, 1300) + (title.empty() ? 70 : 100);
  drawing.settings = title_command(title) + grid_settings(rows, kColumns, "score");
  drawing.commands = fmt::format(
      "  plot data using 4:3:(0.49):(0.48):5 with boxxyerror fillcolor palette, \\\n"
      "       data using 4:3:(sprintf('%.3f', $5)):{} with labels font ',13' "
      "textcolor rgb variable",
      text_colour(5));
  return draw(folder, drawing);
}

}  // namespace aver
