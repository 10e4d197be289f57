#include "media/picture_identity.h"

#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/fingerprint.h"

namespace aver {

std::string picture_identity(const cv::Mat& picture) {
  const std::span<const std::uint8_t> bytes(picture.ptr(), picture.total() * picture.elemSize());
  if (is_one_colour(bytes, static_cast<std::size_t>(picture.channels()))) return {};
  Fingerprint print;
  print.add(std::as_bytes(bytes));
  return fmt::format("picture {} x {} {}", picture.cols, picture.rows, print.text());
}

}  // namespace aver
