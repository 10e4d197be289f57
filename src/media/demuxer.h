#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "media/container_end.h"
#include "media/ffmpeg_raii.h"
#include "media/media_source.h"
#include "media/memory_reader.h"

namespace aver {

/// The limit that FFmpeg gets, which counts padded rows; what the header says is held to the limit
/// itself.
std::int64_t with_padding(std::int64_t pixels);

/// What keeps a container to itself and within the limits, for avformat_open_input(); the caller's
/// to free. FFmpeg's allocations are bounded from then on.
AVDictionary* opening_options(const MediaLimits& limits, const char* protocols);

/// Has FFmpeg look into the streams for what the header leaves open. Throws Error that names the
/// source.
void look_into_streams(AVFormatContext& format, const MediaLimits& limits, const std::string& name);

/// A track of a container, and how many of its kind there are; null where there is none.
struct TrackChoice {
  AVStream* stream = nullptr;
  int tracks = 0;
};
/// The track of that number among those of its kind, or with 0 the one that the container calls its
/// default, or else the first; pictures of a cover are none. Throws Error for a number beyond.
TrackChoice choose_track(const AVFormatContext& format, AVMediaType type, int number,
                         const std::string& name);

/// A decoder on one thread. For pictures `reorder_depth` is how many, at least, are stored before
/// one shown before them. Throws Error where this FFmpeg has none, and LimitError for pictures
/// beyond the limits.
ffmpeg::Codec open_decoder(const AVStream& stream, const MediaLimits& limits,
                           const std::string& name, int reorder_depth = 0);

/// Bytes in memory as FFmpeg reads a file.
class MemoryInput {
 public:
  explicit MemoryInput(std::span<const std::byte> bytes);
  MemoryInput(const MemoryInput&) = delete;
  MemoryInput& operator=(const MemoryInput&) = delete;
  AVIOContext* context() { return context_.get(); }

 private:
  static int read(void* self, std::uint8_t* out, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  MemoryReader reader_;
  ffmpeg::Io context_;
};

/// Opens a media file and hands out the packets of one picture or sound stream, which the source's
/// tracks choose; packets of other streams are not even read where the container allows that.
/// Anything damaged, and a file that ends before what its header promises, throws Error: such a
/// clip is broken. Beyond the source's limits it throws LimitError.
class Demuxer {
 public:
  enum class Kind { picture, sound };
  /// Whether to look into the streams for what the header leaves open: for sound only if it does,
  /// for pictures always, to learn how far frames are reordered.
  enum class Probe { as_needed, never };

  Demuxer(const MediaSource& source, Kind kind, Probe probe = Probe::as_needed);

  const AVStream& stream() const { return *stream_; }
  const std::string& name() const { return name_; }
  /// How many streams of the kind there are.
  int tracks() const { return tracks_; }

  /// open_decoder() for the stream.
  ffmpeg::Codec make_decoder(int reorder_depth = 0) const;

  /// The next packet of the stream, or nothing at the end. Valid until the next call.
  const AVPacket* next();

  /// Whether frames follow each other with nothing around them: MP3, and AAC as ADTS.
  bool is_bare() const;

  /// Whether more may have followed; known once next() gave nothing.
  bool open_end() const { return end_.open; }

 private:
  void open(const MediaSource& source);
  void select(Kind kind, const Tracks& tracks);
  void probe(Kind kind);
  void note_end(const AVPacket& packet);
  void check_whole();
  [[noreturn]] void refuse_rest() const;
  void check_duration() const;
  bool lists_its_packets() const;
  bool only_a_tag_is_left() const;
  bool may_be_short(const AVPacket& packet) const;

  MediaSource source_;
  std::string name_;
  MediaLimits limits_;
  std::unique_ptr<MemoryInput> memory_;  ///< outlives the format that reads from it
  ffmpeg::Format format_;
  ffmpeg::Packet packet_;
  AVStream* stream_ = nullptr;
  int tracks_ = 0;
  std::int64_t packets_ = 0;
  double promised_seconds_ = 0;  ///< what a Matroska or FLV header says, 0 when it says nothing
  std::optional<double> start_seconds_;  ///< where the first packet seen starts
  double end_seconds_ = 0;               ///< where the last packet seen ends
  double longest_packet_ = 0;
  std::int64_t end_byte_ = 0;  ///< of the last packet
  ContainerEnd end_;
};

/// Sends packets to a decoder and yields frames until both are drained. `decoder` and `demuxer`
/// must outlive it.
class FrameSource {
 public:
  /// Says by the number of a packet in the stream, from 0, whether the decoder is to get it.
  using PacketFilter = std::function<bool(std::int64_t packet)>;

  FrameSource(Demuxer& demuxer, AVCodecContext& decoder, PacketFilter filter = {});

  /// The next decoded frame, valid until the next call; null at the end. Throws Error for a packet
  /// that cannot be decoded and for a frame the decoder had to patch.
  const AVFrame* next();

 private:
  const AVPacket* next_packet();
  /// Hands a packet to the decoder. Throws as next() does.
  void send(const AVPacket* packet);

  Demuxer& demuxer_;
  AVCodecContext& decoder_;
  PacketFilter filter_;
  ffmpeg::Frame frame_;
  std::int64_t packets_ = 0;  ///< read, whether the decoder got them or not
  std::int64_t held_back_ = 0;
  std::int64_t junk_ = -1;  ///< packet that is none of the track's, if nothing follows; -1 = none
  std::int64_t frames_ = 0;
  bool draining_ = false;
};

}  // namespace aver
