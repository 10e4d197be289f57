#include <gmock/gmock.h>
#include <signal.h>

#include "distributed_fixture.h"

// Processes that die, hang or never come.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(Distributed, AKilledProcessEndsTheOthersAndTheRunGoesOnWithOneProcess) {
  for (const std::size_t killed : {0U, 1U}) {
    const std::string run = "killed-" + std::to_string(killed);
    auto processes = start_group(audio(run, {"--epochs", "100000"}), 3, "20");
    ASSERT_TRUE(has_an_epoch(processes, run));
    processes[killed].send(SIGKILL);
    const auto results = results_of(processes);
    for (std::size_t rank = 0; rank < results.size(); ++rank) {
      if (rank == killed) continue;
      EXPECT_EQ(results[rank].exit_status, 1) << results[rank].err;
      EXPECT_THAT(results[rank].err,
                  AllOf(HasSubstr("rank " + std::to_string(rank) + " of 3: Another process"),
                        HasSubstr("--resume")));
    }
  }
  // The checkpoint may be an epoch ahead of the history.
  const std::string epochs = std::to_string(epochs_written("killed-1") + 2);
  run_alone(audio("killed-1", {"--epochs", epochs, "--resume"}));
  EXPECT_EQ(std::to_string(epochs_written("killed-1")), epochs);
  EXPECT_TRUE(fs::exists(folder / "killed-1" / "metrics.json"));
}

TEST_F(Distributed, AProcessThatHangsEndsTheOthers) {
  auto processes = start_group(audio("run", {"--epochs", "100000"}), 2, "2");
  ASSERT_TRUE(has_an_epoch(processes, "run"));
  processes[1].send(SIGSTOP);
  const auto first = processes[0].wait();
  EXPECT_EQ(first.exit_status, 1);
  EXPECT_THAT(first.err, HasSubstr("rank 0 of 2: Another process of the group has ended, or has "
                                   "not answered within 2 s"));
}

TEST_F(Distributed, AProcessThatNeverComesEndsTheOthers) {
  const int port = free_port();
  const Words command = audio("run", {"--distributed", "--distributed-timeout", "1"});
  for (const int rank : {0, 1}) {
    const auto result = run_command(command, variables_of(rank, 2, port));
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr("could not meet the others at 127.0.0.1 port"));
  }
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(Distributed, ARankZeroThatHangsBeforeTheMeetingEndsTheOthers) {
  const auto port = free_port();
  auto first = start_rank(0, 3, port, "600");
  ASSERT_TRUE(wait_until([&] { return is_listening(port) || first.ended(); }));
  first.send(SIGSTOP);
  const auto begun = std::chrono::steady_clock::now();
  std::vector<RunningCommand> others;
  for (const int rank : {1, 2}) others.push_back(start_rank(rank, 3, port, "5"));
  for (const auto& result : results_of(others)) {
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr("rank 0 did not answer there"));
  }
  // Four times what they may wait, and time to start in.
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(4 * 5 + 30));
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(Distributed, ARankZeroThatIsKilledBeforeTheMeetingEndsTheOthers) {
  const auto port = free_port();
  auto first = start_rank(0, 3, port, "600");
  auto second = start_rank(1, 3, port, "5");
  ASSERT_TRUE(wait_until([&] { return is_listening(port) || first.ended(); }));
  first.send(SIGKILL);
  const auto result = second.wait();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("could not meet the others at 127.0.0.1 port"));
}

TEST_F(Distributed, AnotherServerAtThePortEndsAll) {
  const HeldPort other;
  const auto first = start_rank(0, 2, other.number(), "600").wait();
  EXPECT_EQ(first.exit_status, 1);
  EXPECT_THAT(first.err, HasSubstr("the port is in use"));
  const auto second = start_rank(1, 2, other.number(), "2").wait();
  EXPECT_EQ(second.exit_status, 1);
  EXPECT_THAT(second.err, HasSubstr("rank 0 did not answer there"));
}

TEST_F(Distributed, ASignalEndsTheMeetingAtOnce) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto port = free_port();
    auto first = start_rank(0, 2, port, "600");  // longer than the test may take
    ASSERT_TRUE(wait_until([&] { return is_listening(port) || first.ended(); }));
    first.send(signal);
    const auto result = first.wait();
    EXPECT_EQ(result.exit_status, 130) << result.err;
    EXPECT_THAT(result.out, StartsWith("Interrupted before training began"));
  }
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(Distributed, AnInterruptionOfOneEndsAllAfterTheBatch) {
  auto processes = start_group(audio("run", {"--epochs", "100000"}), 2);
  ASSERT_TRUE(has_an_epoch(processes, "run"));
  processes[1].send(SIGTERM);
  const auto results = results_of(processes);
  EXPECT_EQ(results[0].exit_status, 130) << results[0].err;
  EXPECT_EQ(results[1].exit_status, 130) << results[1].err;
  EXPECT_THAT(results[0].out, StartsWith("Interrupted after epoch"));
  EXPECT_THAT(results[1].out, IsEmpty());
  const std::string epochs = std::to_string(epochs_written("run") + 1);
  run_group(audio("run", {"--epochs", epochs, "--resume"}), 2);
}

}  // namespace
}  // namespace aver::test
