#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "media/media_source.h"

namespace aver {

// Pictures are cv::Mat of type CV_8UC3, channels in the order blue, green, red.

/// Whether a picture is turned as its EXIF orientation says; cameras held upright write one.
enum class Orientation { as_stored, upright };

/// Reads a JPEG, PNG or whatever else OpenCV knows; grey pictures become three equal channels.
/// Throws Error naming the file, also for a JPEG that ends early, and LimitError beyond the
/// source's limits; where those bound the pixels, only JPEG and PNG are taken.
cv::Mat read_image(const MediaSource& source, Orientation orientation = Orientation::as_stored);
/// The same from bytes in memory, without limits; `name` is what error messages call them.
cv::Mat decode_image(std::span<const std::byte> bytes, const std::string& name,
                     Orientation orientation = Orientation::as_stored);

/// Writes a PNG (CV_8UC1, CV_8UC3 or CV_8UC4). Atomic, as write_file. Same picture, same bytes.
void write_png(const fs::path& path, const cv::Mat& picture);

}  // namespace aver
