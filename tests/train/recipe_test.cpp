#include "train/recipe.h"

#include <gtest/gtest.h>

namespace aver {
namespace {

TEST(RateFactor, RisesOverTheFirstEpochsAndFallsAsACosineToNothing) {
  Recipe recipe;
  recipe.schedule = "cosine";
  recipe.warmup_epochs = 2;
  const auto factor = [&](double step) { return rate_factor(recipe, step, 100, 10); };
  EXPECT_DOUBLE_EQ(factor(0), 1.0 / 20);
  EXPECT_DOUBLE_EQ(factor(9), 0.5);
  EXPECT_DOUBLE_EQ(factor(19), 1.0);
  EXPECT_DOUBLE_EQ(factor(20), 1.0);
  EXPECT_NEAR(factor(60), 0.5, 1e-12);
  EXPECT_NEAR(factor(100), 0.0, 1e-12);
  EXPECT_NEAR(factor(140), 0.0, 1e-12) << "a run that is continued";
}

TEST(RateFactor, AConstantRateStaysAndMayRiseInAPartOfAnEpoch) {
  Recipe recipe;
  EXPECT_EQ(rate_factor(recipe, 0, 100, 10), 1);
  EXPECT_EQ(rate_factor(recipe, 99, 100, 10), 1);
  recipe.warmup_epochs = 0.5;
  EXPECT_DOUBLE_EQ(rate_factor(recipe, 0, 100, 10), 0.2);
  EXPECT_EQ(rate_factor(recipe, 5, 100, 10), 1);
}

TEST(Recipe, TargetsAreSoftOnlyWhenSomethingMakesThemSo) {
  Recipe recipe;
  EXPECT_FALSE(recipe.has_soft_targets());
  recipe.label_smoothing = 0.1;
  EXPECT_TRUE(recipe.has_soft_targets());
  recipe = {};
  recipe.mixup = 0.2;
  EXPECT_TRUE(recipe.has_soft_targets());
  recipe = {};
  recipe.class_weights = "balanced";
  EXPECT_TRUE(recipe.has_soft_targets());
}

}  // namespace
}  // namespace aver
