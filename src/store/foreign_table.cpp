#include "store/foreign_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "corpus/catalog.h"
#include "corpus/corpus.h"
#include "corpus/labels_against_names.h"
#include "corpus/spelling.h"
#include "store/predictions.h"

namespace aver {
namespace {

using Columns = std::vector<std::size_t>;
using Row = std::vector<std::string>;

/// A number in a cell; nothing when it is none. With a comma for the point, too.
std::optional<double> number_in(std::string cell) {
  if (std::ranges::count(cell, ',') == 1 && cell.find('.') == std::string::npos) {
    std::ranges::replace(cell, ',', '.');
  }
  const auto value = parse_double(cell);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::size_t> find_any_case(const CsvTable& table, std::string_view name) {
  if (const auto exact = table.find(name)) return exact;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (to_lower(table.header[i]) == name) return i;
  }
  return std::nullopt;
}

/// The numbers of a row in some columns; nothing when one of them is none.
std::optional<std::vector<double>> numbers_of(const Row& row, const Columns& columns) {
  std::vector<double> values;
  for (const std::size_t column : columns) {
    const auto value = number_in(row[column]);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

bool are_probabilities(const std::vector<double>& values) {
  constexpr double kRounding = 0.05;  // of columns, not of rows: predictions_of() looks closely
  return std::ranges::all_of(values, [](double value) { return value >= 0 && value <= 1; }) &&
         std::abs(std::accumulate(values.begin(), values.end(), 0.0) - 1) < kRounding;
}

/// Whether the values of each row in these columns are a distribution.
bool sum_to_one(const CsvTable& table, const Columns& columns) {
  return std::ranges::all_of(table.rows, [&](const Row& row) {
    const auto values = numbers_of(row, columns);
    return values && are_probabilities(*values);
  });
}

/// What a table from elsewhere means by its words, remembered for the remarks.
class Meanings {
 public:
  explicit Meanings(const ForeignWays& ways) : ways_(ways) {}

  /// The class that a word means; nothing when none is known.
  std::optional<std::string> find(const std::string& word) const {
    const auto& wanted = ways_.classes;
    const auto given = ways_.labels.names().find(word);
    if (given != ways_.labels.names().end()) return given->second;
    if (std::ranges::find(wanted, word) != wanted.end()) return word;
    const std::string meaning = class_spelled(word, ways_.corpus);
    for (const std::string& name : wanted) {
      const bool same = to_lower(name) == to_lower(word);
      if (same || (!meaning.empty() && class_spelled(name, ways_.corpus) == meaning)) return name;
    }
    return meaning.empty() ? std::nullopt : std::optional(meaning);
  }

  /// The same; the word itself when none is known.
  std::string of(const std::string& word) {
    auto meaning = find(word).value_or(word);
    if (meaning != word) taken_.emplace(word, meaning);
    return meaning;
  }

  std::optional<std::string> remark(const std::string& source) const {
    if (taken_.empty()) return std::nullopt;
    std::vector<std::string> pairs;
    for (const auto& [word, meaning] : taken_) pairs.push_back(word + " for " + meaning);
    return fmt::format("{}: takes {}", source, fmt::join(pairs, ", "));
  }

 private:
  const ForeignWays& ways_;
  std::map<std::string, std::string> taken_;
};

std::optional<std::string> remark_on(const LabelsAgainstNames& labels, const std::string& source) {
  const std::string found = labels.found("clips");
  if (found.empty()) return std::nullopt;
  return fmt::format("{}: the label contradicts the clip's name {}", source, found);
}

/// Where the parts of a prediction stand.
struct Layout {
  std::size_t clip = 0;
  std::optional<std::size_t> fold, role, label, uses;
  Columns classes;
  /// True for a column that has a meaning of its own, and so is no class.
  bool has(std::size_t i) const {
    return i == clip || i == fold || i == role || i == label || i == uses;
  }
};

/// The column that names the clips: `clip`, or the one that lists files.
std::size_t clip_column(const CsvTable& table) {
  if (const auto clip = find_any_case(table, "clip")) return *clip;
  for (const char* name : {"file", "filename", "file_name", "path"}) {
    if (const auto file = find_any_case(table, name)) return *file;
  }
  return table.column("clip");
}

/// Of the columns that may be classes those that are; the others are left out.
Columns class_columns(const CsvTable& table, const Layout& layout, const Columns& others,
                      const Meanings& meanings) {
  std::set<std::string> labels;
  if (layout.label) {
    for (const Row& row : table.rows) labels.insert(to_lower(row[*layout.label]));
  }
  Columns known, perhaps;  // the second: as far as their values tell
  for (const std::size_t column : others) {
    const std::string& name = table.header[column];
    if (meanings.find(name) || labels.contains(to_lower(name))) {
      known.push_back(column);
    } else if (std::ranges::all_of(table.rows, [&](const Row& row) {
                 const auto value = number_in(row[column]);
                 return value && *value >= 0 && *value <= 1;
               })) {
      perhaps.push_back(column);
    }
  }
  Columns both = known;
  both.insert(both.end(), perhaps.begin(), perhaps.end());
  std::ranges::sort(both);
  if (sum_to_one(table, both)) return both;
  return known.size() < 2 ? others : known;
}

Layout layout_of(const CsvTable& table, const Meanings& meanings) {
  Layout layout;
  layout.clip = clip_column(table);
  layout.fold = find_any_case(table, "fold");
  layout.role = find_any_case(table, "role");
  layout.label = find_any_case(table, "label");
  layout.uses = find_any_case(table, "uses");
  Columns others;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    if (!layout.has(i)) others.push_back(i);
  }
  layout.classes = class_columns(table, layout, others, meanings);
  return layout;
}

std::optional<std::string> remark_on_left_out(const CsvTable& table, const Layout& layout) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const bool taken = layout.has(i) || std::ranges::count(layout.classes, i) > 0;
    if (!taken) names.push_back(table.header[i]);
  }
  if (names.empty()) return std::nullopt;
  return fmt::format("{}: no class and left out: the column{} {}", table.source,
                     names.size() > 1 ? "s" : "", fmt::join(names, ", "));
}

std::vector<double> softmax(std::vector<double> values) {
  const double largest = *std::ranges::max_element(values);
  double sum = 0;
  for (double& value : values) sum += value = std::exp(value - largest);
  for (double& value : values) value /= sum;
  return values;
}

/// A logit: a number, or what says that a class is impossible.
double logit_in(const CsvTable& table, const Layout& layout, std::size_t row, std::size_t column) {
  const std::string& cell = table.rows[row][column];
  const std::string word = to_lower(trim(cell));
  if (word == "-inf" || word == "-infinity") return -std::numeric_limits<double>::infinity();
  if (const auto value = number_in(cell)) return *value;
  throw Error("{}, row {} ({}), column {}: '{}' is no logit, which is a number or -inf",
              table.source, row + 1, table.rows[row][layout.clip], table.header[column], cell);
}

/// The probabilities of a row of logits: 0 for -inf, as the limit of exp() is.
std::vector<double> softmax_of_row(const CsvTable& table, const Layout& layout, std::size_t row) {
  std::vector<double> logits;
  for (const std::size_t column : layout.classes) {
    logits.push_back(logit_in(table, layout, row, column));
  }
  if (std::isinf(*std::ranges::max_element(logits))) {
    throw Error("{}, row {} ({}): all its logits are -inf, which leaves no class", table.source,
                row + 1, table.rows[row][layout.clip]);
  }
  return softmax(std::move(logits));
}

/// Whether the values are logits, whose softmax is wanted. Throws Error when they look like them
/// and nobody said so.
bool take_softmax(const CsvTable& table, const Layout& layout, bool logits) {
  if (sum_to_one(table, layout.classes)) return false;
  if (logits) return true;
  std::size_t outside = 0, percentages = 0;
  for (const Row& row : table.rows) {
    const auto values = numbers_of(row, layout.classes);
    if (!values) return false;  // predictions_of() says which value is none
    const auto [least, most] = std::ranges::minmax(*values);
    const double sum = std::accumulate(values->begin(), values->end(), 0.0);
    outside += least < 0 || most > 1 ? 1 : 0;
    percentages += least >= 0 && std::abs(sum - 100) < 1 ? 1 : 0;
  }
  const Row& row = table.rows.front();
  const auto example = [&] {
    std::vector<std::string> pairs;
    for (const std::size_t column : layout.classes) {
      if (pairs.size() == 3) break;
      pairs.push_back(table.header[column] + " " + row[column].substr(0, 8));
    }
    return fmt::format("{}, clip {}: its values ({} …)", table.source, row[layout.clip],
                       fmt::join(pairs, ", "));
  };
  if (percentages == table.rows.size()) {
    throw Error("{} sum to 100: divide percentages by 100", example());
  }
  if (2 * outside > table.rows.size()) {
    throw Error(
        "{} do not sum to one, and in {} of {} rows some are negative or above one: these look "
        "like logits; --logits takes their softmax",
        example(), outside, table.rows.size());
  }
  return false;
}

/// The names of the clips. One that nothing is known of goes by the last part of its path, without
/// the extension of a media file, where that tells all clips of the table apart.
std::vector<std::string> clip_names(const CsvTable& table, const Layout& layout,
                                    const ClipTable& clips) {
  std::vector<std::string> names, short_names;
  std::map<std::string, std::set<std::string>> written;
  for (const Row& row : table.rows) {
    const std::string& name = row[layout.clip];
    names.push_back(name);
    std::string last = name;
    if (!clips.find(name)) {
      if (const auto slash = last.find_last_of("/\\"); slash != std::string::npos) {
        last.erase(0, slash + 1);
      }
      if (has_extension(last, media_extensions())) last.erase(last.rfind('.'));
    }
    written[last].insert(name);
    short_names.push_back(std::move(last));
  }
  const bool apart =
      std::ranges::all_of(written, [](const auto& entry) { return entry.second.size() == 1; });
  return apart ? short_names : names;
}

std::string fold_in(const std::string& cell) {
  if (to_lower(cell) == "nan") return {};
  const auto fold = parse_whole(cell);
  return fold ? std::to_string(*fold) : cell;
}

std::string role_in(const std::string& cell) {
  static const std::map<std::string, std::string> kOther = {
      {"training", "train"}, {"val", "validation"}, {"valid", "validation"},
      {"dev", "validation"}, {"testing", "test"},   {"nan", ""}};
  std::string role = to_lower(cell);
  const auto other = kOther.find(role);
  return other == kOther.end() ? role : other->second;
}

}  // namespace

