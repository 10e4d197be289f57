#include "corpus/group_pattern.h"

#include <re2/re2.h>

#include "base/error.h"

namespace aver {

GroupPattern::GroupPattern(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // names are bytes
  regex_ = std::make_shared<const re2::RE2>(pattern, options);
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
