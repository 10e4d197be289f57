#include "media/picture_end.h"

#include <cstdio>
// jpeglib.h uses FILE without including its header.
#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>

#include "media/source_bytes.h"

namespace aver {
namespace {

/// libjpeg's way of saying what happened: a jump out of it, and counted warnings.
struct Warnings {
  jpeg_error_mgr base{};
  std::jmp_buf failed{};
  bool data_missing = false;

  static Warnings& of(j_common_ptr jpeg) { return *reinterpret_cast<Warnings*>(jpeg->err); }
  static void fail(j_common_ptr jpeg) { std::longjmp(of(jpeg).failed, 1); }
  static void note(j_common_ptr jpeg, int level) {
    const int what = jpeg->err->msg_code;
    if (level < 0 && (what == JWRN_HIT_MARKER || what == JWRN_HUFF_BAD_CODE)) {
      of(jpeg).data_missing = true;
    }
  }
  static void say_nothing(j_common_ptr) {}
};

/// All bits of all coefficients have come: for a progressive picture that ended between two scans.
bool has_all_bits(const jpeg_decompress_struct& jpeg) {
  if (jpeg.coef_bits == nullptr) return true;  // not progressive
  for (int component = 0; component < jpeg.num_components; ++component) {
    for (int i = 0; i < DCTSIZE2; ++i) {
      if (jpeg.coef_bits[component][i] > 0) return false;
    }
    if (jpeg.coef_bits[component][0] < 0) return false;
  }
  return true;
}

bool lacks_end_of_jpeg(std::string_view text) {
  // A marker is never part of the data: the usual file is told by its last bytes.
  const auto end = text.rfind("\xFF\xD9");
  return end == std::string_view::npos || text.find("\xFF\xDA", end) != std::string_view::npos;
}

constexpr std::string_view kEndOfPng("\0\0\0\0IEND\xAE\x42\x60\x82", 12);

/// What is missing of a PNG's IEND behind whole chunks.
std::string_view missing_end_of_png(std::string_view text) {
  constexpr std::size_t kAround = 12;  // length, type and checksum
  std::size_t at = 8;
  std::string_view last;
  while (text.size() - at >= kAround) {
    const std::uint64_t size = big_endian(text, at, 4);
    if (size > text.size() - at - kAround) return "";
    last = text.substr(at + 4, 4);
    if (last == "IEND") return "";
    at += kAround + size;
  }
  const std::string_view begun = text.substr(at);
  return last == "IDAT" && kEndOfPng.starts_with(begun) ? kEndOfPng.substr(begun.size()) : "";
}

}  // namespace

bool lacks_data(std::span<const std::byte> bytes) {
  if (!is_jpeg(text_of(bytes))) return false;
  jpeg_decompress_struct jpeg{};
  Warnings warnings;
  jpeg.err = jpeg_std_error(&warnings.base);
  warnings.base.error_exit = Warnings::fail;
  warnings.base.emit_message = Warnings::note;
  warnings.base.output_message = Warnings::say_nothing;
  if (setjmp(warnings.failed) != 0) {  // no object with a destructor lives here
    jpeg_destroy_decompress(&jpeg);
    return true;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  jpeg_read_coefficients(&jpeg);
  const bool missing = warnings.data_missing || !has_all_bits(jpeg);
  jpeg_destroy_decompress(&jpeg);
  return missing;
}

std::string_view missing_end(std::span<const std::byte> bytes) {
  const std::string_view text = text_of(bytes);
  if (is_jpeg(text)) return lacks_end_of_jpeg(text) ? "\xFF\xD9" : "";
  return text.starts_with("\x89PNG\r\n\x1A\n") ? missing_end_of_png(text) : "";
}

}  // namespace aver
