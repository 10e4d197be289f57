#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "media/ffmpeg_raii.h"

namespace aver {

/// What the picture in one packet of H.264 means to the pictures of other packets (ITU-T H.264,
/// clauses 7.3.1 and 7.4.1).
enum class PictureRole {
  restart,    ///< IDR: nothing after it, in decoding order, refers to anything before it
  reference,  ///< others may refer to it
  disposable  ///< nal_ref_idc is 0: nothing refers to it
};

struct PictureHeader {
  PictureRole role;
  bool brings_more;  ///< the packet holds more than the picture: parameter sets, above all
  int order;         ///< picture order count: counts up in the order of showing, from IDR to IDR
};

/// Reads the headers of packets; nothing is decoded.
class H264Packets {
 public:
  /// Nothing unless the stream is H.264 stored with lengths before its units (avcC), as MP4, MOV
  /// and MKV do.
  static std::optional<H264Packets> of(const AVStream& stream);

  /// Nothing when the packet is not exactly one whole frame as far as its headers tell: a field, no
  /// picture at all, new parameters from the container, or damage. Packets come in stored order.
  std::optional<PictureHeader> read(const AVPacket& packet);

 private:
  struct CloseParser {
    void operator()(AVCodecParserContext* parser) const { av_parser_close(parser); }
  };

  H264Packets(const AVStream& stream, std::size_t length_bytes);
  std::optional<int> order_of_frame(const AVPacket& packet);
  bool read_units(std::span<const std::uint8_t> bytes, PictureHeader& header) const;

  std::size_t length_bytes_;
  ffmpeg::Codec parameters_;
  std::unique_ptr<AVCodecParserContext, CloseParser> parser_;
};

}  // namespace aver
