#include "prediction/predict_live.h"

#include <optional>
#include <utility>

#include "base/json_bytes.h"
#include "eval/segment_tracker.h"
#include "prediction/estimate_output.h"
#include "prediction/live_windows.h"
#include "prediction/recogniser.h"

namespace aver {
namespace {

/// Writes what is said of windows, and of the segments they make.
class LiveLines {
 public:
  LiveLines(const Recogniser& models, const std::optional<Smoother>& smoother, double hop,
            const std::function<void(std::string_view)>& write)
      : classes_(models.classes()), sets_(models.makes_sets()), write_(write) {
    if (!smoother) return;
    tracker_.emplace(classes_.size(), least_windows(smoother->minimum_seconds, hop),
                     smoother->change_penalty);
  }

  void add(const EmotionEstimate& window) {
    nlohmann::ordered_json line = {{"window", windows_++}};
    line.update(window_json(window, classes_, sets_));
    std::vector<Segment> settled;
    if (tracker_) {
      tracker_->add({window.start, window.end, window.fused});
      settled = tracker_->settle();
      const auto now = tracker_->current();
      line["now"] = now ? nlohmann::ordered_json(classes_[now->top]) : nullptr;
    }
    write_(shown_json(line) + "\n");
    add_segments(settled);
  }

  void finish() {
    if (tracker_) add_segments(tracker_->finish());
  }

  std::size_t windows() const { return windows_; }

 private:
  void add_segments(const std::vector<Segment>& segments) {
    for (const auto& row : segments_json(segments, classes_)) {
      nlohmann::ordered_json line = {{"segment", segments_++}};
      line.update(row);
      write_(shown_json(line) + "\n");
    }
  }

  std::vector<std::string> classes_;
  bool sets_;
  const std::function<void(std::string_view)>& write_;
  std::optional<SegmentTracker> tracker_;
  std::size_t windows_ = 0, segments_ = 0;
};

}  // namespace

PredictLiveReport run_predict_live(const PredictConfig& told, LiveStream::Bytes bytes,
                                   const std::function<void(std::string_view)>& write) {
  told.validate();
  const ReadOptions read = told.windows();
  Recogniser models(told.models);
  // A recording goes on for as long as it likes, but a time stamp that jumps so far is a wrong one.
  constexpr double kLongestJump = 600;
  LiveStream stream(
      std::move(bytes), "standard input",
      {.sound = models.has_audio(),
       .picture = models.has_visual(),
       .tracks = {read.audio_track, read.video_track},
       .limits = {.seconds = kLongestJump, .pixels = read.max_pixels, .have_options = false}});
  LiveWindows windows(stream, models.reader_settings(), read);
  LiveLines lines(models, told.smoother_in_use(), read.hop, write);
  try {
    while (const auto window = windows.next()) {
      lines.add(models.estimate({*window}).front().whole);
    }
  } catch (const Error&) {
    lines.finish();  // what came until then is answered
    throw;
  }
  lines.finish();
  return {lines.windows(), stream.damaged()};
}

}  // namespace aver
