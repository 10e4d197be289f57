#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aver {

/// What a frame of a clip (or of a recording) is called, without extension:
/// "01-03-01-01-01-01_frame_0005".
std::string frame_name(std::string_view clip, std::int64_t index);

/// Where "_frame_0005" begins in such a name; the name's length when it is none of a frame.
std::size_t frame_mark(std::string_view name);

/// The clip of an item: of a frame the part before "_frame_", else the item itself.
std::string clip_of_item(const std::string& item);

}  // namespace aver
