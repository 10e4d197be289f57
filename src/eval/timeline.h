#pragma once

#include <optional>
#include <string>
#include <vector>

namespace aver {

/// A stretch of a recording that has one label.
struct TimedLabel {
  double start = 0;  ///< seconds
  double end = 0;
  std::string label;

  bool operator==(const TimedLabel&) const = default;
};

/// Windows or segments, in the order of their starts, as a timeline that has one label at a time,
/// as SpeechBrain makes one (`utils/EDER.py`): neighbours with one label that touch or overlap are
/// one, and what neighbours with different labels share is halved. Throws Error when starts or ends
/// do not ascend.
std::vector<TimedLabel> timeline_of(std::vector<TimedLabel> windows);

/// A reference in which all of the time from 0 to `seconds` has a label: what no row names is
/// `background`, and neighbours with one label are one. Throws Error when rows overlap, or end
/// behind `seconds`.
std::vector<TimedLabel> reference_of(std::vector<TimedLabel> rows, double seconds,
                                     const std::string& background);

/// Seconds of one recording, or of several added up.
struct TimelineErrors {
  double reference = 0;  ///< all time that has a reference
  double missed = 0;     ///< of an emotion that was answered with the background, and of any label
                         ///< that was not answered at all
  double false_alarm = 0;  ///< of the background, answered with an emotion
  double confused = 0;     ///< of an emotion, answered with another

  /// The emotion diarization error rate (Wang et al. 2023, arXiv 2306.12991): the three over all
  /// time.
  double rate() const { return (missed + false_alarm + confused) / reference; }
  TimelineErrors& operator+=(const TimelineErrors& other);
};

/// Compares an answer with the reference of the same recording; what lies behind the end of the
/// reference does not count.
TimelineErrors timeline_errors(const std::vector<TimedLabel>& reference,
                               const std::vector<TimedLabel>& answer,
                               const std::string& background);

/// A moment at which the reference goes over to another label, and how far from it the answer does.
struct OnsetError {
  double seconds = 0;
  std::string label;  ///< of what begins
  /// Seconds from there to the nearest start of a stretch of that label in the answer; nothing
  /// where it has none.
  std::optional<double> error;
};

/// One for every change of the reference, in time.
std::vector<OnsetError> onset_errors(const std::vector<TimedLabel>& reference,
                                     const std::vector<TimedLabel>& answer);

/// The median over all onsets, of which those that the answer does not have count as further off
/// than any other; nothing where it is one of these, or there is no onset.
std::optional<double> median_onset_error(const std::vector<OnsetError>& onsets);

}  // namespace aver
