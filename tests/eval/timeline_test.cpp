#include "eval/timeline.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/random.h"

namespace aver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

nlohmann::json golden() {
  return nlohmann::json::parse(read_file(fs::path(AVER_GOLDEN_DIR) / "timelines.json"));
}

std::vector<TimedLabel> windows_of(const nlohmann::json& drawn) {
  std::vector<TimedLabel> windows;
  const auto letters = drawn["prediction"].get<std::string>();
  const double length = drawn["window"], stride = drawn["stride"];
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const double start = stride * static_cast<double>(i);
    windows.push_back({start, start + length, std::string(1, letters[i])});
  }
  return windows;
}

TEST(TimelineErrors, HaveTheRateThatSpeechBrainGives) {
  for (const char* kind : {"one_emotion", "several"}) {
    const auto timelines = golden()[kind];
    ASSERT_THAT(timelines, SizeIs(60));
    for (const auto& drawn : timelines) {
      std::vector<TimedLabel> rows;
      for (const auto& row : drawn["reference"]) rows.push_back({row[0], row[1], row[2]});
      const auto reference = reference_of(rows, drawn["seconds"], "n");
      const auto errors = timeline_errors(reference, timeline_of(windows_of(drawn)), "n");
      EXPECT_NEAR(errors.rate(), drawn["rate"].get<double>(), 1e-9) << drawn.dump();
      EXPECT_NEAR(errors.reference, drawn["seconds"].get<double>(), 1e-9);
    }
  }
}

TEST(TimelineErrors, AreToldApart) {
  const auto reference = reference_of({{1, 3, "sad"}, {3, 4, "happy"}}, 6, "neutral");
  EXPECT_THAT(reference, ElementsAre(TimedLabel{0, 1, "neutral"}, TimedLabel{1, 3, "sad"},
                                     TimedLabel{3, 4, "happy"}, TimedLabel{4, 6, "neutral"}));
  const auto errors = timeline_errors(
      reference, {{.5, 2, "sad"}, {2, 2.75, "neutral"}, {2.75, 3.5, "happy"}, {3.5, 5, "sad"}},
      "neutral");
  EXPECT_DOUBLE_EQ(errors.reference, 6);
  EXPECT_DOUBLE_EQ(errors.false_alarm, .5 + 1);
  EXPECT_DOUBLE_EQ(errors.confused, .25 + .5);
  EXPECT_DOUBLE_EQ(errors.missed, .75 + .5 + 1) << "1.5 s were not answered";
  EXPECT_DOUBLE_EQ(errors.rate(), 4.5 / 6);
}

TEST(TimelineErrors, AreNoneForTheReferenceAndAllForNoAnswer) {
  const auto reference = reference_of({{0, 2, "sad"}, {2.5, 4, "angry"}}, 5, "neutral");
  EXPECT_DOUBLE_EQ(timeline_errors(reference, reference, "neutral").rate(), 0);
  EXPECT_DOUBLE_EQ(timeline_errors(reference, {}, "neutral").rate(), 1);
}

TEST(TimelineErrors, LieBetweenNoneAndAllForAnyAnswer) {
  Random random(7);
  const std::vector<std::string> names = {"neutral", "sad", "happy"};
  for (int i = 0; i < 200; ++i) {
    const auto draw = [&](double seconds) {
      std::vector<TimedLabel> drawn;
      double at = 0;
      while (at < seconds) {
        const double length = random.uniform(.1, 3);
        drawn.push_back({at, std::min(seconds, at + length), names[random.below(3)]});
        at += length;
      }
      return drawn;
    };
    const auto errors = timeline_errors(reference_of(draw(20), 20, "neutral"),
                                        timeline_of(draw(random.uniform(5, 25))), "neutral");
    EXPECT_GE(errors.rate(), 0);
    EXPECT_LE(errors.rate(), 1 + 1e-9);
  }
}

TEST(Timeline, HalvesWhatNeighboursShare) {
  EXPECT_THAT(timeline_of({{0, 3, "a"}, {1, 4, "a"}, {2, 5, "b"}, {3, 6, "a"}, {8, 9, "a"}}),
              ElementsAre(TimedLabel{0, 3, "a"}, TimedLabel{3, 4, "b"}, TimedLabel{4, 6, "a"},
                          TimedLabel{8, 9, "a"}));
  EXPECT_THAT(
      [] {
        timeline_of({{1, 3, "a"}, {0, 4, "b"}});
      },
      ThrowsMessage<Error>(HasSubstr("b from 0 to 4 s stands behind a from 1 to 3 s")));
  EXPECT_THAT([] { timeline_of({{1, 1, "a"}}); }, ThrowsMessage<Error>(HasSubstr("ends at 1 s")));
}

TEST(Reference, MustHaveOneLabelAtATime) {
  EXPECT_THAT(
      [] {
        reference_of({{0, 2, "a"}, {1, 3, "b"}}, 3, "n");
      },
      ThrowsMessage<Error>(HasSubstr("b begins at 1 s, before")));
  EXPECT_THAT(
      [] {
        reference_of({{0, 2, "a"}}, 1, "n");
      },
      ThrowsMessage<Error>(HasSubstr("behind the recording's end at 1 s")));
  EXPECT_THAT(reference_of({{1, 2, "a"}, {0, 1, "a"}, {2, 3, "n"}}, 4, "n"),
              ElementsAre(TimedLabel{0, 2, "a"}, TimedLabel{2, 4, "n"}));
}

TEST(Onsets, AreMeasuredToTheNearestStartOfTheirLabel) {
  const auto reference =
      reference_of({{0, 3, "sad"}, {3, 6, "happy"}, {6, 9, "angry"}, {9, 10, "sad"}}, 10, "n");
  const auto onsets = onset_errors(
      reference, {{0, 3.25, "sad"}, {3.25, 5, "happy"}, {5, 8, "sad"}, {8, 10, "happy"}});
  ASSERT_THAT(onsets, SizeIs(3));
  EXPECT_DOUBLE_EQ(onsets[0].error.value(), .25);
  EXPECT_FALSE(onsets[1].error) << "angry was never answered";
  EXPECT_DOUBLE_EQ(onsets[2].error.value(), 4);
  EXPECT_DOUBLE_EQ(median_onset_error(onsets).value(), 4) << "of 0.25, 4 and never";
  EXPECT_FALSE(median_onset_error({}));
  EXPECT_FALSE(median_onset_error({onsets[1], onsets[1], onsets[0]}));
}

}  // namespace
}  // namespace aver
