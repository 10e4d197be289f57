#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "eval/confusion.h"

namespace aver {

// Figures are drawn by gnuplot. Each one named NAME is four files in its folder: NAME.dat (the
// numbers, with a header line), NAME.gp (the script, to restyle and run by hand in that folder:
// `gnuplot NAME.gp`), NAME.png and NAME.svg (text as text). Data and script are always written;
// where gnuplot is missing, there is a one-sentence warning and no picture. Throws Error when a
// file cannot be written and when gnuplot fails or leaves a cut picture. Equal input gives equal
// bytes.

/// One epoch of a training run. NaN where there is no such value (no validation part).
struct HistoryPoint {
  int epoch = 0;  ///< from 1
  double train_loss = 0;
  double train_accuracy = 0;  ///< share, 0 … 1
  double validation_loss = 0;
  double validation_accuracy = 0;  ///< share, 0 … 1
};

/// A figure before it is drawn: a table, and gnuplot's commands around choosing the terminal.
struct Drawing {
  std::string name;      ///< of the four files, letters, digits, '-', '_' and '.'
  std::string columns;   ///< header of the table
  std::string data;      ///< the rows
  std::string settings;  ///< run once, before the first terminal is set
  std::string commands;  ///< run once per terminal
  int width = 640;       ///< of the SVG in its own units; the PNG has 1.5 times as many pixels
  int height = 560;
};

/// "learning_curves": accuracy and loss over epochs, training and validation.
Drawing learning_curves(const std::vector<HistoryPoint>& history, const std::string& title = "");

/// Counts in every cell; the shade is the share of the true class (of the row).
Drawing confusion_heatmap(const std::string& name, const ConfusionMatrix& matrix,
                          const std::string& title = "");

/// Precision, recall and F1 per class and their means over classes.
Drawing score_heatmap(const std::string& name, const Scores& scores,
                      const std::vector<std::string>& classes, const std::string& title = "");

/// Shares from 0 to 1, or nothing, under names on both axes.
struct ShareGrid {
  std::vector<std::string> rows, columns;
  std::string row_label, column_label, bar_label;
  std::vector<std::optional<double>> shares;  ///< row by row
};
Drawing share_heatmap(const std::string& name, const ShareGrid& shares,
                      const std::string& title = "");

/// Writes the files of each figure; one gnuplot draws them all. Returns a warning for each that was
/// not drawn because there is no gnuplot, and removes older pictures of its name, which would show
/// other numbers. Figures that gnuplot fails at are an Error that names them, thrown when the
/// others are there.
std::vector<std::string> draw_all(const fs::path& folder, const std::vector<Drawing>& drawings);

}  // namespace aver
