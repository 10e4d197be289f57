#include "synthesis/performance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "synthesis/corpus.h"

namespace aver {
namespace {

constexpr std::uint64_t kSeed = 42;

std::size_t top(const EmotionWeights& weights) {
  return static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) -
                                  weights.begin());
}

double share_shown_as_named(const PerformanceOptions& options,
                            EmotionWeights Performance::*channel) {
  int right = 0, clips = 0;
  for (const auto& id : corpus_clips({.actors = 24, .twin_actor = 0})) {
    if (id.emotion == Emotion::neutral) continue;
    const auto weights = plan_performance(kSeed, id, options).*channel;
    right += top(weights) == static_cast<std::size_t>(id.emotion);
    ++clips;
  }
  return static_cast<double>(right) / clips;
}

TEST(Performance, WithoutAmbiguityEveryClipShowsItsEmotion) {
  const PerformanceOptions clear{.picture_ambiguity = 0, .voice_ambiguity = 0};
  EXPECT_EQ(share_shown_as_named(clear, &Performance::picture), 1.0);
  EXPECT_EQ(share_shown_as_named(clear, &Performance::voice), 1.0);
}

TEST(Performance, AmbiguousClipsOftenShowAnotherEmotionMore) {
  const PerformanceOptions ambiguous{.picture_ambiguity = 1, .voice_ambiguity = 0};
  const double share = share_shown_as_named(ambiguous, &Performance::picture);
  EXPECT_GT(share, .2);
  EXPECT_LT(share, .8);
  EXPECT_EQ(share_shown_as_named(ambiguous, &Performance::voice), 1.0);
}

TEST(Performance, AmbiguityOfPictureAndVoiceIsIndependent) {
  int picture = 0, voice = 0, both = 0, clips = 0;
  for (const auto& id : corpus_clips({.actors = 24, .twin_actor = 0})) {
    if (id.emotion == Emotion::neutral) continue;
    const auto truth = static_cast<std::size_t>(id.emotion);
    const auto plan = plan_performance(kSeed, id, {.picture_ambiguity = .5, .voice_ambiguity = .5});
    const bool p = plan.picture[truth] < .75, v = plan.voice[truth] < .75;
    picture += p;
    voice += v;
    both += p && v;
    ++clips;
  }
  const double n = clips;
  ASSERT_GT(picture, .3 * n);
  // Four standard deviations of a share of .25 among some 1300 clips.
  EXPECT_NEAR(both / n, picture / n * voice / n, 4 * .012);
}

TEST(Performance, NeutralIsTheAbsenceOfExpression) {
  ClipId id;
  const auto plan = plan_performance(kSeed, id, {.picture_ambiguity = 0, .voice_ambiguity = 0});
  EXPECT_LT(std::accumulate(plan.picture.begin(), plan.picture.end(), 0.0), .15);
}

TEST(Performance, TwinsAreTheSamePerformance) {
  ClipId id{.emotion = Emotion::happy};
  const auto both = plan_performance(kSeed, id, {});
  id.modality = Modality::video_only;
  const auto silent = plan_performance(kSeed, id, {});
  EXPECT_EQ(both.picture, silent.picture);
  EXPECT_EQ(both.seconds, silent.seconds);
  EXPECT_EQ(both.picture_seed, silent.picture_seed);
  EXPECT_EQ(both.voice_seed, silent.voice_seed);
}

TEST(Performance, SeedActorAndTakeEachChangeIt) {
  const ClipId id{.emotion = Emotion::sad};
  ClipId take = id, actor = id;
  take.repetition = 2;
  actor.actor = 2;
  const auto plan = plan_performance(kSeed, id, {});
  EXPECT_NE(plan.picture_seed, plan_performance(kSeed + 1, id, {}).picture_seed);
  EXPECT_NE(plan.picture_seed, plan_performance(kSeed, take, {}).picture_seed);
  EXPECT_EQ(plan.actor_seed, plan_performance(kSeed, take, {}).actor_seed);
  EXPECT_NE(plan.actor_seed, plan_performance(kSeed, actor, {}).actor_seed);
}

TEST(Performance, LengthStaysWithinSixPercent) {
  for (const auto& id : corpus_clips({.actors = 6})) {
    const double seconds = plan_performance(kSeed, id, {.seconds = 2}).seconds;
    EXPECT_GE(seconds, 1.88);
    EXPECT_LE(seconds, 2.12);
  }
}

}  // namespace
}  // namespace aver
