#include "prediction/live_windows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/finite.h"
#include "media/pcm16.h"

namespace aver {

/// After so long a track that brings nothing is not waited for.
static constexpr std::chrono::seconds kStall{1};

LiveWindows::LiveWindows(LiveStream& stream, ReaderSettings settings, const ReadOptions& options)
    : stream_(stream), settings_(std::move(settings)), options_(options) {
  if (stream.has_sound()) {
    features_.emplace(*settings_.sound);
    sound_.rate_hz = settings_.sound->sound_rate_hz;
  }
  if (stream.has_picture()) {
    faces_.emplace(settings_.pictures->frames.face);
    faces_->start_clip();
    choice_.emplace(settings_.pictures->frames);
  }
}

/// When the sound that came ends, whether the resampler has given it out or not.
double LiveWindows::heard() const {
  if (samples_ == 0) return 0;
  return stream_.sound_start_seconds() - *clock_ +
         static_cast<double>(samples_) / stream_.sample_rate_hz();
}

/// When a picture was shown, of which that is known from the first on.
double LiveWindows::seen(double shown) const {
  return stream_.picture_start_seconds() - *clock_ + shown;
}

void LiveWindows::take_samples() {
  const auto samples = stream_.take_samples();
  if (const auto bad = first_not_finite(samples)) {
    throw Error("the sound of {} holds a value that is no number at sample {}", stream_.name(),
                samples_ + *bad);
  }
  samples_ += samples.size();
  heard_at_ = Clock::now();
  if (!resampler_) resampler_.emplace(stream_.sample_rate_hz(), sound_.rate_hz);
  std::vector<float> settled;
  resampler_->add(samples, settled);
  keep(settled);
  // Windows take it as pictures come: no recording is so far apart.
  const double ahead = static_cast<double>(sound_.samples.size()) / sound_.rate_hz;
  if (ahead > options_.window + options_.hop + stream_.limits().seconds) {
    throw LimitError("{} has {:.0f} s of sound and no picture: it is damaged", stream_.name(),
                     ahead);
  }
  place_sound();
}

void LiveWindows::keep(const std::vector<float>& resampled) {
  const auto pcm = to_pcm16(resampled);
  sound_.samples.insert(sound_.samples.end(), pcm.begin(), pcm.end());
}

void LiveWindows::take_picture() {
  shown_ = stream_.picture_seconds();
  seen_at_ = Clock::now();
  if (!choice_->keeps(stream_.picture_index(), *shown_)) return;
  stream_.limits().check_pictures(stream_.name(), ++looked_at_);
  const auto picture = finished_frame(stream_.picture(), settings_.pictures->frames, *faces_);
  if (!picture) return;
  pictures_.bytes.push_back(network_picture(*picture, *settings_.pictures, "a picture"));
  pictures_.seconds.push_back(clock_ ? seen(*shown_) : *shown_);
  ++kept_;
  last_kept_ = *shown_;
}

void LiveWindows::take(LiveStream::Came came) {
  switch (came) {
    case LiveStream::Came::samples:
      return take_samples();
    case LiveStream::Came::picture:
      return take_picture();
    case LiveStream::Came::end:
      ended_ = true;
      if (!resampler_) return;
      std::vector<float> rest;
      resampler_->finish(rest);
      keep(rest);
  }
}

/// The clock begins with the earlier track. One that does not begin is waited for as one that
/// stalls.
void LiveWindows::settle_clock() {
  if (clock_ || (samples_ == 0 && !shown_)) return;
  const bool waits = (stream_.has_sound() && samples_ == 0) || (stream_.has_picture() && !shown_);
  if (waits && !ended_ && Clock::now() - std::min(heard_at_, seen_at_) < kStall) return;
  if (samples_ == 0) {
    clock_ = stream_.picture_start_seconds();
  } else if (!shown_) {
    clock_ = stream_.sound_start_seconds();
  } else {
    clock_ = std::min(stream_.picture_start_seconds(), stream_.sound_start_seconds());
  }
  for (double& seconds : pictures_.seconds) seconds += stream_.picture_start_seconds() - *clock_;
  place_sound();
}

void LiveWindows::place_sound() {
  if (!clock_ || samples_ == 0) return;
  sound_.start_seconds =
      stream_.sound_start_seconds() - *clock_ + static_cast<double>(forgotten_) / sound_.rate_hz;
}

/// Whether a track has gone past a window's end, or is not waited for.
bool LiveWindows::has_come(bool track, double until, Clock::time_point last, double end) const {
  return !track || until >= end || Clock::now() - last > kStall;
}

bool LiveWindows::is_due(double end) const {
  if (!clock_) return false;
  // What a window may have had, for at the end the last one goes no further.
  const double now = std::max(heard(), kept_ > 0 ? seen(last_kept_) : 0);
  // A recording that is as short as that is one window, however long.
  if (windows_ == 0 ? now <= end + kTooShort : end > now - kTooShort) return false;
  return has_come(stream_.has_sound(), sound_.end(), heard_at_, end) &&
         has_come(stream_.has_picture(), shown_ ? seen(*shown_) : 0, seen_at_, end);
}

ClipInput LiveWindows::window(double start, std::optional<double> end) {
  ClipInput clip;
  clip.name = stream_.name();
  clip.whole = part_of(pictures_, sound_, start, end, features_ ? &*features_ : nullptr);
  clip.seconds = clip.whole.end - start;
  const auto first =
      pictures_.bytes.begin() + static_cast<std::ptrdiff_t>(clip.whole.first_picture);
  clip.pictures.assign(first, first + static_cast<std::ptrdiff_t>(clip.whole.pictures));
  clip.whole.first_picture = 0;
  return clip;
}

void LiveWindows::forget_before(double seconds) {
  const auto gone =
      std::ranges::lower_bound(pictures_.seconds, seconds) - pictures_.seconds.begin();
  pictures_.seconds.erase(pictures_.seconds.begin(), pictures_.seconds.begin() + gone);
  pictures_.bytes.erase(pictures_.bytes.begin(), pictures_.bytes.begin() + gone);
  // One sample more is kept than rounding could ask for.
  const double before = (seconds - sound_.start_seconds) * sound_.rate_hz - 2;
  const auto samples =
      std::min(static_cast<std::size_t>(std::max(before, 0.0)), sound_.samples.size());
  sound_.samples.erase(sound_.samples.begin(),
                       sound_.samples.begin() + static_cast<std::ptrdiff_t>(samples));
  forgotten_ += samples;
  place_sound();
}

/// What is left once the recording has ended: nothing, where it brought nothing at all.
std::optional<ClipInput> LiveWindows::last_window() {
  if (done_ || !clock_) return std::nullopt;
  if (kept_ == 0 && samples_ == 0) {
    throw Error("{}: no face found in any of its {} pictures", stream_.name(),
                faces_->counts().skipped);
  }
  const double shown_until = kept_ > 0 ? end_of_pictures(kept_, seen(last_kept_)) : 0;
  const double seconds = std::max(shown_until, sound_.end());
  if (windows_ == 0 && seconds <= options_.window + kTooShort) {
    done_ = true;
    return window(0, std::nullopt);
  }
  const double start = start_of(windows_);
  const double end = start + options_.window;
  done_ = end > seconds - kTooShort;
  return window(start, done_ ? seconds : end);
}

std::optional<ClipInput> LiveWindows::next() {
  const double start = start_of(windows_);
  while (!ended_ && !is_due(start + options_.window)) {
    take(stream_.next());
    settle_clock();
  }
  auto next =
      is_due(start + options_.window) ? window(start, start + options_.window) : last_window();
  ++windows_;
  forget_before(start_of(windows_));
  return next;
}

std::int64_t follow_windows(LiveStream::Bytes bytes, const std::string& name,
                            const MediaLimits& limits, ReaderSettings settings,
                            const ReadOptions& options,
                            const std::function<void(ClipInput)>& take) {
  LiveStream stream(std::move(bytes), name,
                    {.sound = settings.sound && options.sound,
                     .picture = settings.pictures && options.picture,
                     .tracks = {options.audio_track, options.video_track},
                     .limits = limits});
  LiveWindows windows(stream, std::move(settings), options);
  while (auto window = windows.next()) take(*std::move(window));
  return stream.damaged();
}

}  // namespace aver
