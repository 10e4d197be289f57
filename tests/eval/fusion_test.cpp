#include "eval/fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "eval/confusion.h"
#include "eval/fusion_rules.h"

namespace aver {
namespace {

using testing::AllOf;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Values = std::vector<double>;

Fused fuse_by(std::string_view rule, const std::vector<Values>& answers) {
  return fuse(ready_rule(fusion_rule(rule)), {answers.begin(), answers.end()});
}

/// `count` drawn distributions over eight classes.
std::vector<Values> drawn(Random& random, std::size_t count) {
  std::vector<Values> answers(count, Values(8));
  for (Values& answer : answers) {
    for (double& value : answer) value = random.uniform();
    const double sum = std::accumulate(answer.begin(), answer.end(), 0.0);
    for (double& value : answer) value /= sum;
  }
  return answers;
}

std::vector<const FusionRule*> unfitted_rules() {
  std::vector<const FusionRule*> rules;
  for (const FusionRule& rule : fusion_rules()) {
    if (!rule.fitted) rules.push_back(&rule);
  }
  return rules;
}

TEST(MaximumConfidence, TakesTheDistributionWithTheHighestTop) {
  const Values one = {.2, .65, .15}, two = {.45, .35, .2}, three = {.1, .2, .7};
  const Fused fused = fuse_by("max-confidence", {one, two});
  EXPECT_EQ(fused.probabilities, one);
  EXPECT_EQ(fused.decided_by, 0u);
  EXPECT_FALSE(fused.fell_back);
  EXPECT_EQ(fuse_by("max-confidence", {two, one}).decided_by, 1u);
  EXPECT_EQ(fuse_by("max-confidence", {two, one, three}).decided_by, 2u);
}

TEST(MaximumConfidence, GivesATieToTheModalityThatComesFirst) {
  const Values one = {.6, .4, 0}, other = {.4, .6, 0}, weaker = {.5, 0, .5};
  EXPECT_EQ(fuse_by("max-confidence", {one, other}).decided_by, 0u);
  EXPECT_EQ(fuse_by("max-confidence", {weaker, other, one}).decided_by, 1u);
  EXPECT_EQ(fuse_by("max-confidence", {{}, other, one}).decided_by, 1u);
}

TEST(MeanAndProduct, CombineTwo) {
  const Values one = {.6, .3, .1}, other = {.2, .6, .2};
  const Fused mean = fuse_by("mean", {one, other});
  EXPECT_THAT(mean.probabilities,
              ElementsAre(DoubleNear(.4, 1e-12), DoubleNear(.45, 1e-12), DoubleNear(.15, 1e-12)));
  EXPECT_EQ(mean.decided_by, std::nullopt);
  const Fused product = fuse_by("product", {one, other});  // .12 .18 .02, sum .32
  EXPECT_THAT(product.probabilities, ElementsAre(DoubleNear(.375, 1e-12), DoubleNear(.5625, 1e-12),
                                                 DoubleNear(.0625, 1e-12)));
}

TEST(MeanAndProduct, CombineThree) {
  const Values one = {.6, .4}, two = {.3, .7}, three = {.9, .1};
  EXPECT_THAT(fuse_by("mean", {one, two, three}).probabilities,
              ElementsAre(DoubleNear(.6, 1e-12), DoubleNear(.4, 1e-12)));
  EXPECT_THAT(fuse_by("product", {one, two, three}).probabilities,  // .162 .028
              ElementsAre(DoubleNear(.162 / .19, 1e-12), DoubleNear(.028 / .19, 1e-12)));
}

TEST(Product, TakesTheMeanWhereNothingIsPossibleTogether) {
  EXPECT_THAT(fuse_by("product", {{1, 0}, {0, 1}}).probabilities, ElementsAre(.5, .5));
}

TEST(EveryRule, KeepsADistributionAndAgreesWhereAllAreTheSame) {
  Random random(5);
  for (const FusionRule* rule : unfitted_rules()) {
    SCOPED_TRACE(rule->name);
    for (int round = 0; round < 50; ++round) {
      const auto answers = drawn(random, 2 + static_cast<std::size_t>(round % 4));
      const Fused fused = fuse_by(rule->name, answers);
      EXPECT_NEAR(std::accumulate(fused.probabilities.begin(), fused.probabilities.end(), 0.0), 1,
                  1e-12);
      const std::vector<Values> same(answers.size(), answers.front());
      EXPECT_EQ(argmax(fuse_by(rule->name, same).probabilities), argmax(answers.front()));
    }
  }
}

TEST(EveryRule, FallsBackToTheModalitiesThatAreThere) {
  Random random(7);
  const auto known = drawn(random, 2);
  for (const FusionRule* rule : unfitted_rules()) {
    SCOPED_TRACE(rule->name);
    const Fused first = fuse_by(rule->name, {known[0], {}});
    EXPECT_EQ(first.probabilities, known[0]);
    EXPECT_EQ(first.decided_by, 0u);
    EXPECT_TRUE(first.fell_back);
    const Fused second = fuse_by(rule->name, {{}, known[0]});
    EXPECT_EQ(second.probabilities, known[0]);
    EXPECT_EQ(second.decided_by, 1u);
    EXPECT_TRUE(second.fell_back);
    const Fused two_of_three = fuse_by(rule->name, {known[0], {}, known[1]});
    EXPECT_EQ(two_of_three.probabilities, fuse_by(rule->name, known).probabilities);
    EXPECT_TRUE(two_of_three.fell_back);
  }
}

TEST(EveryRule, RefusesNothingAndOtherSizes) {
  EXPECT_THAT(
      [] {
        fuse_by("mean", {{}, {}});
      },
      ThrowsMessage<Error>(HasSubstr("no modality has a prediction")));
  EXPECT_THAT(
      [] {
        fuse_by("mean", {{.5, .5}, {1}});
      },
      ThrowsMessage<Error>(HasSubstr("2 classes with one over 1")));
}

TEST(FusionRules, AreFoundByNameAndDescribeThemselves) {
  for (const FusionRule& rule : fusion_rules()) {
    EXPECT_EQ(&fusion_rule(rule.name), &rule);
    EXPECT_THAT(fusion_rules_help(true), HasSubstr(std::string(rule.name) + " ("));
    EXPECT_EQ(fusion_rules_help(false).find(rule.name) == std::string::npos, rule.fitted)
        << rule.name;
  }
  EXPECT_THAT(unfitted_rule_names(), AllOf(HasSubstr("max-confidence, mean"), HasSubstr(" or ")));
  EXPECT_THAT([] { fusion_rule("vote"); },
              ThrowsMessage<UsageError>(HasSubstr("max-confidence, mean, product, weighted")));
  EXPECT_THAT([] { ready_rule(fusion_rule("stacked")); },
              ThrowsMessage<Error>(HasSubstr("'stacked' needs clips to be fitted on")));
}

}  // namespace
}  // namespace aver
