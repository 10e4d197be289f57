#include "train/plateau.h"

#include <gmock/gmock.h>

#include <vector>

using namespace aver;
using testing::ElementsAre;

namespace {

// Epochs (from 1) after which the rate is cut.
std::vector<int> cuts(const std::vector<double>& losses, PlateauOptions options = {}) {
  Plateau plateau(options);
  std::vector<int> epochs;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (plateau.cut_after(losses[i])) epochs.push_back(static_cast<int>(i) + 1);
  }
  return epochs;
}

TEST(Plateau, CutsAfterThreeEpochsInARowWithoutBetter) {
  EXPECT_THAT(cuts({1.0, 1.1, 1.2, 1.3, 1.4}), ElementsAre(4));
}

TEST(Plateau, CountsFromAnewAfterACutAndKeepsTheBest) {
  // The best stays 1.0: 1.05 is no improvement after the cut either.
  EXPECT_THAT(cuts({1.0, 1.1, 1.1, 1.1, 1.05, 1.05, 1.05, 1.05}), ElementsAre(4, 7));
}

TEST(Plateau, ABetterLossStartsTheCountAgain) {
  EXPECT_THAT(cuts({1.0, 1.1, 1.1, 0.9, 1.0, 1.0, 1.0}), ElementsAre(7));
}

TEST(Plateau, BetterMeansByMoreThanTheDelta) {
  // Falls by 5e-5 an epoch: never 1e-4 below the best until epoch 4 (1.5e-4 below).
  EXPECT_THAT(cuts({1.0, 0.99995, 0.9999, 0.99985, 0.9998, 0.99975, 0.9997}), ElementsAre());
  // Exactly the delta is not enough (binary fractions, so that nothing is rounded).
  EXPECT_THAT(cuts({1.0, 0.875, 0.875, 0.875}, {3, 0.5, 0.125}), ElementsAre(4));
}

TEST(Plateau, TheDeltaIsAbsolute) {
  // A relative rule would call 1e-5 better than 1.1e-5.
  EXPECT_THAT(cuts({1.1e-5, 1.0e-5, 0.9e-5, 0.8e-5}), ElementsAre(4));
}

TEST(Plateau, ContinuesFromItsState) {
  const std::vector<double> losses = {1.0, 1.1, 1.2, 1.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1};
  for (std::size_t stop = 0; stop <= losses.size(); ++stop) {
    Plateau before{PlateauOptions{}};
    std::vector<int> epochs;
    for (std::size_t i = 0; i < stop; ++i) {
      if (before.cut_after(losses[i])) epochs.push_back(static_cast<int>(i) + 1);
    }
    Plateau after{PlateauOptions{}};
    after.restore(before.state());
    for (std::size_t i = stop; i < losses.size(); ++i) {
      if (after.cut_after(losses[i])) epochs.push_back(static_cast<int>(i) + 1);
    }
    EXPECT_THAT(epochs, ElementsAre(4, 8, 11)) << "stopped after " << stop;
  }
}

}  // namespace
