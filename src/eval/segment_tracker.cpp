#include "eval/segment_tracker.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"

namespace aver {
namespace {

// Half of the last decimal of an answer: a class that was given nothing is not ruled out for ever.
constexpr double kLeast = 5e-7;
constexpr double kNever = -std::numeric_limits<double>::infinity();

}  // namespace

std::size_t least_windows(double seconds, double hop) {
  if (hop <= 0 || seconds / hop < 1) return 1;
  return static_cast<std::size_t>(std::ceil(seconds / hop - 1e-6));
}

SegmentTracker::SegmentTracker(std::size_t classes, std::size_t least, double change_penalty)
    : classes_(classes), least_(least), change_penalty_(change_penalty) {
  sums_.emplace_back(classes);
}

/// The class with the best path to a window, but for one; of equal ones the first.
std::size_t SegmentTracker::best_class(std::size_t window, std::size_t apart_from) const {
  std::size_t best = apart_from == 0 && classes_ > 1 ? 1 : 0;
  for (std::size_t c = best + 1; c < classes_; ++c) {
    if (c != apart_from && steps(window)[c].score > steps(window)[best].score) best = c;
  }
  return best;
}

SegmentTracker::Step SegmentTracker::best_step(std::size_t window, std::size_t c) const {
  const double whole = sums(window + 1)[c];
  if (window + 1 < least_) return {kNever, 0, c};
  if (window + 1 == least_) return {whole, least_, c};
  Step best = steps(window - 1)[c];  // its segment goes on
  best.score += whole - sums(window)[c];
  ++best.length;
  if (window + 1 < 2 * least_ || classes_ < 2) return best;
  const std::size_t before = best_class(window - least_, c);
  const double score =
      steps(window - least_)[before].score - change_penalty_ + whole - sums(window + 1 - least_)[c];
  return score > best.score ? Step{score, least_, before} : best;
}

/// The segments of the best path to a window in a class, from the first window that is kept.
std::vector<SegmentTracker::Part> SegmentTracker::path_to(std::size_t window, std::size_t c) const {
  std::vector<Part> parts;
  for (std::size_t end = window + 1;;) {
    const Step& step = steps(end - 1)[c];
    const std::size_t begin = end - std::min(step.length, end - first_);
    parts.emplace_back(begin, c);
    if (begin == first_) break;
    end = begin;
    c = step.previous;
  }
  std::ranges::reverse(parts);
  return parts;
}

std::vector<SegmentTracker::Part> SegmentTracker::best_path() const {
  const std::size_t last = end() - 1;
  if (end() >= least_) return path_to(last, best_class(last, classes_));
  // Too few for a segment are one.
  const auto& all = sums(end());
  return {{first_, static_cast<std::size_t>(std::ranges::max_element(all) - all.begin())}};
}

/// What the best path begins with, whatever comes: that of every path which could be gone on from.
std::vector<SegmentTracker::Part> SegmentTracker::common_path() const {
  std::optional<std::vector<Part>> common;
  const std::size_t oldest = std::max(first_, end() - std::min(least_, end()));
  for (std::size_t window = oldest; window < end(); ++window) {
    for (std::size_t c = 0; c < classes_; ++c) {
      if (steps(window)[c].score == kNever) continue;
      const auto path = path_to(window, c);
      if (!common) common = path;
      const auto differ = std::ranges::mismatch(*common, path);
      common->erase(differ.in1, common->end());
      if (common->empty()) return {};
    }
  }
  return common.value_or(std::vector<Part>());
}

/// Where the segment begins whose first window this is: in the middle of what that shares with the
/// one before it.
double SegmentTracker::boundary(std::size_t window) const {
  if (window == first_) return start_;
  const double end = windows_[window - 1 - first_].end;
  const double start = windows_[window - first_].start;
  return start > end ? start : (end + start) / 2;
}

Segment SegmentTracker::segment(const Part& part, std::size_t end) const {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = part.first; i < end; ++i) {
    const auto& probabilities = windows_[i - first_].probabilities;
    if (probabilities.empty()) continue;
    sum += probabilities[part.second];
    ++count;
  }
  const double stop = windows_[end - 1 - first_].end;
  const bool is_last = end == this->end();
  return {boundary(part.first), is_last ? stop : std::min(stop, boundary(end)), part.second,
          count == 0 ? 0 : sum / static_cast<double>(count)};
}

void SegmentTracker::add(WindowAnswer window) {
  if (!windows_.empty() &&
      (window.start < windows_.back().start || window.end < windows_.back().end)) {
    throw Error(
        "windows do not ascend: one from {:g} to {:g} s stands behind one from {:g} to "
        "{:g} s",
        window.start, window.end, windows_.back().start, windows_.back().end);
  }
  if (windows_.empty()) start_ = window.start;
  answered_ = answered_ || !window.probabilities.empty();
  std::vector<double> sum = sums_.back();
  const auto& p = window.probabilities;
  for (std::size_t c = 0; c < classes_ && !p.empty(); ++c)
    sum[c] += std::log(std::max(p[c], kLeast));
  sums_.push_back(std::move(sum));
  windows_.push_back(std::move(window));
  std::vector<Step> step;
  for (std::size_t c = 0; c < classes_; ++c) step.push_back(best_step(end() - 1, c));
  steps_.push_back(std::move(step));
}

std::vector<Segment> SegmentTracker::settle() {
  const auto settled = common_path();
  std::vector<Segment> segments;
  for (std::size_t i = 0; i + 1 < settled.size(); ++i) {
    segments.push_back(segment(settled[i], settled[i + 1].first));
  }
  if (segments.empty()) return segments;
  // The last of them is open, and what lies before it is not needed any more.
  const std::size_t begin = settled.back().first;
  start_ = boundary(begin);
  const auto gone = static_cast<std::ptrdiff_t>(begin - first_);
  windows_.erase(windows_.begin(), windows_.begin() + gone);
  sums_.erase(sums_.begin(), sums_.begin() + gone);
  steps_.erase(steps_.begin(), steps_.begin() + gone);
  first_ = begin;
  return segments;
}

std::optional<Segment> SegmentTracker::current() const {
  if (!answered_) return std::nullopt;
  return segment(best_path().back(), end());
}

std::vector<Segment> SegmentTracker::finish() const {
  std::vector<Segment> segments;
  if (!answered_) return segments;
  const auto path = best_path();
  for (std::size_t i = 0; i < path.size(); ++i) {
    segments.push_back(segment(path[i], i + 1 < path.size() ? path[i + 1].first : end()));
  }
  return segments;
}

}  // namespace aver
