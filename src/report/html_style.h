#pragma once

#include <string_view>

namespace aver {

/// The style sheet of every page.
extern const std::string_view kHtmlStyle;

}  // namespace aver
