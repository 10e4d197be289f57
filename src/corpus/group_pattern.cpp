#include "corpus/group_pattern.h"

#include <re2/re2.h>

#include "base/error.h"
#include "corpus/name_regex.h"

namespace aver {

GroupPattern::GroupPattern(const std::string& pattern) : regex_(name_regex(pattern)) {
  if (!regex_->ok()) {
    throw UsageError("--group-pattern '{}' is no regular expression that RE2 knows: {}", pattern,
                     regex_->error());
  }
  if (regex_->NumberOfCapturingGroups() < 1) {
    throw UsageError("--group-pattern '{}' has no group in parentheses that is the subject",
                     pattern);
  }
}

std::optional<std::string> GroupPattern::subject_of(const std::string& file_name) const {
  std::string subject;
  if (!re2::RE2::PartialMatch(file_name, *regex_, &subject)) return std::nullopt;
  return subject;
}

}  // namespace aver
