#include "eval/fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "eval/confusion.h"

namespace aver {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Values = std::vector<double>;

TEST(MaximumConfidence, TakesTheDistributionWithTheHigherTop) {
  const Values audio = {.2, .65, .15};
  const Values visual = {.45, .35, .2};
  const Fused fused = fuse(FusionRule::max_confidence, audio, visual);
  EXPECT_EQ(fused.probabilities, audio);
  EXPECT_EQ(fused.decided_by, DecidedBy::audio);
  EXPECT_FALSE(fused.fell_back);
  EXPECT_EQ(fuse(FusionRule::max_confidence, visual, audio).decided_by, DecidedBy::visual);
}

TEST(MaximumConfidence, GivesATieToAudio) {
  const Values audio = {.6, .4};
  const Values visual = {.4, .6};
  const Fused fused = fuse(FusionRule::max_confidence, audio, visual);
  EXPECT_EQ(fused.decided_by, DecidedBy::audio);
  EXPECT_EQ(argmax(fused.probabilities), 0u);
}

TEST(MeanAndProduct, CombineBoth) {
  const Values audio = {.6, .3, .1};
  const Values visual = {.2, .6, .2};
  const Fused mean = fuse(FusionRule::mean, audio, visual);
  EXPECT_THAT(mean.probabilities,
              ElementsAre(DoubleNear(.4, 1e-12), DoubleNear(.45, 1e-12), DoubleNear(.15, 1e-12)));
  EXPECT_EQ(mean.decided_by, DecidedBy::both);
  const Fused product = fuse(FusionRule::product, audio, visual);  // .12 .18 .02, sum .32
  EXPECT_THAT(product.probabilities, ElementsAre(DoubleNear(.375, 1e-12), DoubleNear(.5625, 1e-12),
                                                 DoubleNear(.0625, 1e-12)));
}

TEST(Product, TakesTheMeanWhereNothingIsPossibleTogether) {
  const Fused fused = fuse(FusionRule::product, Values{1, 0}, Values{0, 1});
  EXPECT_THAT(fused.probabilities, ElementsAre(.5, .5));
}

TEST(EveryRule, KeepsADistributionAndAgreesWhereBothAreTheSame) {
  Random random(5);
  for (const auto rule : {FusionRule::max_confidence, FusionRule::mean, FusionRule::product}) {
    SCOPED_TRACE(name_of(rule));
    EXPECT_EQ(fusion_rule_from_name(name_of(rule)), rule);
    for (int round = 0; round < 50; ++round) {
      Values audio(8), visual(8);
      for (double& value : audio) value = random.uniform();
      for (double& value : visual) value = random.uniform();
      const double audio_sum = std::accumulate(audio.begin(), audio.end(), 0.0);
      const double visual_sum = std::accumulate(visual.begin(), visual.end(), 0.0);
      for (double& value : audio) value /= audio_sum;
      for (double& value : visual) value /= visual_sum;
      const Fused fused = fuse(rule, audio, visual);
      EXPECT_NEAR(std::accumulate(fused.probabilities.begin(), fused.probabilities.end(), 0.0), 1,
                  1e-12);
      EXPECT_EQ(argmax(fuse(rule, audio, audio).probabilities), argmax(audio));
    }
  }
}

TEST(EveryRule, FallsBackToTheOtherModality) {
  const Values known = {.3, .7};
  for (const auto rule : {FusionRule::max_confidence, FusionRule::mean, FusionRule::product}) {
    const Fused sound = fuse(rule, known, {});
    EXPECT_EQ(sound.probabilities, known);
    EXPECT_EQ(sound.decided_by, DecidedBy::audio);
    EXPECT_TRUE(sound.fell_back);
    const Fused picture = fuse(rule, {}, known);
    EXPECT_EQ(picture.probabilities, known);
    EXPECT_EQ(picture.decided_by, DecidedBy::visual);
    EXPECT_TRUE(picture.fell_back);
  }
}

TEST(EveryRule, RefusesNothingAndOtherSizes) {
  EXPECT_THAT([] { fuse(FusionRule::mean, {}, {}); },
              ThrowsMessage<Error>(HasSubstr("neither sound nor picture")));
  EXPECT_THAT(
      [] {
        fuse(FusionRule::mean, Values{.5, .5}, Values{1});
      },
      ThrowsMessage<Error>(HasSubstr("2 classes with one over 1")));
  EXPECT_THAT([] { fusion_rule_from_name("vote"); },
              ThrowsMessage<UsageError>(HasSubstr("max-confidence, mean, product")));
}

}  // namespace
}  // namespace aver
