#include <gmock/gmock.h>

#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "runs/seed_scores.h"
#include "store/predictions.h"
#include "support.h"

// What is said of models of two classes beyond what all have.
namespace aver {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Clips of two RAVDESS actors; `strong` is what was said of each.
Predictions said(const std::vector<double>& strong) {
  Predictions predictions{{"normal", "strong"}, {}};
  for (std::size_t i = 0; i < strong.size(); ++i) {
    const bool is_strong = i % 2 == 1;
    predictions.rows.push_back(
        {fmt::format("01-05-{}-01-01-{:02}", is_strong ? "02" : "01", i / 2 + 1),
         std::nullopt,
         Role::test,
         is_strong ? "strong" : "normal",
         {1 - strong[i], strong[i]}});
  }
  return predictions;
}

TEST(TwoClasses, HaveAnAreaUnderTheCurve) {
  const Predictions predictions = said({.1, .4, .2, .3});
  EXPECT_DOUBLE_EQ(part_metrics(predictions)["test"]["auc"], 1);
  EXPECT_DOUBLE_EQ(part_metrics(predictions)["test"]["accuracy"], .5) << "which is another matter";
  EXPECT_EQ(score_sentence(predictions, Role::test, "clips"),
            "accuracy 50.00 %, UAR 50.00 %, AUC 1.000 (4 clips)");
  EXPECT_FALSE(part_metrics(predictions).contains("train"));
}

TEST(TwoClasses, OfWhichOneIsNotThereHaveNone) {
  Predictions one = said({.1, .4});
  one.rows.pop_back();
  EXPECT_FALSE(part_metrics(one)["test"].contains("auc"));
  Predictions three{{"a", "b", "c"}, {{"x", std::nullopt, Role::test, "a", {1, 0, 0}}}};
  EXPECT_THAT(score_sentence(three, Role::test, "clips"), Not(HasSubstr("AUC")));
}

TEST(TwoClasses, OfSeveralSeedsHaveItsMeanAndItsIntervalOverSpeakers) {
  const test::TemporaryFolder folder;
  // Actor 1 is in the right order, actor 2 in the wrong one with the first seed.
  write_predictions(seed_folder(folder.path(), 1) / "predictions.csv", said({.2, .8, .9, .1}));
  write_predictions(seed_folder(folder.path(), 2) / "predictions.csv", said({.2, .8, .3, .7}));
  const auto scores = score_seeds({folder.path()}, {1, 2}, "clips");
  EXPECT_DOUBLE_EQ(scores.json["seeds"][0]["auc"], .25);
  EXPECT_DOUBLE_EQ(scores.json["seeds"][1]["auc"], 1);
  const auto& mean = scores.json["mean_of_seeds"];
  EXPECT_EQ(mean["resampled"], "speakers");
  EXPECT_DOUBLE_EQ(mean["auc"], .625);
  EXPECT_DOUBLE_EQ(mean["auc_interval"][0], .5) << "actor 2 alone";
  EXPECT_DOUBLE_EQ(mean["auc_interval"][1], 1) << "actor 1 alone";
  EXPECT_THAT(scores.text, HasSubstr("0.625 ± 0.530 (0.500 to 1.000)"));
}

}  // namespace
}  // namespace aver
