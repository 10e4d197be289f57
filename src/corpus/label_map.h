#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/files.h"

namespace aver {

/// Other names for the labels of a corpus: classes are renamed, merged (two get one name) or
/// dropped.
///
///     [labels]
///     calm = "neutral"     # merged with neutral
///     surprised = ""       # dropped
///
/// Labels it does not name stay as they are; with `closed = true` in front, where several corpora
/// are to have the same classes, they are errors.
class LabelMap {
 public:
  LabelMap() = default;
  /// Reads such a file. Throws UsageError naming it and what is wrong.
  explicit LabelMap(const fs::path& path);

  bool empty() const { return names_.empty(); }
  bool closed() const { return !closed_.empty(); }
  /// The name a label has now; nothing when it is dropped. Throws UsageError for one that a closed
  /// map neither names nor maps to.
  std::optional<std::string> name(const std::string& label) const;
  const std::map<std::string, std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::string> names_;
  std::string closed_;  ///< the file that says it is; "" = none does
};

}  // namespace aver
