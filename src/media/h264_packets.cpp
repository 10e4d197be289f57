#include "media/h264_packets.h"

namespace aver {
namespace {

// nal_unit_type, table 7-1
constexpr int kSlice = 1;
constexpr int kIdrSlice = 5;
constexpr int kSupplement = 6;
constexpr int kDelimiter = 9;
constexpr int kFiller = 12;

}  // namespace

std::optional<H264Packets> H264Packets::of(const AVStream& stream) {
  const AVCodecParameters& known = *stream.codecpar;
  // An avcC record begins with its version, 1; the low bits of byte 4 say how long lengths are.
  const bool has_record = known.extradata_size > 6 && known.extradata[0] == 1;
  if (known.codec_id != AV_CODEC_ID_H264 || !has_record) return std::nullopt;
  H264Packets packets(stream, static_cast<std::size_t>(known.extradata[4] & 3) + 1);
  if (!packets.parser_) return std::nullopt;
  return packets;
}

H264Packets::H264Packets(const AVStream& stream, std::size_t length_bytes)
    : length_bytes_(length_bytes),
      parameters_(avcodec_alloc_context3(nullptr)),
      parser_(av_parser_init(AV_CODEC_ID_H264)) {
  ffmpeg::check(avcodec_parameters_to_context(parameters_.get(), stream.codecpar),
                "set up the H.264 parser");
  if (parser_) parser_->flags |= PARSER_FLAG_COMPLETE_FRAMES;
}

std::optional<PictureHeader> H264Packets::read(const AVPacket& packet) {
  if (packet.size <= 0) return std::nullopt;
  if (av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, nullptr) != nullptr) {
    return std::nullopt;
  }
  const auto order = order_of_frame(packet);
  if (!order) return std::nullopt;
  PictureHeader header{PictureRole::reference, false, *order};
  if (!read_units({packet.data, static_cast<std::size_t>(packet.size)}, header)) {
    return std::nullopt;
  }
  return header;
}

std::optional<int> H264Packets::order_of_frame(const AVPacket& packet) {
  std::uint8_t* same = nullptr;
  int size = 0;
  av_parser_parse2(parser_.get(), parameters_.get(), &same, &size, packet.data, packet.size,
                   packet.pts, packet.dts, packet.pos);
  if (parser_->picture_structure != AV_PICTURE_STRUCTURE_FRAME) return std::nullopt;
  return parser_->output_picture_number;
}

/// Finds role and extras; false without a slice, or when the units are damaged or disagree.
bool H264Packets::read_units(std::span<const std::uint8_t> bytes, PictureHeader& header) const {
  bool has_slice = false;
  while (!bytes.empty()) {
    if (bytes.size() <= length_bytes_) return false;
    std::size_t length = 0;
    for (const std::uint8_t byte : bytes.first(length_bytes_)) length = length << 8 | byte;
    bytes = bytes.subspan(length_bytes_);
    if (length == 0 || length > bytes.size()) return false;
    const int type = bytes[0] & 0x1f;
    const int reference_level = bytes[0] >> 5 & 3;  // nal_ref_idc
    if (type == kSlice || type == kIdrSlice) {
      const PictureRole role = type == kIdrSlice      ? PictureRole::restart
                               : reference_level == 0 ? PictureRole::disposable
                                                      : PictureRole::reference;
      if (has_slice && role != header.role) return false;
      header.role = role;
      has_slice = true;
    } else if (type != kSupplement && type != kDelimiter && type != kFiller) {
      header.brings_more = true;
    }
    bytes = bytes.subspan(length);
  }
  return has_slice;
}

}  // namespace aver
