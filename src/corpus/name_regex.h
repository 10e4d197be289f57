#pragma once

#include <memory>
#include <string>

namespace re2 {
class RE2;
}

namespace aver {

/// A regular expression over names of files. Names are bytes: one that is in no encoding matches
/// like any other. Not ok() when the pattern is none that RE2 knows; its error() says why.
std::shared_ptr<const re2::RE2> name_regex(const std::string& pattern);

}  // namespace aver
