#include "aver/media/image_file.h"

#include <opencv2/imgcodecs.hpp>

#include "aver/base/error.h"

namespace aver {
namespace {

std::vector<std::byte> encode_png(const cv::Mat& picture) {
  std::vector<unsigned char> bytes;
  try {
    if (!cv::imencode(".png", picture, bytes, {cv::IMWRITE_PNG_COMPRESSION, 6})) {
      throw Error("cannot encode a picture of {} x {} as PNG", picture.cols, picture.rows);
    }
  } catch (const cv::Exception& error) {
    throw Error("cannot encode a picture of {} x {} as PNG: OpenCV says {}", picture.cols,
                picture.rows, error.err);
  }
  const auto view = std::as_bytes(std::span(bytes));
  return {view.begin(), view.end()};
}

}  // namespace

cv::Mat read_image(const fs::path& path) {
  const std::string bytes = read_file(path);
  return decode_image(std::as_bytes(std::span(bytes.data(), bytes.size())), path.string());
}

cv::Mat decode_image(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.empty()) {
    throw Error("cannot read the picture {}: it is empty", name);
  }
  cv::Mat picture;
  try {
    const cv::Mat view(1, static_cast<int>(bytes.size()), CV_8UC1,
                       const_cast<std::byte*>(bytes.data()));
    picture = cv::imdecode(view, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    throw Error("cannot read the picture {}: OpenCV says {}", name, error.err);
  }
  if (picture.empty()) {
    throw Error("cannot read the picture {}: it is damaged or no JPEG or PNG", name);
  }
  return picture;
}

void write_png(const fs::path& path, const cv::Mat& picture) {
  write_file(path, encode_png(picture));
}

}  // namespace aver