ForeignTable read_foreign_table(const fs::path& path, const ClipTable& clips,
                                const ForeignWays& ways) {
  const CsvTable theirs = read_csv(path, CsvOrigin::elsewhere);
  ForeignTable result;
  CsvTable& ours = result.table;
  ours.source = theirs.source;
  Meanings meanings(ways);
  const Layout layout = layout_of(theirs, meanings);
  ours.header = {"clip"};
  if (layout.fold) ours.header.emplace_back("fold");
  if (layout.role) ours.header.emplace_back("role");
  ours.header.emplace_back("label");
  if (layout.uses) ours.header.emplace_back("uses");
  std::map<std::string, std::string> columns;  // of each class, as it is written
  for (const std::size_t column : layout.classes) {
    const std::string& word = theirs.header[column];
    const auto [first, fresh] = columns.emplace(meanings.of(word), word);
    if (!fresh) {
      throw Error("{}: a class has two columns: {} and {} are both {}", theirs.source,
                  first->second, word, first->first);
    }
    ours.header.push_back(first->first);
  }
  const bool from_logits =
      !theirs.rows.empty() && !layout.classes.empty() && take_softmax(theirs, layout, ways.logits);
  const auto names = clip_names(theirs, layout, clips);
  LabelsAgainstNames labels;
  for (std::size_t i = 0; i < theirs.rows.size(); ++i) {
    const Row& row = theirs.rows[i];
    Row made = {names[i]};
    if (layout.fold) made.push_back(fold_in(row[*layout.fold]));
    if (layout.role) made.push_back(role_in(row[*layout.role]));
    // What the clip's own name says is no spelling of the table, and nothing to remark on.
    const auto clip = clips.find(names[i]);
    std::string by_name = clip ? clip->label : std::string();
    if (!columns.contains(by_name)) by_name = meanings.find(by_name).value_or(by_name);
    if (layout.label) {
      std::string label = row[*layout.label];
      // One that no column is of is refused as it is written.
      const auto meant = meanings.find(label);
      if (!columns.contains(label) && meant && columns.contains(*meant)) label = meanings.of(label);
      if (!label.empty() && columns.contains(by_name)) {
        labels.compare(names[i], label, by_name);
      }
      made.push_back(std::move(label));
    } else {
      made.push_back(std::move(by_name));
    }
    if (layout.uses) made.push_back(row[*layout.uses]);
    if (from_logits) {
      for (const double value : softmax_of_row(theirs, layout, i)) {
        made.push_back(fmt::format("{}", value));
      }
    } else {
      const auto values = numbers_of(row, layout.classes);
      for (const std::size_t column : layout.classes) {
        made.push_back(row[column]);
        if (values) std::ranges::replace(made.back(), ',', '.');
      }
    }
    ours.rows.push_back(std::move(made));
  }
  if (auto remark = remark_on_left_out(theirs, layout)) result.remarks.push_back(*remark);
  if (auto remark = meanings.remark(theirs.source)) result.remarks.push_back(*remark);
  if (auto remark = remark_on(labels, theirs.source)) result.remarks.push_back(*remark);
  if (to_lower(theirs.header[layout.clip]) != "clip") {
    result.remarks.push_back(fmt::format("{}: the column {} names the clips", theirs.source,
                                         theirs.header[layout.clip]));
  }
  if (from_logits) {
    result.remarks.push_back(fmt::format(
        "{}: its values are taken for logits (--logits): their softmax counts", theirs.source));
  }
  return result;
}

std::optional<std::string> labels_against_names(const CsvTable& table, const ClipTable& clips) {
  const auto label = table.find("label");
  if (!label) return std::nullopt;
  const std::size_t clip = table.column("clip");
  LabelsAgainstNames labels;
  for (const Row& row : table.rows) {
    const auto named = clips.find(row[clip]);
    if (row[*label].empty() || !named || !table.find(named->label)) continue;
    labels.compare(row[clip], row[*label], named->label);
    // What a run says of its clips may contradict their names itself.
    if (!named->attributes.contains(kLabelBefore)) labels.compare(row[clip], row[*label]);
  }
  return remark_on(labels, table.source);
}

}  // namespace aver
