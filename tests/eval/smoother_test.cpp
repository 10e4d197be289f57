#include "eval/smoother.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "eval/segment_tracker.h"
#include "support.h"

namespace aver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

/// Windows of 1 s, half a second apart, each with the probability of the second of two classes.
std::vector<WindowAnswer> windows_of(const std::vector<double>& second) {
  std::vector<WindowAnswer> windows;
  for (std::size_t i = 0; i < second.size(); ++i) {
    const double start = .5 * static_cast<double>(i);
    windows.push_back({start, start + 1, {1 - second[i], second[i]}});
  }
  return windows;
}

std::vector<std::string> shown(const std::vector<Segment>& segments) {
  std::vector<std::string> texts;
  for (const Segment& one : segments) {
    texts.push_back(
        fmt::format("{:g}-{:g} {} {:.3f}", one.start, one.end, one.top, one.confidence));
  }
  return texts;
}

TEST(Smoother, WithoutParametersTakesEachWindowAsItIs) {
  EXPECT_THAT(shown(Smoother{0, 0}.segments(windows_of({.1, .2, .9, .3, .4}))),
              ElementsAre("0-1.25 0 0.850", "1.25-1.75 1 0.900", "1.75-3 0 0.650"));
}

TEST(Smoother, AChangePaysOnlyWhereWindowsSayMoreThanItCosts) {
  // To go there and back costs twice the penalty, and brings log(.9 / .1) = 2.197.
  const auto windows = windows_of({.1, .1, .9, .1, .1});
  EXPECT_THAT(Smoother({1.09, 0}).segments(windows), SizeIs(3));
  EXPECT_THAT(shown(Smoother{1.11, 0}.segments(windows)), ElementsAre("0-3 0 0.740"));
}

TEST(Smoother, NoSegmentIsShorterThanTheMinimum) {
  const auto windows = windows_of({.1, .1, .1, .95, .6, .1, .1, .1, .1});
  EXPECT_THAT(Smoother({0, 1}).segments(windows), SizeIs(3)) << "two windows";
  EXPECT_THAT(shown(Smoother{0, 1.5}.segments(windows)),
              ElementsAre("0-1.75 0 0.900", "1.75-3.25 1 0.550", "3.25-5 0 0.900"))
      << "1.5 s are three windows; the third is taken from a side";
  EXPECT_EQ(shown(Smoother{0, 1.2}.segments(windows)), shown(Smoother{0, 1.5}.segments(windows)))
      << "two windows would be shorter";
  EXPECT_THAT(Smoother({0, 2}).segments(windows_of({.1, .9, .9})), SizeIs(1))
      << "a recording that is shorter is one segment";
}

/// The score of a sequence of classes, nothing where a segment has too few windows.
std::optional<double> score_of(const std::vector<WindowAnswer>& windows,
                               const std::vector<std::size_t>& classes, double penalty,
                               std::size_t least) {
  double score = 0;
  std::size_t length = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (i > 0 && classes[i] != classes[i - 1]) {
      if (length < least) return std::nullopt;
      length = 0;
      score -= penalty;
    }
    ++length;
    score += std::log(windows[i].probabilities[classes[i]]);
  }
  return length < least ? std::nullopt : std::optional(score);
}

TEST(Smoother, FindsWhatTryingAllSequencesFinds) {
  Random random(11);
  for (int trial = 0; trial < 60; ++trial) {
    constexpr std::size_t kWindows = 7, kClasses = 3, kSequences = 2187;  // 3^7
    std::vector<WindowAnswer> windows;
    for (std::size_t i = 0; i < kWindows; ++i) {
      std::vector<double> p(kClasses);
      double sum = 0;
      for (double& value : p) sum += value = random.uniform(.01, 1);
      for (double& value : p) value /= sum;
      windows.push_back({static_cast<double>(i), static_cast<double>(i) + 2, p});
    }
    const double penalty = random.uniform(0, 2);
    const std::size_t least = 1 + random.below(3);
    double best = -1e9;
    std::vector<std::size_t> best_sequence;
    for (std::size_t n = 0; n < kSequences; ++n) {
      std::vector<std::size_t> sequence;
      for (std::size_t rest = n, i = 0; i < kWindows; ++i, rest /= kClasses) {
        sequence.push_back(rest % kClasses);
      }
      const auto score = score_of(windows, sequence, penalty, least);
      if (!score || *score <= best) continue;
      best = *score;
      best_sequence = sequence;
    }
    const auto segments = Smoother{penalty, static_cast<double>(least)}.segments(windows);
    std::vector<std::size_t> found;
    for (const WindowAnswer& window : windows) {
      const double middle = (window.start + window.end) / 2;
      const auto of = std::ranges::find_if(
          segments, [&](const Segment& one) { return one.start <= middle && middle < one.end; });
      ASSERT_NE(of, segments.end());
      found.push_back(of->top);
    }
    EXPECT_EQ(found, best_sequence) << "penalty " << penalty << ", at least " << least;
  }
}

