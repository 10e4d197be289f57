#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "distributed_fixture.h"
#include "store/safetensors.h"

// The ways of stepping weights and of changing clips that are off unless asked for.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Everything at once, on a network that has no padding in its way.
const Words kAll = {"--architecture",
                    "resgru",
                    "--filters",
                    "4,6",
                    "--gru",
                    "4",
                    "--attention",
                    "4",
                    "--weight-decay",
                    "0.05",
                    "--schedule",
                    "cosine",
                    "--warmup-epochs",
                    "1.5",
                    "--label-smoothing",
                    "0.1",
                    "--clip-norm",
                    "1",
                    "--class-weights",
                    "balanced",
                    "--average",
                    "0.9",
                    "--mixup",
                    "0.4",
                    "--second-head",
                    "statement=01,02",
                    "--tempo",
                    "0.2",
                    "--gain",
                    "3",
                    "--noise-snr",
                    "10",
                    "--time-shift",
                    "2",
                    "--time-masks",
                    "1",
                    "--time-mask-frames",
                    "3",
                    "--band-masks",
                    "1",
                    "--band-mask-rows",
                    "2",
                    "--band-warp",
                    "0.1"};

class Recipes : public Distributed {
 protected:
  Words with_all(const std::string& run, const Words& more = {}) const {
    const Words words = with_options(audio_of_any_network(run), {"--epochs", "4"});
    return with_options(joined(words, kAll), more);
  }

  std::string file(const std::string& run, const std::string& name) const {
    return read_file(folder / run / name);
  }

  nlohmann::json record_of(const std::string& run) const {
    const auto model = read_safetensors(folder / run / "model.safetensors");
    return nlohmann::json::parse(model.metadata.at("training"));
  }
};

TEST_F(Recipes, ARunOfThemAllGoesOnByteForByteWhereItStopped) {
  run_alone(with_all("whole"));
  // A cosine ends with the last epoch, so that a shorter run is another one: this one is killed.
  for (int tries = 0; tries < 40 && !fs::exists(folder / "parts" / "metrics.json"); ++tries) {
    const bool begun = fs::exists(folder / "parts" / "config.toml");
    RunningCommand run(with_all("parts", begun ? Words{"--resume"} : Words{}));
    const std::size_t before = epochs_written("parts");
    wait_until([&] { return epochs_written("parts") > before || run.ended(); });
    run.send(SIGKILL);
    run.wait();
  }
  for (const char* name :
       {"model.safetensors", "best.safetensors", "history.csv", "predictions.csv",
        "second_predictions.csv", "metrics.json", "checkpoint/last.safetensors"}) {
    EXPECT_TRUE(file("parts", name) == file("whole", name)) << name;
  }
}

TEST_F(Recipes, TwoAndThreeProcessesFollowOneInAllOfThem) {
  run_alone(with_all("one"));
  for (const int size : {2, 3}) {
    const std::string run = "of-" + std::to_string(size);
    run_group(with_all(run), size);
    // Measured were 5e-5: Adam divides gradients of almost nothing by their own size.
    expect_equal_within_noise(run, "one", 2e-4);
  }
}

TEST_F(Recipes, RunAndModelRecordWhatWasAskedForAndNothingElse) {
  run_alone(audio("plain", {"--epochs", "1"}));
  run_alone(audio("asked", {"--epochs", "1", "--weight-decay", "0.1", "--time-masks", "2"}));
  EXPECT_THAT(file("plain", "config.toml"), Not(HasSubstr("weight-decay")));
  EXPECT_FALSE(record_of("plain").contains("recipe"));
  EXPECT_THAT(file("asked", "config.toml"),
              AllOf(HasSubstr("weight-decay = 0.1"), HasSubstr("time-masks = 2"),
                    Not(HasSubstr("label-smoothing"))));
  const nlohmann::json recipe = {{"weight-decay", 0.1}, {"time-masks", 2}};
  EXPECT_EQ(record_of("asked").at("recipe"), recipe);
}

