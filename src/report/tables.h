#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/confusion.h"
#include "eval/significance.h"

namespace aver {

/// Columns a text takes in a terminal: code points, wide East Asian ones and emoji twice, combining
/// marks not at all.
std::size_t display_width(std::string_view text);

/// A table as aligned plain text: the first columns flush left, the others flush right, two spaces
/// between, a rule below the header, every line indented by two. Cells longer than `kWidestCell`
/// are cut with an ellipsis. Rows may be shorter than the header.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::size_t left_columns = 1;  ///< flush left
};
inline constexpr std::size_t kWidestCell = 40;
std::string format_table(const TextTable& table);

/// One line of an accuracy table.
struct AccuracyRow {
  std::string name;  ///< "audio", "visual", "both (maximum confidence)"
  Scores scores;
  double calibration_error = 0;
  double negative_log_likelihood = 0;
  std::optional<Interval> accuracy_interval, uar_interval;  ///< 95 %
};

/// "82.78 %"; "–" for nothing
std::string percent(const std::optional<double>& share);
/// "80.1–85.4", in percent; "-" when there is none.
std::string interval_text(const std::optional<Interval>& interval);

/// name, clips, right, accuracy, UAR, macro F1 (percent), ECE and NLL; with columns for intervals
/// when a row has any.
std::string accuracy_table(const std::vector<AccuracyRow>& rows);

/// Precision, recall and F1 of each class for several systems side by side.
std::string class_table(const std::vector<AccuracyRow>& rows,
                        const std::vector<std::string>& classes);

}  // namespace aver
