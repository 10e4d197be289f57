#include "media/image_file.h"

#include <turbojpeg.h>

#include <algorithm>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <string_view>

#include "base/error.h"

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

struct Size {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// The size in the header of a JPEG or PNG; nothing for others.
std::optional<Size> size_of(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  constexpr unsigned char kPng[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
  if (bytes.size() >= 24 && std::equal(std::begin(kPng), std::end(kPng), data)) {
    const auto number = [data](int at) {
      return std::int64_t{data[at]} << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3];
    };
    return Size{number(16), number(20)};
  }
  const std::unique_ptr<void, int (*)(tjhandle)> header(tjInitDecompress(), tjDestroy);
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(header.get(), data, bytes.size(), &width, &height, &subsampling,
                          &colours) != 0) {
    return std::nullopt;
  }
  return Size{width, height};
}

/// Each scan of a progressive JPEG goes over the whole picture, and an empty one takes a few bytes.
std::ptrdiff_t count_scans(std::span<const std::byte> bytes) {
  std::ptrdiff_t scans = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    scans += bytes[i] == std::byte{0xFF} && bytes[i + 1] == std::byte{0xDA};
  }
  return scans;
}

/// libjpeg fills what is missing with grey and only warns. A marker is never part of the data.
bool is_cut_jpeg(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with("\xFF\xD8\xFF")) return false;
  const auto end = text.rfind("\xFF\xD9");
  return end == std::string_view::npos || text.find("\xFF\xDA", end) != std::string_view::npos;
}

/// OpenCV reserves what a header asks for.
void check_limits(const MediaSource& source, std::span<const std::byte> bytes) {
  const MediaLimits& limits = source.limits();
  limits.check(source.name());
  if (limits.pixels == MediaLimits().pixels || bytes.empty()) return;
  const auto size = size_of(bytes);
  if (!size)
    throw Error("cannot read the picture in {}: it is damaged or no JPEG or PNG", source.name());
  if (size->width * size->height > limits.pixels) {
    throw LimitError("the picture in {} is too large: {} x {}", source.name(), size->width,
                     size->height);
  }
  constexpr std::ptrdiff_t kMostScans = 100;  // encoders make about ten
  if (count_scans(bytes) > kMostScans) {
    throw LimitError("the picture in {} has more than {} scans", source.name(), kMostScans);
  }
}

}  // namespace

cv::Mat read_image(const MediaSource& source, Orientation orientation) {
  std::string content;
  if (!source.in_memory()) content = read_file(source.path());
  const auto bytes = source.in_memory() ? source.bytes() : std::as_bytes(std::span(content));
  check_limits(source, bytes);
  return decode_image(bytes, source.name(), orientation);
}

cv::Mat decode_image(std::span<const std::byte> bytes, const std::string& name,
                     Orientation orientation) {
  if (bytes.empty()) {
    throw Error("cannot read the picture in {}: it is empty", name);
  }
  if (is_cut_jpeg(bytes)) {
    throw Error("cannot read the picture in {}: it ends early; copy it again from where it came",
                name);
  }
  const int as_stored =
      orientation == Orientation::as_stored ? int{cv::IMREAD_IGNORE_ORIENTATION} : 0;
  cv::Mat picture;
  try {
    const cv::Mat view(1, static_cast<int>(bytes.size()), CV_8UC1,
                       const_cast<std::byte*>(bytes.data()));
    picture = cv::imdecode(view, cv::IMREAD_COLOR | as_stored);
  } catch (const cv::Exception& error) {
    throw Error("cannot read the picture in {}: OpenCV says {}", name, error.err);
  }
  if (picture.empty()) {
    throw Error("cannot read the picture in {}: it is damaged or no JPEG or PNG", name);
  }
  return picture;
}

void write_png(const fs::path& path, const cv::Mat& picture) {
  write_file(path, encode_png(picture));
}

}  // namespace aver
