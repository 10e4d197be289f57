// A picture: JPEG, PNG, WebP, BMP, TIFF.
#include "media/image_file.h"
#include "media_limits.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  answered(text_of(data, size), [&] {
    const cv::Mat picture = read_image({bytes_of(data, size), "input", fuzz_limits()});
    require(picture.type() == CV_8UC3 && !picture.empty(), "a picture of another kind");
    require(picture.total() <= static_cast<std::size_t>(fuzz_limits().pixels),
            "a picture beyond its limits");
  });
  return 0;
}
