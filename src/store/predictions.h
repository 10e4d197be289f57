#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/files.h"
#include "corpus/clip_table.h"
#include "corpus/role.h"

namespace aver {

/// What a model says of one clip (or frame).
struct Prediction {
  std::string clip;  ///< key, or any other name as it stands
  std::optional<int> fold;
  std::optional<Role> role;           ///< what the clip was to the model; nothing when unknown
  std::string label;                  ///< class name; "" when unknown
  std::vector<double> probabilities;  ///< one per class, summing to 1
};

/// A table of predictions. Classes stand in the order of in_class_order(); columns travel by name.
struct Predictions {
  std::vector<std::string> classes;
  std::vector<Prediction> rows;
  std::string uses = {};  ///< what the answers know beyond their clips, for every table they are in
};

/// What several answers use as one text, each sentence once.
std::string joined_uses(const std::vector<std::string>& uses);

/// `clip,fold,role,label,<one column per class>`, probabilities with six decimals; with `uses` a
/// column of that name behind them, which says it in every row.
void write_predictions(const fs::path& path, const Predictions& predictions);

/// Reads what write_predictions writes, columns in any order; `fold`, `role`, `label` and `uses`
/// optional (without a column of labels they are those of `clips`), clips by any name that `clips`
/// knows. Tables of other programs come here by read_foreign_table(). Rows whose sum is off by at
/// most 1e-3, or by what rounding to the decimals that are written can make, are renormalised.
/// Throws Error naming the file and row: a row further off, a negative or non-finite value, a
/// duplicate clip (same fold), a label that is no class.
Predictions read_predictions(const fs::path& path, const ClipTable& clips);
/// The same of a table that has been read.
Predictions predictions_of(const CsvTable& table, const ClipTable& clips);

/// The classes a table has columns for; looks at its header only.
std::vector<std::string> prediction_classes(const CsvTable& table);

}  // namespace aver
