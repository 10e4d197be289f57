#pragma once

#include <string_view>

namespace aver {

/// Whose answer the fused one is.
enum class DecidedBy { audio, visual, both };
/// "audio", "visual" or "both"
std::string_view name_of(DecidedBy decided);

}  // namespace aver
