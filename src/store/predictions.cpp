#include "store/predictions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "base/csv.h"
#include "base/error.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "corpus/emotions.h"

namespace aver {
namespace {

constexpr double kSumTolerance = 1e-3 + 1e-9;  // 1e-3 itself passes, however it is rounded

/// Where the parts of a prediction stand in a table.
struct Layout {
  std::size_t clip = 0;
  std::optional<std::size_t> fold, role, label, uses;
  std::vector<std::string> classes;        // in class order
  std::vector<std::size_t> class_columns;  // of the same classes
};

Layout layout_of(const CsvTable& table) {
  Layout layout;
  layout.clip = table.column("clip");
  layout.fold = table.find("fold");
  layout.role = table.find("role");
  layout.label = table.find("label");
  layout.uses = table.find("uses");
  std::vector<std::string> names;
  const std::set<std::string> fixed = {"clip", "fold", "role", "label", "uses"};
  for (const auto& name : table.header) {
    if (!fixed.contains(name)) names.push_back(name);
  }
  layout.classes = in_class_order(names);
  if (layout.classes.size() != names.size()) {
    throw Error("{}: a class has two columns: {}", table.source, fmt::join(names, ", "));
  }
  if (names.size() < 2) {
    throw Error("{}: a column per class is needed, found {}", table.source, names.size());
  }
  for (const auto& name : layout.classes) layout.class_columns.push_back(table.column(name));
  return layout;
}

/// How far the sum of a row may be off: each value may have lost half of its last decimal.
double sum_tolerance(const std::vector<std::string>& row, const Layout& layout) {
  constexpr std::size_t kFewest = 2;  // fewer are no probabilities that somebody rounded
  std::size_t decimals = 0;
  for (const std::size_t column : layout.class_columns) {
    const std::string& text = row[column];
    const auto point = text.find('.');
    if (text.find_first_of("eE") != std::string::npos) return kSumTolerance;
    if (point != std::string::npos) decimals = std::max(decimals, text.size() - point - 1);
  }
  if (decimals < kFewest) return kSumTolerance;
  const double rounding = 0.5 * std::pow(10.0, -static_cast<double>(decimals));
  return std::max(kSumTolerance,
                  rounding * static_cast<double>(layout.class_columns.size()) + 1e-9);
}

std::vector<double> read_probabilities(const std::vector<std::string>& row, const Layout& layout) {
  std::vector<double> values;
  for (std::size_t i = 0; i < layout.classes.size(); ++i) {
    const std::string& text = row[layout.class_columns[i]];
    const auto value = parse_double(trim(text));
    if (!value || !std::isfinite(*value) || *value < 0) {
      throw Error("its probability of {} is '{}'", layout.classes[i], text);
    }
    values.push_back(*value);
  }
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (std::abs(sum - 1.0) > sum_tolerance(row, layout)) {
    throw Error("its probabilities sum to {:.4f}, not to 1", sum);
  }
  for (double& value : values) value /= sum;
  return values;
}

Prediction read_row(const std::vector<std::string>& row, const Layout& layout,
                    const ClipTable& clips) {
  Prediction prediction;
  prediction.clip = clips.key(trim(row[layout.clip]));
  if (prediction.clip.empty()) throw Error("a row has no clip name");
  if (layout.fold && !row[*layout.fold].empty()) {
    const auto fold = parse_integer(trim(row[*layout.fold]));
    if (!fold || !std::in_range<int>(*fold)) throw Error("its fold is '{}'", row[*layout.fold]);
    prediction.fold = static_cast<int>(*fold);
  }
  if (layout.role) {
    const std::string& role = row[*layout.role];
    prediction.role = role_called(role);
    if (!prediction.role && !role.empty()) {
      throw Error("its role is '{}': train, validation or test expected", role);
    }
  }
  if (layout.label) {
    prediction.label = row[*layout.label];
  } else if (const auto clip = clips.find(prediction.clip)) {
    prediction.label = clip->label;
  }
  const auto& classes = layout.classes;
  if (!prediction.label.empty() &&
      std::find(classes.begin(), classes.end(), prediction.label) == classes.end()) {
    const auto near = nearest(to_lower(prediction.label), classes);
    throw Error("its label '{}' is none of the classes {}{}", prediction.label,
                fmt::join(classes, ", "), near ? fmt::format("; did you mean {}?", *near) : "");
  }
  prediction.probabilities = read_probabilities(row, layout);
  return prediction;
}

}  // namespace

std::string joined_uses(const std::vector<std::string>& uses) {
  std::vector<std::string> once;
  for (std::string_view text : uses) {
    while (!text.empty()) {
      const auto end = std::min(text.find(". "), text.size());
      const std::string sentence(text.substr(0, end));
      if (std::ranges::find(once, sentence) == once.end()) once.push_back(sentence);
      text.remove_prefix(std::min(end + 2, text.size()));
    }
  }
  return fmt::format("{}", fmt::join(once, ". "));
}

void write_predictions(const fs::path& path, const Predictions& predictions) {
  std::vector<std::string> header = {"clip", "fold", "role", "label"};
  header.insert(header.end(), predictions.classes.begin(), predictions.classes.end());
  const bool uses = !predictions.uses.empty();
  if (uses) header.emplace_back("uses");
  std::string text = spreadsheet_line(header);
  for (const auto& row : predictions.rows) {
    std::vector<std::string> fields = {row.clip, row.fold ? std::to_string(*row.fold) : "",
                                       std::string(name_of(row.role)), row.label};
    for (double p : row.probabilities) fields.push_back(fmt::format("{:.6f}", p));
    if (uses) fields.push_back(predictions.uses);
    text += spreadsheet_line(fields);
  }
  write_file(path, text);
}

std::vector<std::string> prediction_classes(const CsvTable& table) {
  return layout_of(table).classes;
}

Predictions read_predictions(const fs::path& path, const ClipTable& clips) {
  return predictions_of(read_csv(path), clips);
}

Predictions predictions_of(const CsvTable& table, const ClipTable& clips) {
  const Layout layout = layout_of(table);
  Predictions predictions;
  predictions.classes = layout.classes;
  std::vector<std::string> uses;
  std::set<std::pair<std::string, int>> seen;
  for (const auto& row : table.rows) {
    if (layout.uses && (uses.empty() || uses.back() != row[*layout.uses])) {
      uses.push_back(row[*layout.uses]);
    }
    try {
      predictions.rows.push_back(read_row(row, layout, clips));
    } catch (const Error& error) {
      throw Error("{}, clip {}: {}", table.source, row[layout.clip], error.what());
    }
    const auto& added = predictions.rows.back();
    if (!seen.emplace(added.clip, added.fold.value_or(-1)).second) {
      throw Error("{} has the clip {} twice", table.source, added.clip);
    }
  }
  if (predictions.rows.empty()) throw Error("{} has no rows", table.source);
  predictions.uses = joined_uses(uses);
  return predictions;
}

}  // namespace aver
