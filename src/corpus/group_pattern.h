#pragma once

#include <memory>
#include <optional>
#include <string>

namespace re2 {
class RE2;
}

namespace aver {

/// --group-pattern: a regular expression over a file's name whose first group is the subject. It is
/// RE2, which needs no more stack for a long name than for a short one.
class GroupPattern {
 public:
  /// Throws UsageError for what is no regular expression, or has no group.
  explicit GroupPattern(const std::string& pattern);

  /// The subject of a file name (without folders); nothing where the pattern does not match.
  std::optional<std::string> subject_of(const std::string& file_name) const;

 private:
  std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace aver
