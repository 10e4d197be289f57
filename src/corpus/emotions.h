#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// The common class names, in the order of RAVDESS's codes (code = index + 1). They come first in
/// every table, whatever the corpus.
inline constexpr std::array<std::string_view, 8> kEmotionNames = {
    "neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"};

/// `names` in the order of kEmotionNames; other names follow alphabetically. Duplicates are
/// dropped.
std::vector<std::string> in_class_order(std::span<const std::string> names);

}  // namespace aver
