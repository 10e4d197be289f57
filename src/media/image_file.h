#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "media/media_source.h"

namespace aver {

// Pictures are cv::Mat of type CV_8UC3, channels in the order blue, green, red.

/// Reads a JPEG, PNG, WebP, BMP, TIFF or AVIF, turned as its EXIF orientation says (cameras held
/// upright write one); grey pictures become three equal channels. Throws Error naming the file,
/// also for a JPEG that ends early (bytes behind its end, or a missing end marker alone, are no
/// fault), and LimitError beyond the source's limits.
cv::Mat read_image(const MediaSource& source);
/// The same from bytes in memory; `name` is what error messages call them.
cv::Mat decode_image(std::span<const std::byte> bytes, const std::string& name);

/// A PNG (CV_8UC1, CV_8UC3 or CV_8UC4). Same picture, same bytes.
std::vector<std::byte> encode_png(const cv::Mat& picture);
/// Writes one. Atomic, as write_file.
void write_png(const fs::path& path, const cv::Mat& picture);

}  // namespace aver
