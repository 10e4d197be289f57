#include "features/indexed_png.h"

#include <png.h>
#include <zlib.h>

#include <csetjmp>
#include <string>

#include "base/error.h"

namespace aver {
namespace {

struct Sink {
  std::vector<std::byte> bytes;
  std::string failure;
};

void append(png_structp png, png_bytep data, std::size_t size) {
  auto* sink = static_cast<Sink*>(png_get_io_ptr(png));
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  sink->bytes.insert(sink->bytes.end(), begin, begin + size);
}

// libpng is C: it leaves by longjmp, over frames that must hold nothing to destroy.
void fail(png_structp png, png_const_charp text) {
  static_cast<Sink*>(png_get_error_ptr(png))->failure = text;
  png_longjmp(png, 1);
}

void write(png_structp png, png_infop info, Sink& sink, std::span<const std::uint8_t> indices,
           int width, int height, std::span<const png_color> palette) {
  if (setjmp(png_jmpbuf(png)) != 0) return;
  png_set_write_fn(png, &sink, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
               PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  png_set_compression_level(png, 1);
  png_set_compression_strategy(png, Z_RLE);
  png_write_info(png, info);
  for (int row = 0; row < height; ++row) {
    png_write_row(png,
                  indices.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(width));
  }
  png_write_end(png, nullptr);
}

}  // namespace

std::vector<std::byte> encode_indexed_png(std::span<const std::uint8_t> indices, int width,
                                          int height, std::span<const Colour> palette) {
  std::vector<png_color> colours;
  for (const auto& [red, green, blue] : palette) colours.push_back({red, green, blue});
  Sink sink;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, fail, nullptr);
  png_infop info = png != nullptr ? png_create_info_struct(png) : nullptr;
  if (info != nullptr) {
    write(png, info, sink, indices, width, height, colours);
  } else {
    sink.failure = "it could not be set up";
  }
  png_destroy_write_struct(&png, &info);
  if (!sink.failure.empty()) throw Error("libpng cannot write a picture: {}", sink.failure);
  return std::move(sink.bytes);
}

}  // namespace aver