TEST_F(Recipes, ARunIsNotContinuedInAnotherWay) {
  run_alone(audio("run", {"--epochs", "1", "--label-smoothing", "0.2"}));
  const auto other = run_command(audio("run", {"--epochs", "2", "--resume"}));
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, AllOf(HasSubstr("label-smoothing = 0.2"), HasSubstr("its default")));
  const auto more = run_command(
      audio("run", {"--epochs", "2", "--resume", "--label-smoothing", "0.2", "--mixup", "1"}));
  EXPECT_EQ(more.exit_status, 2);
  EXPECT_THAT(more.err, AllOf(HasSubstr("mixup = its default"), HasSubstr("this run has 1")));
}

TEST_F(Recipes, ACosineThatWasToEndElsewhereIsNotContinued) {
  run_alone(audio("run", {"--epochs", "1", "--schedule", "cosine"}));
  const auto more =
      run_command(audio("run", {"--epochs", "2", "--resume", "--schedule", "cosine"}));
  EXPECT_EQ(more.exit_status, 2);
  EXPECT_THAT(more.err, HasSubstr("epochs = 1"));
}

TEST_F(Recipes, ARunThatEndsEarlySaysOnWhichPart) {
  // A rate of almost nothing: no epoch is better than the first by anything that counts for long.
  const auto result =
      run_command(audio("run", {"--epochs", "60", "--early-stop", "2", "--learning-rate", "0.05"}));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const std::size_t epochs = epochs_written("run");
  ASSERT_LT(epochs, 60U) << "never ended early";
  EXPECT_THAT(file("run", "run.log"),
              AllOf(HasSubstr("ended early"), HasSubstr("of the test part")))
      << "without --split the test part validates";
  const auto metrics = nlohmann::json::parse(file("run", "metrics.json"));
  EXPECT_EQ(metrics.at("epoch"), epochs);
  EXPECT_TRUE(metrics.at("chosen_on_test_part"));
  EXPECT_THAT(result.out, AllOf(HasSubstr("ended early by the test part"),
                                HasSubstr("The epoch was chosen on the test part")));
  EXPECT_THAT(file("run", "README.md"), HasSubstr("chosen on the test part"));
}

TEST_F(Recipes, AWarmUpThatNeverEndsIsRefused) {
  const auto result = run_command(audio("run", {"--epochs", "2", "--warmup-epochs", "9"}));
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("--warmup-epochs 9 leaves none of the 2 epochs"));
}

TEST_F(Recipes, TheAverageOfTheWeightsIsWhatIsScoredAndKept) {
  run_alone(audio("plain", {"--epochs", "2"}));
  run_alone(audio("average", {"--epochs", "2", "--average", "0.99"}));
  EXPECT_GT(weight_distance(folder / "plain" / "model.safetensors",
                            folder / "average" / "model.safetensors"),
            1e-4);
  // The steps themselves are those of a run without: only what is scored differs.
  const auto steps = [&](const std::string& run) {
    auto tensors = read_safetensors(folder / run / "checkpoint" / "last.safetensors").tensors;
    std::map<std::string, std::vector<std::byte>> network;
    for (const auto& [name, tensor] : tensors) {
      if (name.starts_with("network.")) {
        network[name] = std::vector<std::byte>(tensor.bytes.begin(), tensor.bytes.end());
      }
    }
    return network;
  };
  EXPECT_TRUE(steps("plain") == steps("average"));
}

TEST_F(Recipes, ValuesThatCannotBeAreRefusedByName) {
  for (const auto& [option, value] : {std::pair{"--label-smoothing", "1"},
                                      {"--average", "1"},
                                      {"--mixup", "-1"},
                                      {"--schedule", "linear"},
                                      {"--class-weights", "some"},
                                      {"--tempo", "1.5"}}) {
    const auto result = run_command(audio("refused", {option, value}));
    EXPECT_EQ(result.exit_status, 2) << option;
    EXPECT_THAT(result.err, HasSubstr(option));
  }
}

}  // namespace
}  // namespace aver::test
