#pragma once

#include <string>

#include "media/ffmpeg_raii.h"
#include "media/media_source.h"
#include "media/sound.h"

namespace aver {

/// Makes one sound of the decoded frames of a track: the mean of the channels, with silence where
/// the track has gaps.
class SoundFrames {
 public:
  /// `name` is what errors call the source, whose limits hold for what is not taken yet.
  SoundFrames(std::string name, const MediaLimits& limits);

  /// Adds a frame. Throws Error for a rate that no recording has and where rate or channels change,
  /// and LimitError when the sound grows too long.
  void add(const AVFrame& frame, const AVStream& stream);

  /// All that was added and not taken yet; facts() has what is known of it.
  Sound& sound() { return sound_; }
  const Sound& sound() const { return sound_; }
  /// The samples since the last call, for who does not keep them all.
  std::vector<float> take();
  /// Those of all samples so far.
  SoundFacts facts() const;

 private:
  void begin(const AVFrame& frame, const AVStream& stream);
  void fill_gap(const AVFrame& frame, const AVStream& stream);
  std::size_t count() const { return taken_ + sound_.samples.size(); }

  std::string name_;
  MediaLimits limits_;
  Sound sound_;
  ChannelMean mean_{1};
  std::size_t taken_ = 0;
};

}  // namespace aver
