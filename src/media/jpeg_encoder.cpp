#include "media/jpeg_encoder.h"

#include <turbojpeg.h>

#include <opencv2/core.hpp>
#include <span>

#include "base/error.h"

namespace aver {
namespace {

/// A compressor and what it last made.
struct Jpeg {
  ~Jpeg() {
    tjFree(bytes);
    tjDestroy(compressor);
  }
  tjhandle compressor = tjInitCompress();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

}  // namespace

// The bytes are those of cv::imencode, which first copies the picture to swap its channels; libjpeg
// takes them in any order.
std::vector<std::byte> encode_jpeg(const cv::Mat& picture, int quality) {
  const bool grey = picture.type() == CV_8UC1;
  if (picture.empty() || (!grey && picture.type() != CV_8UC3)) {
    throw Error("cannot encode a picture of {} x {} as JPEG: 8-bit BGR or grey expected",
                picture.cols, picture.rows);
  }
  Jpeg jpeg;
  const bool failed =
      jpeg.compressor == nullptr ||
      tjCompress2(jpeg.compressor, picture.data, picture.cols, static_cast<int>(picture.step),
                  picture.rows, grey ? TJPF_GRAY : TJPF_BGR, &jpeg.bytes, &jpeg.size,
                  grey ? TJSAMP_GRAY : TJSAMP_420, quality, TJFLAG_ACCURATEDCT) != 0;
  if (failed) {
    throw Error("cannot encode a picture of {} x {} as JPEG: libjpeg says {}", picture.cols,
                picture.rows, tjGetErrorStr2(jpeg.compressor));
  }
  const auto view = std::as_bytes(std::span(jpeg.bytes, jpeg.size));
  return {view.begin(), view.end()};
}

}  // namespace aver
