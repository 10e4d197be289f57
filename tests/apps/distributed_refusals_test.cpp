#include <gmock/gmock.h>
#include <signal.h>

#include "distributed_fixture.h"

// Groups whose processes disagree, and commands that cannot be.
namespace aver::test {
namespace {

using testing::HasSubstr;

TEST_F(Distributed, ProcessesThatWereToldOfAnotherGroupEnd) {
  auto port = free_port();
  std::vector<RunningCommand> sizes;
  for (const int rank : {0, 1}) sizes.push_back(start_rank(rank, 2 + rank, port, "600"));
  for (const auto& result : results_of(sizes)) {
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr("(WORLD_SIZE)"));
  }
  port = free_port();
  std::vector<RunningCommand> twins;
  for (const int rank : {0, 1, 1}) twins.push_back(start_rank(rank, 4, port, "600"));
  for (const auto& result : results_of(twins)) {
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr("two processes are rank 1 (RANK)"));
  }
}

TEST_F(Distributed, ARefusalOfRankZeroEndsAll) {
  run_alone(audio("run", {"--epochs", "1"}));
  const auto before = folder_content(folder / "run");
  auto processes = start_group(audio("run"), 2);
  for (const auto& result : results_of(processes)) {
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.err, HasSubstr("holds a finished run"));
  }
  EXPECT_TRUE(folder_content(folder / "run") == before);
}

TEST_F(Distributed, ProcessesThatWereToldDifferentThingsEndAndNameThem) {
  // The option, what only the second process is told, and how it is named there and in rank 0.
  struct Difference {
    Words second;
    std::string there, first;
  };
  const std::vector<Difference> differences = {
      {{"--dropout", "0.4"},
       "dropout = 0.4 here, but 0.3 in rank 0",
       "dropout = 0.3 in rank 0, but"},
      {{"--seed", "1"}, "seed = 1 here", "seed = 42 in rank 0, but"},
      {{"--channel", "all"}, "channel = \"all\" here", "channel = \"speech\" in rank 0, but"},
      {{"--output", (folder / "other").string()}, "output = ", "output = "},
      {{"--resume"}, "resume = true here, but false", "resume = false in rank 0, but not in all"},
      {{"--force"}, "force = true here, but false", "force = false in rank 0, but not in all"},
      {{"--distributed-timeout", "59"},
       "distributed-timeout = 59 here",
       "distributed-timeout = 60"},
  };
  for (const auto& difference : differences) {
    const int port = free_port();
    const Words told = {"--distributed", "--distributed-timeout", "60"};
    std::vector<RunningCommand> processes;
    processes.emplace_back(audio("run", told), variables_of(0, 2, port));
    processes.emplace_back(with_options(audio("run", told), difference.second),
                           variables_of(1, 2, port));
    const auto results = results_of(processes);
    EXPECT_EQ(results[0].exit_status, 1);
    EXPECT_EQ(results[1].exit_status, 1);
    EXPECT_THAT(results[0].err, HasSubstr("rank 0 of 2: " + difference.first));
    EXPECT_THAT(results[1].err, HasSubstr("rank 1 of 2: " + difference.there));
    EXPECT_THAT(results[1].err, HasSubstr("give all processes the same options and input"));
  }
  EXPECT_FALSE(fs::exists(folder / "run") || fs::exists(folder / "other"));
}

TEST_F(Distributed, AFolderThatAnotherTrainingWritesToIsRefused) {
  auto other = RunningCommand(audio("run", {"--epochs", "100000"}));
  ASSERT_TRUE(wait_until([&] { return epochs_written("run") > 0 || other.ended(); }));
  other.send(SIGSTOP);  // between two of its files at the worst
  const auto before = folder_content(folder / "run");
  auto processes = start_group(audio("run", {"--resume"}), 2);
  for (const auto& result : results_of(processes)) {
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr("another program is writing to"));
  }
  EXPECT_TRUE(folder_content(folder / "run") == before);
}

TEST_F(Distributed, AnIncompleteEnvironmentIsRefused) {
  auto variables = variables_of(0, 2, free_port());
  variables["MASTER_PORT"] = "";
  const auto incomplete = run_command(audio("run", {"--distributed"}), variables);
  EXPECT_EQ(incomplete.exit_status, 2);
  EXPECT_THAT(incomplete.err, HasSubstr("MASTER_PORT is not set"));
  const auto wrong = run_command(audio("run", {"--distributed"}), variables_of(2, 2, free_port()));
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("RANK is a number from 0 to 1, not \"2\""));
  const auto hasty = run_command(audio("run", {"--distributed", "--distributed-timeout", "0"}));
  EXPECT_EQ(hasty.exit_status, 2);
  EXPECT_THAT(hasty.err, HasSubstr("--distributed-timeout must be at least 1, not 0"));
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(Distributed, TrainsOneFoldAtATime) {
  const auto folds =
      run_command(audio("run", {"--distributed", "--folds", "all", "--split", "split.csv"}),
                  variables_of(0, 2, free_port()));
  EXPECT_EQ(folds.exit_status, 2);
  EXPECT_THAT(folds.err, HasSubstr("--distributed trains one fold at a time"));
  const auto join = run_command(audio("run", {"--distributed", "--join"}));
  EXPECT_EQ(join.exit_status, 2);
  EXPECT_THAT(join.err, HasSubstr("leave --distributed out"));
}

}  // namespace
}  // namespace aver::test
