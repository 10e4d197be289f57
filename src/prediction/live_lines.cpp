#include "prediction/live_lines.h"

#include <utility>

#include "base/json_bytes.h"
#include "prediction/estimate_output.h"

namespace aver {

LiveLines::LiveLines(std::vector<std::string> classes, bool sets,
                     const std::optional<Smoother>& smoother, double hop,
                     std::function<void(std::string_view)> write)
    : classes_(std::move(classes)), sets_(sets), write_(std::move(write)) {
  if (!smoother) return;
  tracker_.emplace(classes_.size(), least_windows(smoother->minimum_seconds, hop),
                   smoother->change_penalty);
}

void LiveLines::add(const EmotionEstimate& window) {
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

void LiveLines::finish() {
  if (tracker_) add_segments(tracker_->finish());
}

void LiveLines::add_segments(const std::vector<Segment>& segments) {
  for (const auto& row : segments_json(segments, classes_)) {
    nlohmann::ordered_json line = {{"segment", segments_++}};
    line.update(row);
    write_(shown_json(line) + "\n");
  }
}

}  // namespace aver
