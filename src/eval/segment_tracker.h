#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "eval/smoother.h"

namespace aver {

/// Smoother's segments of windows that come one after the other: a segment is handed out as soon as
/// no window to come can change it. All that it hands out is what Smoother::segments() makes of all
/// windows. Keeps the windows of what is open alone.
class SegmentTracker {
 public:
  /// A segment has at least `least` windows (1 or more), each change costs `change_penalty`.
  SegmentTracker(std::size_t classes, std::size_t least, double change_penalty);

  /// Adds a window. Throws Error for one that starts or ends before the one before it.
  void add(WindowAnswer window);
  /// What is settled by now and was not handed out, in time.
  std::vector<Segment> settle();
  /// The segment that the last window lies in, as far as is known now; nothing while no window had
  /// an answer.
  std::optional<Segment> current() const;
  /// The rest, once there are no more windows; nothing where none had an answer.
  std::vector<Segment> finish() const;

 private:
  /// Where the best path to a window in a class came from.
  struct Step {
    double score;
    std::size_t length = 0;    ///< windows of its last segment
    std::size_t previous = 0;  ///< the class before that segment; itself where there is none
  };
  /// A segment by its first window and its class.
  using Part = std::pair<std::size_t, std::size_t>;

  std::size_t end() const { return first_ + windows_.size(); }
  const std::vector<Step>& steps(std::size_t window) const { return steps_[window - first_]; }
  /// Of log-probabilities before a window, per class.
  const std::vector<double>& sums(std::size_t window) const { return sums_[window - first_]; }
  std::size_t best_class(std::size_t window, std::size_t apart_from) const;
  Step best_step(std::size_t window, std::size_t c) const;
  std::vector<Part> path_to(std::size_t window, std::size_t c) const;
  std::vector<Part> best_path() const;
  std::vector<Part> common_path() const;
  double boundary(std::size_t window) const;
  Segment segment(const Part& part, std::size_t end) const;

  std::size_t classes_, least_;
  double change_penalty_;
  std::size_t first_ = 0;  ///< number of the first window that is kept
  double start_ = 0;       ///< where its segment begins, in seconds
  bool answered_ = false;  ///< whether a window had an answer
  std::deque<WindowAnswer> windows_;
  std::deque<std::vector<double>> sums_;
  std::deque<std::vector<Step>> steps_;
};

/// How many windows of that hop (seconds) a segment of so many seconds has at least.
std::size_t least_windows(double seconds, double hop);

}  // namespace aver
