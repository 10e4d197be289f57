#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/timeline.h"

namespace aver {

/// A window of a recording and what was said of it.
struct WindowAnswer {
  double start = 0;  ///< seconds
  double end = 0;
  std::vector<double> probabilities;  ///< one per class; empty where there was nothing to look at
};

/// A stretch of a recording that was answered with one class.
struct Segment {
  double start = 0;  ///< seconds
  double end = 0;
  std::size_t top = 0;    ///< index of the class
  double confidence = 0;  ///< mean of its probability over the segment's windows
};

/// Makes segments of windows: the sequence of classes that is likeliest when windows are taken for
/// independent, each change costs `change_penalty`, and no segment has fewer windows than fit into
/// `minimum_seconds` (Viterbi's algorithm over segments with a least duration). Of sequences that
/// are equally likely it takes the one that changes first.
struct Smoother {
  double change_penalty = 1;   ///< nats, 0 or more
  double minimum_seconds = 1;  ///< 0 or more
  /// What it was fitted on; 0 and "" for one that was not.
  double window = 0;  ///< seconds of each window
  double hop = 0;     ///< seconds from one to the next
  std::string fitted_on = {};

  /// Segments in time, which begin with the first window and end with the last; between two of
  /// them lies the middle of what their windows share (timeline_of()). A window without
  /// probabilities says nothing of its class. Nothing where no window has any. The windows' starts
  /// and ends ascend, or Error is thrown.
  std::vector<Segment> segments(const std::vector<WindowAnswer>& windows) const;
};

/// The most that --change-penalty and --minimum-segment can be.
inline constexpr double kLargestPenalty = 1000;
inline constexpr double kLongestMinimum = 3600;

/// Segments with the names of their classes.
std::vector<TimedLabel> labelled(const std::vector<Segment>& segments,
                                 const std::vector<std::string>& classes);

/// A recording whose reference is known, to fit on.
struct KnownTimeline {
  std::vector<WindowAnswer> windows;
  std::vector<TimedLabel> reference;  ///< reference_of()
};

/// One pair of parameters that was tried.
struct TriedSmoother {
  double change_penalty = 0;
  double minimum_seconds = 0;
  double rate = 0;  ///< error rate over all recordings
};

struct SmootherFit {
  Smoother smoother;
  std::vector<TriedSmoother> tried;
};

/// The parameters of a fixed grid with the lowest emotion diarization error rate over all
/// recordings; of equal ones the smallest. All windows have the same length and hop, but for the
/// last of each recording: Throws Error where they have not, and without a recording.
SmootherFit fit_smoother(const std::vector<KnownTimeline>& recordings,
                         const std::vector<std::string>& classes, const std::string& background);

nlohmann::json json_of(const Smoother& smoother);
/// Of what json_of() gave. Throws nlohmann::json::exception for anything else.
Smoother smoother_from(const nlohmann::json& json);

/// Throws Error that names the file when it is no smoother.json, of a newer format, or damaged.
Smoother read_smoother(const std::filesystem::path& path);

}  // namespace aver
