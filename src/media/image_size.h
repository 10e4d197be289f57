#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace aver {

struct ImageSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// The size in the header of a JPEG, PNG, WebP, BMP, TIFF or AVIF, before anything is decoded;
/// nothing where the header does not say it.
std::optional<ImageSize> image_size(std::span<const std::byte> bytes);

}  // namespace aver
