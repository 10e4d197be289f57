#pragma once

#include <string>

namespace aver::test {

/// What is wrong with the page's markup, or "": tags that are not closed in order, attributes
/// without quotes, a '<' or '&' that is neither tag nor entity, an id that is there twice, a link
/// to an id that is not there.
std::string markup_problem(const std::string& page);

}  // namespace aver::test
