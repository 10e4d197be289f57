#include "report/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "report/gnuplot.h"
#include "report/tables.h"

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

// Letters of the longest name.
int longest(const std::vector<std::string>& names) {
  std::size_t letters = 0;
  for (const auto& name : names) letters = std::max(letters, display_width(name));
  return static_cast<int>(letters);
}

std::string title_command(const std::string& title) {
  return title.empty() ? ""
                       : fmt::format("set title {} font ',15' offset 0,0.3\n", in_quotes(title));
}

std::string text_colour(int column) {
  return fmt::format("(${} > {} ? {} : {})", column, kLightTextFrom, kLightText, kDarkText);
}

// A grid of shaded cells: first row on top, names on both axes, a colour bar for shares from 0
// to 1. The margins are laid out here, in units of the SVG, because gnuplot's own leave square
// cells swimming in white.
struct Grid {
  std::vector<std::string> rows;
  std::vector<std::string> columns;
  std::string row_label;     ///< of the axis; may be empty
  std::string column_label;  ///< of the axis; may be empty
  std::string bar_label;
  int cell_width = 58;
  int cell_height = 58;
};

constexpr double kLetterWidth = 8;  // of the 13-unit font, on average

void lay_out(const Grid& grid, const std::string& title, Drawing& drawing) {
  const bool slanted = longest(grid.columns) * kLetterWidth > grid.cell_width;
  const double names = longest(grid.columns) * kLetterWidth;
  const double left = longest(grid.rows) * kLetterWidth + 14 + (grid.row_label.empty() ? 0 : 52);
  const double bottom = (slanted ? 18 + 0.62 * names : 26) + (grid.column_label.empty() ? 6 : 40);
  const double top = title.empty() ? 14 : 54;
  const double inner_width = grid.cell_width * static_cast<double>(grid.columns.size());
  const double inner_height = grid.cell_height * static_cast<double>(grid.rows.size());
  drawing.width = static_cast<int>(left + inner_width + 100);
  drawing.height = static_cast<int>(top + inner_height + bottom);
  const auto x = [&](double units) { return units / drawing.width; };
  const auto y = [&](double units) { return units / drawing.height; };

  drawing.settings =
      title_command(title) +
      fmt::format(
          "{}\n"
          "set cbrange [0:1]\n"
          "set cbtics 0.25 format '%.2f' scale 0 font ',10'\n"
          "set cblabel {} offset 0.5,0\n"
          "set colorbox noborder user origin screen {:.4f},{:.4f} size screen {:.4f},{:.4f}\n"
          "set lmargin at screen {:.4f}\n"
          "set rmargin at screen {:.4f}\n"
          "set bmargin at screen {:.4f}\n"
          "set tmargin at screen {:.4f}\n",
          palette_command(), in_quotes(inner_height < 190 ? "" : grid.bar_label),
          x(left + inner_width + 12), y(bottom), x(14), y(inner_height), x(left),
          x(left + inner_width), y(bottom), y(bottom + inner_height)) +
      fmt::format(
          "set xrange [-0.5:{}]\n"
          "set yrange [{}:-0.5]\n"
          "set xtics {} scale 0{}\n"
          "set ytics {} scale 0\n"
          "set xlabel {}\n"
          "set ylabel {}\n"
          "unset key\n"
          "unset border\n"
          "set style fill solid noborder\n",
          static_cast<double>(grid.columns.size()) - 0.5,
          static_cast<double>(grid.rows.size()) - 0.5, tics(grid.columns),
          slanted ? " rotate by 40 right" : "", tics(grid.rows), in_quotes(grid.column_label),
          in_quotes(grid.row_label));
}

