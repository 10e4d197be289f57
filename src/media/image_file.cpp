#include "aver/media/image_file.h"

#include <opencv2/imgcodecs.hpp>

#include "aver/base/error.h"

namespace aver {
namespace {

std::vector<std::byte> encode(const char* extension, const cv::Mat& picture,
                              const std::vector<int>& settings) {
  std::vector<unsigned char> bytes;
  try {
    if (!cv::imencode(extension, picture, bytes, settings)) {
      throw Error("cannot encode a picture of {} x {} as {}", picture.cols, picture.rows,
                  extension);
    }
  } catch (const cv::Exception& error) {
    throw Error("cannot encode a picture of {} x {} as {}: OpenCV says {}", picture.cols,
                picture.rows, extension, error.err);
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

std::vector<std::byte> encode_jpeg(const cv::Mat& picture, int quality) {
  // OpenCV's default chroma sampling is 4:2:0 (what libjpeg-turbo sets for three components).
  return encode(".jpg", picture, {cv::IMWRITE_JPEG_QUALITY, quality});
}

void write_png(const fs::path& path, const cv::Mat& picture) {
  write_file(path, encode(".png", picture, {cv::IMWRITE_PNG_COMPRESSION, 6}));
}

}  // namespace aver
