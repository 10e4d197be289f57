#include "media/ffmpeg_library.h"

#include "media/ffmpeg_raii.h"

namespace aver {

void quiet_ffmpeg() {
  av_log_set_level(AV_LOG_QUIET);
}

std::string ffmpeg_version() {
  const unsigned codec = avcodec_version();
  return fmt::format("FFmpeg {} (libavcodec {}.{}.{})", av_version_info(), codec >> 16,
                     codec >> 8 & 255, codec & 255);
}

}  // namespace aver
