#include <nlohmann/json.hpp>

#include "distributed_fixture.h"

// Groups that train as one process does.
namespace aver::test {
namespace {

TEST_F(Distributed, TwoAndThreeProcessesFollowOneOnSound) {
  run_alone(audio("one"));
  for (const int size : {2, 3}) {
    const std::string run = "of-" + std::to_string(size);
    run_group(audio(run), size);
    expect_equal_within_noise(run, "one");
  }
}

TEST_F(Distributed, TwoAndThreeProcessesFollowOneOnPictures) {
  run_alone(visual("one"));
  for (const int size : {2, 3}) {
    const std::string run = "of-" + std::to_string(size);
    run_group(visual(run), size);
    expect_equal_within_noise(run, "one");
  }
}

TEST_F(Distributed, AProcessMayHaveNothingOfABatch) {
  const Words more = {"--batch-size", "2", "--epochs", "1"};
  run_alone(audio("one", more));
  run_group(audio("of-3", more), 3);
  expect_equal_within_noise("of-3", "one");
  run_alone(visual("visual-one", more));
  run_group(visual("visual-of-3", more), 3);
  expect_equal_within_noise("visual-of-3", "visual-one");
}

TEST_F(Distributed, SrunNamesAGroupToo) {
  run_alone(audio("one", {"--epochs", "1"}));
  const std::string port = std::to_string(free_port());
  std::vector<RunningCommand> processes;
  for (const char* rank : {"0", "1"}) {
    processes.emplace_back(audio("of-2", {"--epochs", "1", "--distributed"}),
                           Variables{{"SLURM_PROCID", rank},
                                     {"SLURM_NTASKS", "2"},
                                     {"SLURM_LOCALID", rank},
                                     {"SLURM_STEP_NUM_NODES", "1"},
                                     {"SLURM_JOB_ID", "1"},
                                     {"MASTER_PORT", port}});
  }
  expect_success(results_of(processes));
  expect_equal_within_noise("of-2", "one");
}

TEST_F(Distributed, TorchrunKeepsItsPortAndMayStartTheGroupAgain) {
  run_alone(audio("one", {"--epochs", "2"}));
  const HeldPort launcher;
  for (const char* epochs : {"1", "2"}) {
    std::vector<RunningCommand> processes;
    for (const int rank : {0, 1}) {
      auto variables = variables_of(rank, 2, launcher.number());
      variables.insert({{"LOCAL_RANK", std::to_string(rank)},
                        {"LOCAL_WORLD_SIZE", "2"},
                        {"OMP_NUM_THREADS", "1"},
                        {"TORCHELASTIC_USE_AGENT_STORE", "True"}});
      processes.emplace_back(audio("of-2", {"--epochs", epochs, "--resume", "--distributed"}),
                             variables);
    }
    expect_success(results_of(processes));
  }
  expect_equal_within_noise("of-2", "one");
}

TEST_F(Distributed, TheBestEpochIsScoredByAllAsByOne) {
  const Words more = {"--select", "best", "--learning-rate", "0.02", "--epochs", "4"};
  run_group(audio("of-2", more), 2);
  run_group(audio("again", more), 2);
  for (const char* name : {"model.safetensors", "predictions.csv", "metrics.json", "history.csv"}) {
    EXPECT_TRUE(read_file(folder / "of-2" / name) == read_file(folder / "again" / name)) << name;
  }
  const auto metrics = nlohmann::json::parse(read_file(folder / "of-2" / "metrics.json"));
  const auto best = read_safetensors(folder / "of-2" / "best.safetensors");
  const auto training = nlohmann::json::parse(best.metadata.at("training"));
  EXPECT_EQ(metrics["epoch"], training["epoch"]);
}

TEST_F(Distributed, AGroupOfOneIsOneProcess) {
  run_alone(audio("one"));
  run_group(audio("of-1"), 1);
  for (const char* name : {"model.safetensors", "predictions.csv", "history.csv"}) {
    EXPECT_TRUE(read_file(folder / "one" / name) == read_file(folder / "of-1" / name)) << name;
  }
}

TEST_F(Distributed, WithoutTheFlagTheEnvironmentIsNotLookedAt) {
  const auto result = run_command(audio("run", {"--epochs", "1"}), variables_of(1, 2, free_port()));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(fs::exists(folder / "run" / "metrics.json"));
}

TEST_F(Distributed, AnyNumberOfProcessesGoesOnWithARun) {
  run_alone(audio("one"));
  run_group(audio("mixed", {"--epochs", "1"}), 2);
  run_group(audio("mixed", {"--epochs", "2", "--resume"}), 3);
  run_alone(audio("mixed", {"--epochs", "3", "--resume"}));
  expect_equal_within_noise("mixed", "one");
}

}  // namespace
}  // namespace aver::test
