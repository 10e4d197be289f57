#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace aver {

/// Red, green, blue.
using Colour = std::array<std::uint8_t, 3>;

/// A PNG file of `width` x `height` indices into `palette` (at most 256 colours), row by row. A
/// third of the bytes of true colour, and rows equal to the one above cost next to nothing. Same
/// input, same bytes (for one version of zlib). Throws Error with libpng's own text.
std::vector<std::byte> encode_indexed_png(std::span<const std::uint8_t> indices, int width,
                                          int height, std::span<const Colour> palette);

}  // namespace aver
