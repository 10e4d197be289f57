#include "eval/timeline.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace aver {
namespace {

// Sums of seconds that were written with a few decimals: what is shorter than this is no stretch.
constexpr double kNoTime = 1e-9;

void require_ascending(const std::vector<TimedLabel>& windows) {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto& [start, end, label] = windows[i];
    if (!(end > start)) {
      throw Error("{} ends at {:g} s and begins at {:g} s", label, end, start);
    }
    if (i == 0) continue;
    if (start < windows[i - 1].start || end < windows[i - 1].end) {
      throw Error("{} from {:g} to {:g} s stands behind {} from {:g} to {:g} s", label, start, end,
                  windows[i - 1].label, windows[i - 1].start, windows[i - 1].end);
    }
  }
}

double shared_time(const TimedLabel& one, const TimedLabel& other) {
  return std::max(0.0, std::min(one.end, other.end) - std::max(one.start, other.start));
}

}  // namespace

std::vector<TimedLabel> timeline_of(std::vector<TimedLabel> windows) {
  require_ascending(windows);
  std::vector<TimedLabel> timeline;
  for (TimedLabel& window : windows) {
    if (!timeline.empty() && window.label == timeline.back().label &&
        window.start <= timeline.back().end) {
      timeline.back().end = window.end;
    } else {
      timeline.push_back(std::move(window));
    }
  }
  // From whole windows, all of them: a boundary lies between the end of one and the start of the
  // next as they were heard.
  for (std::size_t i = 1; i < timeline.size(); ++i) {
    if (timeline[i].start > timeline[i - 1].end) continue;
    const double middle = (timeline[i - 1].end + timeline[i].start) / 2;
    timeline[i - 1].end = middle;
    timeline[i].start = middle;
  }
  return timeline;
}

std::vector<TimedLabel> reference_of(std::vector<TimedLabel> rows, double seconds,
                                     const std::string& background) {
  std::ranges::sort(rows, {}, &TimedLabel::start);
  std::vector<TimedLabel> reference;
  const auto add = [&](TimedLabel row) {
    if (row.end - row.start <= kNoTime) return;
    if (!reference.empty() && reference.back().label == row.label) {
      reference.back().end = row.end;
    } else {
      reference.push_back(std::move(row));
    }
  };
  double reached = 0;
  for (const TimedLabel& row : rows) {
    if (row.start < reached - kNoTime) {
      throw Error("{} begins at {:g} s, before what stands in front of it ends", row.label,
                  row.start);
    }
    add({reached, row.start, background});
    add(row);
    reached = row.end;
  }
  if (reached > seconds + kNoTime) {
    throw Error("{} ends at {:g} s, behind the recording's end at {:g} s", rows.back().label,
                reached, seconds);
  }
  add({reached, seconds, background});
  return reference;
}

TimelineErrors& TimelineErrors::operator+=(const TimelineErrors& other) {
  reference += other.reference;
  missed += other.missed;
  false_alarm += other.false_alarm;
  confused += other.confused;
  return *this;
}

TimelineErrors timeline_errors(const std::vector<TimedLabel>& reference,
                               const std::vector<TimedLabel>& answer,
                               const std::string& background) {
  TimelineErrors errors;
  for (const TimedLabel& stretch : reference) {
    const double length = stretch.end - stretch.start;
    const bool emotional = stretch.label != background;
    double answered = 0;
    for (const TimedLabel& said : answer) {
      const double seconds = shared_time(stretch, said);
      answered += seconds;
      if (said.label == stretch.label) continue;
      if (!emotional) {
        errors.false_alarm += seconds;
      } else if (said.label == background) {
        errors.missed += seconds;
      } else {
        errors.confused += seconds;
      }
    }
    errors.missed += std::max(0.0, length - answered);
    errors.reference += length;
  }
  return errors;
}

std::vector<OnsetError> onset_errors(const std::vector<TimedLabel>& reference,
                                     const std::vector<TimedLabel>& answer) {
  std::vector<OnsetError> onsets;
  for (std::size_t i = 1; i < reference.size(); ++i) {
    OnsetError onset{reference[i].start, reference[i].label, {}};
    for (const TimedLabel& said : answer) {
      if (said.label != onset.label) continue;
      const double off = std::abs(said.start - onset.seconds);
      if (!onset.error || off < *onset.error) onset.error = off;
    }
    onsets.push_back(std::move(onset));
  }
  return onsets;
}

std::optional<double> median_onset_error(const std::vector<OnsetError>& onsets) {
  if (onsets.empty()) return std::nullopt;
  constexpr double kNever = std::numeric_limits<double>::infinity();
  std::vector<double> errors;
  for (const OnsetError& onset : onsets) errors.push_back(onset.error.value_or(kNever));
  std::ranges::sort(errors);
  const std::size_t half = errors.size() / 2;
  const double median =
      errors.size() % 2 == 1 ? errors[half] : (errors[half - 1] + errors[half]) / 2;
  return std::isfinite(median) ? std::optional(median) : std::nullopt;
}

}  // namespace aver
