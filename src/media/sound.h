#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace aver {

/// What a person should know of how a sound came out of its file.
struct SoundFacts {
  std::size_t beyond_full_scale = 0;  ///< samples of some channel outside [-1, 1]
  float peak = 0;                     ///< largest magnitude of any sample of any channel
  bool cancels = false;     ///< the channels are not silent, and their mean is (antiphase)
  int tracks = 1;           ///< sound tracks of the file, of which one was read
  double filled = 0;        ///< seconds of silence put where the track has gaps
  std::size_t missing = 0;  ///< bytes that the header promises beyond the end, few enough to be its
                            ///< own fault
  bool open_end = false;    ///< nothing tells whether more followed: see ContainerEnd
};

/// The sound of one clip as one channel: the mean of its channels.
struct Sound {
  int sample_rate_hz = 0;
  int channels = 0;            ///< of the source, before the mean was taken
  std::vector<float> samples;  ///< full scale is [-1, 1); 16-bit samples are value / 32768, exactly
  double start_seconds = 0;    ///< when the first one is heard, on the clock of the file's tracks
  SoundFacts facts = {};
};

/// The samples of a file from `start` to `end` (seconds; an end of 0 is the file's), as far as they
/// are there.
std::span<const float> part_of(std::span<const float> samples, int rate_hz, double start,
                               double end);

/// Takes the mean of interleaved channels and gathers what there is to know of them.
class ChannelMean {
 public:
  explicit ChannelMean(int channels) : channels_(channels) {}

  /// `at(channel)` is the channel's next sample.
  template <typename At>
  float next(At&& at) {
    double sum = 0;
    for (int channel = 0; channel < channels_; ++channel) {
      const float value = at(channel);
      sum += value;
      note(value);
    }
    const auto mean = static_cast<float>(sum / channels_);
    mean_energy_ += static_cast<double>(mean) * mean;
    ++count_;
    return mean;
  }

  /// Fills in what the samples so far say.
  void describe(SoundFacts& facts) const;

 private:
  void note(float value) {
    const float magnitude = value < 0 ? -value : value;
    if (magnitude > peak_) peak_ = magnitude;
    beyond_ += magnitude > 1 ? 1 : 0;
    energy_ += static_cast<double>(value) * value;
  }

  int channels_;
  std::size_t count_ = 0;
  std::size_t beyond_ = 0;
  float peak_ = 0;
  double energy_ = 0;       ///< of all channels
  double mean_energy_ = 0;  ///< of their mean
};

/// Whether recordings have such a rate.
bool is_sound_rate(int rate_hz);

/// Throws Error for a rate that no recording has: a few bytes that say 1 Hz would become hours.
void refuse_rate(const std::string& name, int rate_hz);

/// The remarks that these facts are worth, each a clause about the clip: "60 % of its samples lie
/// beyond full scale…". Empty for the usual file.
std::vector<std::string> remarks_on(const Sound& sound);

}  // namespace aver
