#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "base/options.h"
#include "corpus/corpus.h"
#include "cross_validation_fixture.h"
#include "runs/run_folder.h"
#include "store/predictions.h"
#include "training/train_features.h"

// Runs that differ in their seed alone, and the one model that is made of them.
namespace aver::test {
namespace {

using testing::HasSubstr;

class Seeds : public CrossValidation {
 protected:
  TrainAudioConfig of_seeds(const std::string& run, const FoldChoice& folds,
                            const std::vector<int>& seeds = {1, 2}) const {
    auto config = audio(run, folds);
    config.training.seeds = seeds;
    return config;
  }

  Predictions answers(const std::string& run) const {
    return read_predictions(folder / run / "predictions.csv", clips_of_folder(folder / run));
  }
};

/// What a run's config.toml does not tell of its settings, the options do.
template <typename Config>
void expect_known_effects() {
  const Options options = Options::of(Config());
  for (const Option& option : options.all()) {
    EXPECT_EQ(is_place(option.name()), option.effect() == Effect::place) << option.name();
    EXPECT_EQ(is_of_speed(option.name()), option.effect() == Effect::speed) << option.name();
  }
}

TEST(RunSettings, ArePlacesOrOfSpeedAsTheTrainersOptionsSay) {
  expect_known_effects<TrainAudioConfig>();
  expect_known_effects<TrainVisualConfig>();
  expect_known_effects<TrainFeaturesConfig>();
}

TEST_F(Seeds, TheModelAnswersWithTheMeanOfRunsAsEachSeedAloneMakesThem) {
  const auto report = train(of_seeds("run", FoldChoice::only(0)));
  for (const int seed : {1, 2}) {
    const std::string own = "alone-" + std::to_string(seed);
    auto alone = audio(own, FoldChoice::only(0));
    alone.training.seed = static_cast<std::uint64_t>(seed);
    train(alone);
    expect_equal_folders("run/seed-" + std::to_string(seed), own);
  }
  const Predictions mean = answers("run"), one = answers("alone-1"), two = answers("alone-2");
  ASSERT_EQ(mean.rows.size(), one.rows.size());
  for (std::size_t i = 0; i < mean.rows.size(); ++i) {
    for (std::size_t c = 0; c < mean.classes.size(); ++c) {
      EXPECT_NEAR(mean.rows[i].probabilities[c],
                  (one.rows[i].probabilities[c] + two.rows[i].probabilities[c]) / 2, 2e-6);
    }
  }
  const auto predicted = run_command({"aver-predict", "--model", (folder / "run").string(), "-i",
                                      mfcc.string(), "-o", (folder / "asked.csv").string()});
  ASSERT_EQ(predicted.exit_status, 0) << predicted.err;
  const Predictions asked = read_predictions(folder / "asked.csv", clips_of_folder(folder / "run"));
  ASSERT_EQ(asked.rows.size(), mean.rows.size());
  for (std::size_t i = 0; i < mean.rows.size(); ++i) {
    for (std::size_t c = 0; c < mean.classes.size(); ++c) {
      EXPECT_NEAR(asked.rows[i].probabilities[c], mean.rows[i].probabilities[c], 3e-6);
    }
  }
  const json metrics = this->metrics("run");
  ASSERT_EQ(metrics.at("seeds").size(), 2U);
  const double first = metrics.at("seeds")[0].at("uar"), second = metrics.at("seeds")[1].at("uar");
  EXPECT_NEAR(metrics.at("mean_of_seeds").at("uar").get<double>(), (first + second) / 2, 1e-12);
  EXPECT_NEAR(metrics.at("mean_of_seeds").at("uar_deviation").get<double>(),
              std::abs(first - second) / std::sqrt(2.0), 1e-12);
  EXPECT_EQ(metrics.at("mean_of_seeds").at("resampled"), "clips") << "one speaker is tested";
  const auto over = metrics.at("mean_of_seeds").at("uar_interval_with_seeds");
  EXPECT_LE(over[0], metrics.at("mean_of_seeds").at("uar").get<double>());
  EXPECT_GE(over[1], metrics.at("mean_of_seeds").at("uar").get<double>());
  EXPECT_DOUBLE_EQ(metrics.at("seeds")[0].at("accuracy"),
                   this->metrics("alone-1").at("clips").at("test").at("accuracy"));
  EXPECT_THAT(report.text, HasSubstr("their mean answer"));
}

TEST_F(Seeds, ThatSeveralProcessesTrainedSideBySideAreMadeOneByResume) {
  train(of_seeds("in-turn", FoldChoice::only(0)));
  for (const int seed : {2, 1}) {
    auto alone = audio("run/seed-" + std::to_string(seed), FoldChoice::only(0));
    alone.training.seed = static_cast<std::uint64_t>(seed);
    train(alone);
  }
  auto both = of_seeds("run", FoldChoice::only(0));
  EXPECT_THAT(error_of(both), HasSubstr("holds files but no training run"));
  both.training.resume = true;
  train(both);
  expect_equal_folders("run", "in-turn");
}

TEST_F(Seeds, OfAllFoldsAreJoinedAndScoredBySeedOverAllOfThem) {
  const auto report = train(of_seeds("run", {true, {}}));
  EXPECT_THAT(report.text, testing::AllOf(HasSubstr("seed 1 "), HasSubstr("mean ± sd of the seeds"),
                                          HasSubstr("pooled")));
  auto alone = audio("alone");
  alone.training.seed = 2;
  train(alone);
  const json metrics = this->metrics("run");
  EXPECT_EQ(metrics.at("folds").size(), 3U);
  EXPECT_EQ(metrics.at("mean_of_seeds").at("resampled"), "speakers");
  EXPECT_DOUBLE_EQ(metrics.at("seeds")[1].at("uar"),
                   this->metrics("alone").at("clips").at("test").at("uar"));
}

TEST_F(Seeds, FurtherOnesAreAddedAndFinishedOnesStay) {
  train(of_seeds("whole", {true, {}}, {1, 2, 3}));
  train(of_seeds("run", {true, {}}));
  const fs::path model = folder / "run/fold-1/seed-2/model.safetensors";
  const auto before = stamp_of(model);
  auto more = of_seeds("run", {true, {}}, {1, 2, 3});
  more.training.resume = true;
  train(more);
  EXPECT_EQ(stamp_of(model).modified, before.modified);
  expect_equal_folders("run", "whole");
  auto other = of_seeds("run", {true, {}});
  other.training.force = true;
  train(other);
  EXPECT_FALSE(fs::exists(folder / "run/fold-1/seed-3"));
}

TEST_F(Seeds, ARunThatWasKilledGoesOn) {
  train(of_seeds("whole", FoldChoice::only(1)));
  auto config = of_seeds("run", FoldChoice::only(1));
  int asked = 0;
  config.training.should_stop = [&] { return ++asked > 12; };
  EXPECT_TRUE(train(config).interrupted);
  EXPECT_FALSE(is_finished("run"));
  config.training.should_stop = {};
  config.training.resume = true;
  train(config);
  expect_equal_folders("run", "whole");
}

TEST_F(Seeds, AreRefusedBeforeAnythingOfAFinishedRunIsTouched) {
  train(of_seeds("run", FoldChoice::only(0)));
  const auto with = [&](const auto& change) {
    auto config = of_seeds("run", FoldChoice::only(0), {1, 2, 3});
    config.training.resume = true;
    change(config);
    return config;
  };
  expect_untouched_refusal(with([](auto& config) { config.training.learning_rate = 0.5; }),
                           "learning-rate");
  expect_untouched_refusal(with([](auto& config) { config.training.epochs = 1; }),
                           "already holds 2 epochs");
  make_mfcc_stage(folder / "other", kActors, 2);
  expect_untouched_refusal(with([&](auto& config) { config.input = {folder / "other"}; }),
                           "data and split");
}

TEST_F(Seeds, InterruptedBetweenTwoTheySayWhereAndForceRemovesNothingElse) {
  auto config = of_seeds("run", FoldChoice::only(0), {1, 2, 3});
  config.training.should_stop = [&] { return fs::exists(folder / "run/seed-1/metrics.json"); };
  const auto report = train(config);
  EXPECT_TRUE(report.interrupted);
  EXPECT_THAT(report.text, HasSubstr("In seed 2: Interrupted after epoch 0 of 2"));
  EXPECT_TRUE(is_finished("run/seed-1"));
  write_file(folder / "run/seed-notes/config.toml", "mine = 1\n");
  config.training.should_stop = {};
  config.training.force = true;
  config.training.seeds = {4, 5};
  train(config);
  EXPECT_FALSE(fs::exists(folder / "run/seed-1"));
  EXPECT_EQ(file("run/seed-notes", "config.toml"), "mine = 1\n");
}

TEST_F(Seeds, SummariesSayWhatThoseOfOneSeedSay) {
  write_split(split, split_paper(items(), 0.3, false, 1));  // nothing validates but the test part
  auto config = of_seeds("run", {});
  config.training.select = "best";
  EXPECT_THAT(train(config).text, HasSubstr("chosen on the test part"));
}

TEST_F(Seeds, AreTwoOrMoreDifferentOnes) {
  expect_untouched_refusal(of_seeds("run", FoldChoice::only(0), {3}), "takes two or more");
  expect_untouched_refusal(of_seeds("run", FoldChoice::only(0), {3, 3}), "names a seed twice");
  expect_untouched_refusal(of_seeds("run", FoldChoice::only(0), {3, -1}), "from 0 up");
}

TEST_F(Seeds, CurvesForTensorBoardAreWholeAfterAnInterruptionToo) {
  auto config = audio("run", FoldChoice::only(0), 3);
  config.training.tensorboard = true;
  train(config);
  const std::string name = "tensorboard/events.out.tfevents.aver";
  const auto whole = file("run", name);
  EXPECT_THAT(whole, testing::AllOf(HasSubstr("brain.Event:2"), HasSubstr("loss/validation")));
  config = audio("parts", FoldChoice::only(0), 1);
  config.training.tensorboard = true;
  train(config);
  std::ofstream(folder / "parts" / name, std::ios::app) << "half a record";
  config.training.epochs = 3;
  config.training.resume = true;
  train(config);
  EXPECT_EQ(file("parts", name).size(), whole.size());
  // What was trained without it is written down later.
  config = audio("late", FoldChoice::only(0), 2);
  train(config);
  config.training.epochs = 3;
  config.training.resume = config.training.tensorboard = true;
  train(config);
  EXPECT_EQ(file("late", name).size(), whole.size());
}

}  // namespace
}  // namespace aver::test
