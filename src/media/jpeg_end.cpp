#include "media/jpeg_end.h"

#include <cstdio>
// jpeglib.h uses FILE without including its header.
#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <string_view>

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
    if (level < 0 && jpeg->err->msg_code == JWRN_HIT_MARKER) of(jpeg).data_missing = true;
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

}  // namespace

bool lacks_data(std::span<const std::byte> bytes) {
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

bool lacks_end_marker(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with("\xFF\xD8\xFF")) return false;
  // A marker is never part of the data: the usual file is told by its last bytes.
  const auto end = text.rfind("\xFF\xD9");
  return end == std::string_view::npos || text.find("\xFF\xDA", end) != std::string_view::npos;
}

}  // namespace aver
