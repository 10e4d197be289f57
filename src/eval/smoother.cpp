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

namespace aver {
namespace {

constexpr int kFormat = 1;
constexpr const char* kTool = "aver-evaluate-timeline";

// Half of the last decimal of an answer: a class that was given nothing is not ruled out for ever.
constexpr double kLeast = 5e-7;

constexpr double kPenalties[] = {0, .25, .5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16};
constexpr double kMinima[] = {0, .5, 1, 1.5, 2, 2.5, 3};

/// Seconds from one window to the next, all of which are alike but for rounding.
double hop_of(const std::vector<WindowAnswer>& windows) {
  if (windows.size() < 2) return 0;
  return (windows.back().start - windows.front().start) / static_cast<double>(windows.size() - 1);
}

/// How many of `all` windows a segment has at least.
std::size_t least_windows(double seconds, double hop, std::size_t all) {
  if (hop <= 0 || seconds / hop < 1) return 1;
  return seconds / hop >= static_cast<double>(all)
             ? all
             : static_cast<std::size_t>(std::ceil(seconds / hop - 1e-6));
}

/// Where the best path to a window in a class came from.
struct Step {
  double score = -std::numeric_limits<double>::infinity();
  std::size_t length = 0;    ///< windows of its last segment
  std::size_t previous = 0;  ///< the class before that segment; itself where there is none
};

class Path {
 public:
  Path(const Smoother& smoother, const std::vector<WindowAnswer>& windows, std::size_t classes,
       std::size_t least)
      : classes_(classes), steps_(windows.size(), std::vector<Step>(classes)) {
    sum(windows);
    for (std::size_t last = least - 1; last < windows.size(); ++last) {
      for (std::size_t c = 0; c < classes; ++c) {
        steps_[last][c] = best_step(last, c, least, smoother.change_penalty);
      }
    }
  }

  /// The class of each window on the best path.
  std::vector<std::size_t> classes() const {
    std::vector<std::size_t> path(steps_.size());
    std::size_t c = best_class(steps_.size() - 1, std::nullopt);
    for (std::size_t end = steps_.size(); end > 0;) {
      const Step& step = steps_[end - 1][c];
      std::fill_n(path.begin() + static_cast<std::ptrdiff_t>(end - step.length), step.length, c);
      end -= step.length;
      c = step.previous;
    }
    return path;
  }

 private:
  void sum(const std::vector<WindowAnswer>& windows) {
    sums_.assign(windows.size() + 1, std::vector<double>(classes_));
    for (std::size_t i = 0; i < windows.size(); ++i) {
      for (std::size_t c = 0; c < classes_; ++c) {
        const auto& p = windows[i].probabilities;
        sums_[i + 1][c] = sums_[i][c] + (p.empty() ? 0 : std::log(std::max(p[c], kLeast)));
      }
    }
  }

  std::size_t best_class(std::size_t window, std::optional<std::size_t> apart_from) const {
    std::size_t best = apart_from == std::size_t{0} ? 1 : 0;
    for (std::size_t c = best + 1; c < classes_; ++c) {
      if (c != apart_from && steps_[window][c].score > steps_[window][best].score) best = c;
    }
    return best;
  }

  Step best_step(std::size_t last, std::size_t c, std::size_t least, double penalty) const {
    const double whole = sums_[last + 1][c];
    if (last + 1 == least) return {whole, least, c};
    Step best = steps_[last - 1][c];  // its segment goes on
    best.score += whole - sums_[last][c];
    ++best.length;
    if (last + 1 < 2 * least || classes_ < 2) return best;
    const std::size_t before = best_class(last - least, c);
    const double score =
        steps_[last - least][before].score - penalty + whole - sums_[last + 1 - least][c];
    return score > best.score ? Step{score, least, before} : best;
  }

  std::size_t classes_;
  std::vector<std::vector<double>> sums_;  ///< of log-probabilities before each window, per class
  std::vector<std::vector<Step>> steps_;
};

double mean_of_class(const std::vector<WindowAnswer>& windows, std::size_t begin, std::size_t end,
                     std::size_t c) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (windows[i].probabilities.empty()) continue;
    sum += windows[i].probabilities[c];
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
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
  const Path path(*this, windows, first->probabilities.size(),
                  least_windows(minimum_seconds, hop_of(windows), windows.size()));
  const auto classes = path.classes();
  std::vector<Segment> segments;
  std::vector<TimedLabel> whole;  // as their windows lie, for timeline_of()
  for (std::size_t begin = 0; begin < windows.size();) {
    std::size_t end = begin + 1;
    while (end < windows.size() && classes[end] == classes[begin]) ++end;
    segments.push_back({0, 0, classes[begin], mean_of_class(windows, begin, end, classes[begin])});
    whole.push_back({windows[begin].start, windows[end - 1].end, std::to_string(classes[begin])});
    begin = end;
  }
  const auto timeline = timeline_of(std::move(whole));
  for (std::size_t i = 0; i < segments.size(); ++i) {
    segments[i].start = timeline[i].start;
    segments[i].end = timeline[i].end;
  }
  return segments;
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