// 1, 2, 5, 10, 20 …: at most ten marks over so many epochs.
int epochs_between_tics(int epochs) {
  for (int power = 1;; power *= 10) {
    for (const int step : {1, 2, 5}) {
      if (step * power * 10 >= epochs) return step * power;
    }
  }
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

Drawing learning_curves(const std::vector<HistoryPoint>& history, const std::string& title) {
  if (history.empty()) {
    throw Error("there are no epochs to draw learning curves of");
  }
  Drawing drawing;
  drawing.name = "learning_curves";
  drawing.width = 920;
  drawing.height = title.empty() ? 380 : 450;
  drawing.columns = "epoch train_accuracy validation_accuracy train_loss validation_loss";
  LossAndAccuracy what;
  what.points = history.size() <= 30;
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
      "set grid ytics linecolor rgb '#d8d8d8' linewidth 0.8 dashtype 1\n"
      "set border 3\n"
      "set tics nomirror\n"
      "set xlabel 'epoch'\n"
      "set xrange [{}:{}]\n"
      "set xtics {}\n"
      "set key at graph 0.5,1.07 center center horizontal Left reverse samplen 3\n"
      "set tmargin at screen {}\n",
      first == last ? first - 0.5 : first, first == last ? last + 0.5 : last,
      epochs_between_tics(last - first), title.empty() ? 0.88 : 0.82);
  drawing.commands = fmt::format("  set multiplot layout 1,2{}\n",
                                 title.empty() ? ""
                                               : fmt::format(" title {} font ',15' offset 0,-0.3",
                                                             in_quotes(title))) +
                     panel("accuracy", 2, what, "[0:1]") +
                     panel("loss (cross entropy)", 4, what, "[0:*]") + "  unset multiplot";
  return drawing;
}

Drawing confusion_heatmap(const std::string& name, const ConfusionMatrix& matrix,
                          const std::string& title) {
  const auto& classes = matrix.classes();
  const auto count = static_cast<int>(classes.size());
  Drawing drawing;
  drawing.name = name;
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
  const int side = std::clamp(1300 / count, 24, 58);
  lay_out(
      {classes, classes, "true class", "predicted class", "share of the true class", side, side},
      title, drawing);
  drawing.commands = "  plot data using 4:3:(0.49):(0.49):6 with boxxyerror fillcolor palette";
  if (count <= 24) {
    drawing.commands += fmt::format(
        ", \\\n       data using 4:3:(sprintf('%d', $5)):{} with labels font ',{}' "
        "textcolor rgb variable",
        count <= 12 ? fmt::format("($5 == 0 ? 0xb0b0b0 : {})", text_colour(6)) : text_colour(6),
        count <= 12 ? 13 : 9);
  }
  return drawing;
}

Drawing score_heatmap(const std::string& name, const Scores& scores,
                      const std::vector<std::string>& classes, const std::string& title) {
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

  const int height = std::clamp(1300 / static_cast<int>(rows.size()), 24, 44);
  lay_out({rows, kColumns, "", "", "score", 92, height}, title, drawing);
  drawing.commands = fmt::format(
      "  plot data using 4:3:(0.49):(0.48):5 with boxxyerror fillcolor palette, \\\n"
      "       data using 4:3:(sprintf('%.3f', $5)):{} with labels font ',13' "
      "textcolor rgb variable",
      text_colour(5));
  return drawing;
}

Drawing share_heatmap(const std::string& name, const ShareGrid& shares, const std::string& title) {
  Drawing drawing;
  drawing.name = name;
  drawing.columns = "row column row_index column_index percent share";
  for (std::size_t row = 0; row < shares.rows.size(); ++row) {
    for (std::size_t column = 0; column < shares.columns.size(); ++column) {
      const auto& share = shares.shares[row * shares.columns.size() + column];
      if (!share) continue;
      drawing.data +=
          fmt::format("{} {} {} {} {:.4f} {:.6f}\n", table_text(shares.rows[row]),
                      table_text(shares.columns[column]), row, column, 100 * *share, *share);
    }
  }
  lay_out({shares.rows, shares.columns, shares.row_label, shares.column_label, shares.bar_label, 96,
           58},
          title, drawing);
  drawing.commands = fmt::format(
      "  plot data using 4:3:(0.49):(0.48):6 with boxxyerror fillcolor palette, \\\n"
      "       data using 4:3:(sprintf('%.1f', $5)):{} with labels font ',13' "
      "textcolor rgb variable",
      text_colour(6));
  return drawing;
}

}  // namespace aver
