#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "media/media_source.h"

namespace aver {

/// A recording that is still being made: a container whose bytes arrive one after the other and
/// cannot be read twice (WAV, Matroska and others that need no end; MP4 in fragments). Sound and
/// pictures are decoded as they come, exactly as decode_sound() and VideoDecoder decode the file
/// that the same bytes would be.
///
///     LiveStream stream(bytes, "standard input", {.picture = false});
///     while (stream.next() != LiveStream::Came::end) use(stream.take_samples());
///
/// A packet that cannot be decoded is passed over, and counted: the recording goes on behind it.
class LiveStream {
 public:
  /// Puts what there is into the memory, waits for some where there is nothing yet, and says how
  /// many bytes it was; 0 at the end.
  using Bytes = std::function<std::size_t(std::span<std::byte> into)>;
  struct Wanted {
    bool sound = true;
    bool picture = true;
    Tracks tracks = {};
    MediaLimits limits = {};  ///< their seconds are those that a time stamp may jump
  };
  enum class Came { samples, picture, end };

  /// Waits for the head. Throws Error that names the stream when it is none, and
  /// MissingStreamError when it has nothing of what is wanted.
  LiveStream(Bytes bytes, std::string name, const Wanted& wanted);
  ~LiveStream();

  const std::string& name() const;
  const MediaLimits& limits() const;
  bool has_sound() const;
  bool has_picture() const;

  /// Waits for samples or a picture. Throws Error for a stream that breaks off or changes, and
  /// LimitError beyond the deadline.
  Came next();

  /// The mean of the channels since the last call, of sample_rate_hz().
  std::vector<float> take_samples();
  int sample_rate_hz() const;
  /// When the first sample was heard, on the clock of the tracks; known once samples came.
  double sound_start_seconds() const;

  /// The picture that came last: its number, when it is shown, in seconds from the first, and
  /// itself, as VideoDecoder gives them.
  std::int64_t picture_index() const;
  double picture_seconds() const;
  cv::Mat picture();
  /// When the first was shown, on the clock of the tracks; known once a picture came.
  double picture_start_seconds() const;

  /// Packets that could not be decoded.
  std::int64_t damaged() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aver
