#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/face_finder.h"
#include "media/live_stream.h"
#include "media/resampler.h"
#include "prediction/clip_reader.h"
#include "prediction/clip_tracks.h"
#include "stages/sampled_frames.h"

namespace aver {

/// The windows of a recording that is still being made, each as soon as it is known to be one: the
/// very windows that ClipReader::read() finds in the same recording once it has ended. Keeps no
/// more of it than the next window needs.
///
/// A window is known when a tenth of a second has followed it, for what is shorter than that goes
/// into the last one, and when all tracks have gone past its end. One from which nothing has come
/// for a second, on the clock on the wall, is not waited for: of it the window has what there is.
class LiveWindows {
 public:
  /// `options` has a window and a hop. The stream must outlive it. Throws as ClipReader does.
  LiveWindows(LiveStream& stream, ReaderSettings settings, const ReadOptions& options);

  /// Waits for the next window, and gives it as a clip of its own, whose `whole` has the window's
  /// times; nothing at the end. A recording that is no longer than a window is its only one.
  std::optional<ClipInput> next();

 private:
  using Clock = std::chrono::steady_clock;

  void take(LiveStream::Came came);
  void take_samples();
  void take_picture();
  void keep(const std::vector<float>& resampled);
  void settle_clock();
  void place_sound();
  bool is_due(double end) const;
  std::optional<ClipInput> last_window();
  ClipInput window(double start, std::optional<double> end);
  void forget_before(double seconds);
  double heard() const;
  double seen(double shown) const;
  bool has_come(bool track, double until, Clock::time_point last, double end) const;
  double start_of(std::size_t window) const { return static_cast<double>(window) * options_.hop; }

  LiveStream& stream_;
  ReaderSettings settings_;
  ReadOptions options_;
  std::optional<SoundFeatures> features_;
  std::optional<LiveResampler> resampler_;  ///< there once samples came
  std::optional<FaceCropper> faces_;
  std::optional<FrameChoice> choice_;

  bool ended_ = false;
  bool done_ = false;
  std::size_t windows_ = 0;      ///< handed out
  std::optional<double> clock_;  ///< where 0 is, on the clock of the tracks
  Clock::time_point heard_at_ = Clock::now(), seen_at_ = heard_at_;  ///< when some came last
  std::size_t samples_ = 0;      ///< that came, at the rate of the stream
  SoundTrack sound_;             ///< what is kept of them
  std::size_t forgotten_ = 0;    ///< samples before it
  std::optional<double> shown_;  ///< when the last picture was, from the first on
  PictureTrack pictures_;        ///< what is kept of them
  std::size_t looked_at_ = 0;    ///< pictures, faces or not
  std::size_t kept_ = 0;         ///< pictures that a window may have had
  double last_kept_ = 0;         ///< when the last of them was shown, as shown_
};

/// Hands over each window of a recording as soon as it is known, until the recording ends, and says
/// how many packets of it could not be decoded. `name` is what error messages call it; of its
/// tracks those are read that the settings and the options have. Throws as LiveStream and
/// LiveWindows do, and what `take` throws.
std::int64_t follow_windows(LiveStream::Bytes bytes, const std::string& name,
                            const MediaLimits& limits, ReaderSettings settings,
                            const ReadOptions& options, const std::function<void(ClipInput)>& take);

}  // namespace aver
