#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/csv.h"
#include "base/files.h"
#include "corpus/clip_table.h"
#include "corpus/label_map.h"
#include "corpus/scheme.h"

namespace aver {

/// How a table of predictions from elsewhere is to be taken.
struct ForeignWays {
  std::vector<std::string> classes;  ///< as other tables name them; none = the common names
  const Scheme* corpus = nullptr;    ///< whose spellings of labels are known first
  LabelMap labels;                   ///< what the user says of spellings, before anything else
  bool logits = false;               ///< values that are no probabilities become their softmax
};

/// A table of predictions in the form of ours, and what was made of it to become so.
struct ForeignTable {
  CsvTable table;                    ///< what predictions_of() reads
  std::vector<std::string> remarks;  ///< one sentence for each thing that was taken for another
};

/// Reads a table as other programs write them (see CsvOrigin) and brings it into the form of ours:
/// columns that are no class are left out, other spellings of classes and labels get the name that
/// is known for them, folds may be "4.0" and numbers "0,5", clips may be named by their path. All
/// but the form of numbers is said in remarks. A column is a class when its name is known, when the
/// table has it as a label, or when only with it the rows sum to one.
///
/// Throws Error naming the file: two columns of one class, values that look like logits (without
/// `logits`) or percentages.
ForeignTable read_foreign_table(const fs::path& path, const ClipTable& clips,
                                const ForeignWays& ways);

/// "…: the label contradicts the clip's name in 60 of 60 clips (… is calm there and neutral by its
/// name)" of a table in the form of ours; nothing when no label does. Names whose class the table
/// has no column for say nothing.
std::optional<std::string> labels_against_names(const CsvTable& table, const ClipTable& clips);

}  // namespace aver
