#include "nn/two_heads.h"

#include <gmock/gmock.h>

#include <cmath>

using namespace aver;

namespace {

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

TEST(TwoHeads, LevelsShareOneHoweverTheStepsStand) {
  const auto output = torch::tensor({{5.0, 1.0, -2.0, 3.0}, {5.0, 1.0, 40.0, -40.0}}, torch::kF64);
  const auto levels = torch::exp(level_logits(output, 2));
  ASSERT_EQ(levels.sizes(), (std::vector<std::int64_t>{2, 3}));
  // From the first level on with the logistic of -2, from the second with that of 3.
  EXPECT_NEAR(levels[0][0].item<double>(), 1 - logistic(-2), 1e-12);
  EXPECT_NEAR(levels[0][1].item<double>(), logistic(-2) * (1 - logistic(3)), 1e-12);
  EXPECT_NEAR(levels[0][2].item<double>(), logistic(-2) * logistic(3), 1e-12);
  EXPECT_NEAR(levels[1].sum().item<double>(), 1, 1e-12);
  EXPECT_TRUE(torch::isfinite(level_logits(output, 2)).all().item<bool>());
}

TEST(TwoHeads, ClassesAreTheColumnsInFront) {
  const auto output = torch::tensor({{5.0, 1.0, -2.0, 3.0}});
  EXPECT_TRUE(class_logits(output, 2).equal(torch::tensor({{5.0, 1.0}})));
  EXPECT_TRUE(class_logits(output, 0).equal(output));
}

}  // namespace
