#pragma once

#include <string_view>

#include "media/turn.h"

namespace aver {

/// What the EXIF orientation of a JPEG or WebP picture asks for; nothing for other files and where
/// it is not said. OpenCV passes it over in WebP, and in a JPEG whose EXIF does not come first.
Turn turn_of_picture(std::string_view bytes);

}  // namespace aver
