#include "corpus/name_regex.h"

#include <re2/re2.h>

namespace aver {

std::shared_ptr<const re2::RE2> name_regex(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  return std::make_shared<const re2::RE2>(pattern, options);
}

}  // namespace aver
