#pragma once

// FFmpeg's handles as owning pointers, and its return codes as errors. Private to this module.

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <string>

#include "base/error.h"

namespace aver::ffmpeg {

struct FreeIo {
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);  // FFmpeg may have replaced the one it was given
    avio_context_free(&io);
  }
};
struct CloseFormat {
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
};
struct FreeCodec {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreeScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

using Io = std::unique_ptr<AVIOContext, FreeIo>;
using Format = std::unique_ptr<AVFormatContext, CloseFormat>;
using Codec = std::unique_ptr<AVCodecContext, FreeCodec>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;

/// Bytes that FFmpeg asks `read` for, with `self`; without `seek` once and in their order.
inline Io make_io(int buffer_size, void* self, int (*read)(void*, std::uint8_t*, int),
                  std::int64_t (*seek)(void*, std::int64_t, int)) {
  auto* buffer = static_cast<std::uint8_t*>(av_malloc(static_cast<std::size_t>(buffer_size)));
  Io io(avio_alloc_context(buffer, buffer_size, 0, self, read, nullptr, seek));
  if (io) return io;
  av_free(buffer);
  throw Error("out of memory");
}

inline std::string text_of(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof(text));
  return text;
}

/// Returns `code`, or throws Error "cannot <tried>: <FFmpeg's own text>" when it is negative.
template <typename... Args>
int check(int code, fmt::format_string<Args...> tried, Args&&... args) {
  if (code < 0) {
    throw Error("cannot {}: {}", fmt::format(tried, std::forward<Args>(args)...), text_of(code));
  }
  return code;
}

}  // namespace aver::ffmpeg
