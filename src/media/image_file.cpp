#include "media/image_file.h"

#include <algorithm>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <string_view>

#include "base/error.h"
#include "media/exif_orientation.h"
#include "media/image_size.h"
#include "media/picture_end.h"
#include "media/source_bytes.h"
#include "media/video_decoder.h"

namespace aver {
namespace {

[[noreturn]] void refuse(const std::string& name) {
  throw Error("cannot read the picture in {}: it is damaged or no {} file", name,
              format_names(MediaKind::picture));
}

[[noreturn]] void refuse_cut(const std::string& name) {
  throw Error("cannot read the picture in {}: it ends early; copy it again from where it came",
              name);
}

/// As decoders fill what is missing of a JPEG.
bool ends_in_one_colour(const cv::Mat& picture) {
  const cv::Mat last = picture.row(picture.rows - 1);
  return cv::norm(last, cv::Mat(last.size(), last.type(), cv::Scalar(last.at<cv::Vec3b>(0, 0))),
                  cv::NORM_INF) == 0;
}

/// Each scan of a progressive JPEG goes over the whole picture, and an empty one takes a few bytes.
std::ptrdiff_t count_scans(std::span<const std::byte> bytes) {
  const std::string_view text = text_of(bytes);
  if (!is_jpeg(text)) return 0;
  std::ptrdiff_t scans = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    scans += bytes[i] == std::byte{0xFF} && bytes[i + 1] == std::byte{0xDA};
  }
  return scans;
}

/// Of a source in memory. OpenCV reserves what a header asks for.
void check_limits(const MediaSource& source) {
  const auto bytes = source.bytes();
  const MediaLimits& limits = source.limits();
  limits.check(source.name());
  if (const std::string odd = odd_content(source); !odd.empty()) {
    throw Error("cannot read the picture in {}: it {}", source.name(), odd);
  }
  const auto size = image_size(bytes);
  if (!size || size->width < 1 || size->height < 1) refuse(source.name());
  limits.check_size(source.name(), size->width, size->height);
  constexpr std::ptrdiff_t kMostScans = 100;  // encoders make about ten
  if (count_scans(bytes) > kMostScans) {
    throw LimitError("the picture in {} has more than {} scans", source.name(), kMostScans);
  }
}

/// FFmpeg's demuxer knows AVIF since 5.1, by the major brand alone, and passes its turning over:
/// such a one is not read.
cv::Mat decode_avif(const MediaSource& source) {
  const std::string_view header = text_of(source.bytes()).substr(0, 1 << 16);
  const auto rotation = header.find("irot");
  const bool turned =
      rotation != std::string_view::npos && big_endian(header, rotation + 4, 1) != 0;
  if (turned || header.find("imir") != std::string_view::npos) {
    throw Error(
        "cannot read the picture in {}: it is an AVIF that is to be turned or mirrored, which is "
        "not done; avifdec picture.avif picture.png makes a PNG of it",
        source.name());
  }
  std::string branded(text_of(source.bytes()));
  branded.replace(8, 4, "avif");
  VideoDecoder decoder(
      MediaSource(std::as_bytes(std::span(branded)), source.name(), source.limits()));
  if (!decoder.next()) refuse(source.name());
  return decoder.picture();
}

}  // namespace

cv::Mat read_image(const MediaSource& source) {
  std::string content;
  if (!source.in_memory()) content = read_file(source.path());
  const auto bytes = source.in_memory() ? source.bytes() : std::as_bytes(std::span(content));
  const MediaSource inside(bytes, source.name(), source.limits());
  check_limits(inside);
  return is_avif(text_of(bytes)) ? decode_avif(inside) : decode_image(bytes, source.name());
}

cv::Mat decode_image(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.empty()) {
    throw Error("cannot read the picture in {}: it is empty", name);
  }
  // OpenCV waits for the end and leaves the last rows of a JPEG out, or all of a PNG. Where bytes
  // that look like the start of data follow a JPEG's own marker, one more behind them does no harm.
  std::vector<std::byte> marked;
  if (const auto end = std::as_bytes(std::span(missing_end(bytes))); !end.empty()) {
    if (lacks_data(bytes)) refuse_cut(name);
    marked.assign(bytes.begin(), bytes.end());
    marked.insert(marked.end(), end.begin(), end.end());
    bytes = marked;
  }
  cv::Mat picture;
  try {
    const cv::Mat view(1, static_cast<int>(bytes.size()), CV_8UC1,
                       const_cast<std::byte*>(bytes.data()));
    // A JPEG is turned below: OpenCV looks for its EXIF in the first place alone.
    const int turning = is_jpeg(text_of(bytes)) ? cv::IMREAD_IGNORE_ORIENTATION : 0;
    picture = cv::imdecode(view, cv::IMREAD_COLOR | turning);
  } catch (const cv::Exception& error) {
    throw Error("cannot read the picture in {}: OpenCV says {}", name, error.err);
  }
  if (picture.empty()) refuse(name);
  if (ends_in_one_colour(picture) && lacks_data(bytes)) refuse_cut(name);
  return turned(picture, turn_of_picture(text_of(bytes)));
}

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

void write_png(const fs::path& path, const cv::Mat& picture) {
  write_file(path, encode_png(picture));
}

}  // namespace aver
