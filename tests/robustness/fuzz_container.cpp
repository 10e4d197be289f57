// A container (MP4, MOV, MKV, WebM, AVI, Ogg, MP3, AAC, AMR): its pictures and its sound, and what
// it is.
#include "media/audio_decoder.h"
#include "media/video_decoder.h"
#include "media_limits.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const MediaSource source(bytes_of(data, size), "input", fuzz_limits());
  answered(input, [&] { known_kind_of(source); });
  if (kind_of(source) != MediaKind::container) return 0;
  answered(input, [&] {
    const Sound sound = decode_sound(source);
    require(sound.sample_rate_hz > 0, "a rate that is none");
  });
  for (const int every : {1, 3}) {
    answered(input, [&] {
      VideoDecoder decoder(source, {.every = every});
      std::int64_t last = -1;
      std::size_t pictures = 0;
      while (decoder.next()) {
        require(decoder.index() > last && decoder.index() % every == 0, "frames out of order");
        last = decoder.index();
        const cv::Mat picture = decoder.picture();
        require(picture.type() == CV_8UC3 && !picture.empty(), "a picture of another kind");
        require(picture.total() <= static_cast<std::size_t>(fuzz_limits().pixels),
                "a picture beyond its limits");
        if (++pictures > fuzz_limits().pictures) break;
      }
    });
  }
  return 0;
}
