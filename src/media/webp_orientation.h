#pragma once

#include <string_view>

#include "media/turn.h"

namespace aver {

/// What the EXIF orientation of a WebP picture asks for, which OpenCV passes over; nothing for
/// other files and where it is not said.
Turn turn_of_webp(std::string_view bytes);

}  // namespace aver
