#include "eval/smoother.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "eval/segment_tracker.h"

namespace aver {
namespace {

constexpr int kFormat = 1;
constexpr const char* kTool = "aver-evaluate-timeline";

constexpr double kPenalties[] = {0, .25, .5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16};
constexpr double kMinima[] = {0, .5, 1, 1.5, 2, 2.5, 3};

/// Seconds from one window to the next, all of which are alike but for rounding.
double hop_of(const std::vector<WindowAnswer>& windows) {
  if (windows.size() < 2) return 0;
  return (windows.back().start - windows.front().start) / static_cast<double>(windows.size() - 1);
}

/// The length and hop that all windows of all recordings have.
std::pair<double, double> common_windows(const std::vector<KnownTimeline>& recordings) {
  // Times have three decimals where they are written, and a third of a window has more.
  constexpr double kRounding = 2e-3;
  std::optional<std::pair<double, double>> common;
  for (const KnownTimeline& one : recordings) {
    for (std::size_t i = 0; i + 1 < one.windows.size(); ++i) {
      const std::pair<double, double> here = {one.windows[i].end - one.windows[i].start,
                                              one.windows[i + 1].start - one.windows[i].start};
      if (!common) common = here;
      if (std::abs(here.first - common->first) > kRounding ||
          std::abs(here.second - common->second) > kRounding) {
        throw Error(
            "a smoother is fitted on windows of one length and hop, and there are {:g} s each "
            "{:g} s, and {:g} s each {:g} s",
            common->first, common->second, here.first, here.second);
      }
    }
  }
  if (!common) throw Error("a smoother is fitted on recordings of several windows: there are none");
  return *common;
}

bool is_usable(const Smoother& smoother) {
  const auto lies = [](double value, double most) { return value >= 0 && value <= most; };
  return lies(smoother.change_penalty, kLargestPenalty) &&
         lies(smoother.minimum_seconds, kLongestMinimum) && lies(smoother.window, 3600) &&
         lies(smoother.hop, smoother.window);
}

}  // namespace

std::vector<Segment> Smoother::segments(const std::vector<WindowAnswer>& windows) const {
  const auto first = std::ranges::find_if(
      windows, [](const WindowAnswer& one) { return !one.probabilities.empty(); });
  if (first == windows.end()) return {};
  const std::size_t least =
      std::min(least_windows(minimum_seconds, hop_of(windows)), windows.size());
  SegmentTracker tracker(first->probabilities.size(), least, change_penalty);
  for (const WindowAnswer& one : windows) tracker.add(one);
  return tracker.finish();
}

std::vector<TimedLabel> labelled(const std::vector<Segment>& segments,
                                 const std::vector<std::string>& classes) {
  std::vector<TimedLabel> labels;
  for (const Segment& segment : segments) {
    labels.push_back({segment.start, segment.end, classes.at(segment.top)});
  }
  return labels;
}

SmootherFit fit_smoother(const std::vector<KnownTimeline>& recordings,
                         const std::vector<std::string>& classes, const std::string& background) {
  SmootherFit fit;
  const auto [window, hop] = common_windows(recordings);
  double lowest = std::numeric_limits<double>::infinity();
  for (const double penalty : kPenalties) {
    for (const double minimum : kMinima) {
      const Smoother smoother{penalty, minimum, window, hop};
      TimelineErrors errors;
      for (const KnownTimeline& one : recordings) {
        errors += timeline_errors(one.reference, labelled(smoother.segments(one.windows), classes),
                                  background);
      }
      fit.tried.push_back({penalty, minimum, errors.rate()});
      // Sums of the same times differ in the last bits with their order: no reason to prefer one.
      if (errors.rate() >= lowest - 1e-12) continue;
      lowest = errors.rate();
      fit.smoother = smoother;
    }
  }
  return fit;
}

nlohmann::json json_of(const Smoother& smoother) {
  return {{"tool", kTool},
          {"format", kFormat},
          {"change_penalty", smoother.change_penalty},
          {"minimum_seconds", smoother.minimum_seconds},
          {"window", smoother.window},
          {"hop", smoother.hop},
          {"fitted_on", smoother.fitted_on}};
}

Smoother smoother_from(const nlohmann::json& json) {
  Smoother smoother;
  smoother.change_penalty = json.at("change_penalty").get<double>();
  smoother.minimum_seconds = json.at("minimum_seconds").get<double>();
  smoother.window = json.at("window").get<double>();
  smoother.hop = json.at("hop").get<double>();
  smoother.fitted_on = json.at("fitted_on").get<std::string>();
  return smoother;
}

Smoother read_smoother(const std::filesystem::path& path) {
  const auto json = restore_bytes(parse_json(read_file(path)));
  if (!json.is_object() || json.value("tool", nlohmann::json()) != kTool ||
      !json.contains("change_penalty")) {
    throw Error("{} is no smoother.json of aver-evaluate-timeline --fit", path.string());
  }
  constexpr const char* kRemedy = "make it again with aver-evaluate-timeline --fit";
  return reading_json(path.string(), kRemedy, [&] {
    if (whole_number<int>(json.at("format")) > kFormat) {
      throw Error("{} is of format {}, which a newer version of aver wrote", path.string(),
                  json.at("format").dump());
    }
    const Smoother smoother = smoother_from(json);
    if (!is_usable(smoother)) {
      throw Error("{} cannot be used: its numbers are none that a fit gives; {}", path.string(),
                  kRemedy);
    }
    return smoother;
  });
}

}  // namespace aver