TEST(Smoother, AWindowWithoutAnAnswerGoesWithItsNeighbours) {
  auto windows = windows_of({.1, .1, .9, .9});
  windows[1].probabilities.clear();
  EXPECT_THAT(shown(Smoother{0, 0}.segments(windows)),
              ElementsAre("0-0.75 0 0.900", "0.75-2.5 1 0.900"));
  for (WindowAnswer& window : windows) window.probabilities.clear();
  EXPECT_THAT(Smoother().segments(windows), IsEmpty());
  EXPECT_THAT(Smoother().segments({}), IsEmpty());
}

TEST(SegmentTracker, HandsOutASegmentAsSoonAsNothingCanChangeIt) {
  SegmentTracker tracker(2, 2, 1);
  std::vector<std::size_t> settled_with;  // after how many windows
  std::vector<std::string> segments;
  const auto windows = windows_of({.1, .1, .1, .9, .9, .9, .1, .1, .1, .1});
  for (std::size_t i = 0; i < windows.size(); ++i) {
    tracker.add(windows[i]);
    for (const std::string& text : shown(tracker.settle())) {
      segments.push_back(text);
      settled_with.push_back(i + 1);
    }
    EXPECT_DOUBLE_EQ(tracker.current()->end, windows[i].end);
  }
  for (const std::string& text : shown(tracker.finish())) segments.push_back(text);
  EXPECT_THAT(segments, ElementsAre("0-1.75 0 0.900", "1.75-3.25 1 0.900", "3.25-5.5 0 0.900"));
  // Until then it may be cheaper to have stayed in class 0 all along.
  EXPECT_THAT(settled_with, ElementsAre(8));
  EXPECT_THAT([&] { tracker.add({0, 1, {.5, .5}}); }, ThrowsMessage<Error>(HasSubstr("ascend")));
}

TEST(FitSmoother, FindsTheParametersThatLetASingleWrongWindowGo) {
  KnownTimeline known{windows_of({.1, .1, .8, .1, .1, .1, .9, .9, .9, .9}), {}};
  known.reference = reference_of({{0, 3.25, "sad"}, {3.25, 5.5, "happy"}}, 5.5, "neutral");
  const auto fit = fit_smoother({known}, {"sad", "happy"}, "neutral");
  EXPECT_DOUBLE_EQ(fit.smoother.change_penalty, 0);
  EXPECT_DOUBLE_EQ(fit.smoother.minimum_seconds, 1);
  EXPECT_DOUBLE_EQ(fit.smoother.window, 1);
  EXPECT_DOUBLE_EQ(fit.smoother.hop, .5);
  EXPECT_GT(fit.tried.size(), 50U);
  double lowest = 1;
  for (const auto& one : fit.tried) lowest = std::min(lowest, one.rate);
  EXPECT_NEAR(lowest, 0, 1e-12);
}

TEST(FitSmoother, RefusesWindowsThatDiffer) {
  const KnownTimeline one{windows_of({.1, .1, .8}), reference_of({}, 2, "n")};
  KnownTimeline other = one;
  for (auto& window : other.windows) window.end += .5;
  EXPECT_THAT(
      [&] {
        fit_smoother({one, other}, {"a", "b"}, "n");
      },
      ThrowsMessage<Error>(HasSubstr("1 s each 0.5 s, and 1.5 s each 0.5 s")));
  EXPECT_THAT([&] { fit_smoother({}, {"a", "b"}, "n"); }, ThrowsMessage<Error>(HasSubstr("none")));
}

TEST(SmootherFile, IsReadAsItWasWritten) {
  const test::TemporaryFolder folder;
  const fs::path path = folder / "smoother.json";
  write_file(path, json_of(Smoother{1.5, .5, 1, .25, "12 recordings"}).dump());
  const Smoother read = read_smoother(path);
  EXPECT_DOUBLE_EQ(read.change_penalty, 1.5);
  EXPECT_DOUBLE_EQ(read.minimum_seconds, .5);
  EXPECT_DOUBLE_EQ(read.window, 1);
  EXPECT_DOUBLE_EQ(read.hop, .25);
  EXPECT_EQ(read.fitted_on, "12 recordings");
}

TEST(SmootherFile, ThatIsNoneIsRefused) {
  const test::TemporaryFolder folder;
  const fs::path path = folder / "smoother.json";
  const auto refused = [&](const std::string& text, const char* why) {
    write_file(path, text);
    EXPECT_THAT([&] { read_smoother(path); }, ThrowsMessage<Error>(HasSubstr(why))) << text;
  };
  refused("{}", "is no smoother.json");
  refused("no JSON", "is no smoother.json");
  auto json = json_of(Smoother{1, 1, 1, .5, ""});
  json["format"] = 2;
  refused(json.dump(), "a newer version of aver");
  json["format"] = 1;
  json["change_penalty"] = -1;
  refused(json.dump(), "none that a fit gives");
  json["change_penalty"] = "much";
  refused(json.dump(), "make it again");
}

}  // namespace
}  // namespace aver
