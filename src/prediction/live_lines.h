#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/segment_tracker.h"
#include "prediction/recogniser.h"

namespace aver {

/// What is said of the windows of a recording while it is made, a JSON object a line: for each
/// window `window` (its number) and what window_json() has, with a smoother also `now`, the
/// smoothed emotion at its end; and for each segment that nothing can change any more `segment`
/// (its number), start, end, emotion and confidence.
class LiveLines {
 public:
  /// `hop`: seconds from one window to the next. `write` is handed a line with its end.
  LiveLines(std::vector<std::string> classes, bool sets, const std::optional<Smoother>& smoother,
            double hop, std::function<void(std::string_view)> write);

  void add(const EmotionEstimate& window);
  /// Once there are no more windows.
  void finish();

  std::size_t windows() const { return windows_; }

 private:
  void add_segments(const std::vector<Segment>& segments);

  std::vector<std::string> classes_;
  bool sets_;
  std::function<void(std::string_view)> write_;
  std::optional<SegmentTracker> tracker_;
  std::size_t windows_ = 0, segments_ = 0;
};

}  // namespace aver
