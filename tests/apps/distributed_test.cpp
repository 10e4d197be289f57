#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/csv.h"
#include "free_port.h"
#include "store/predictions.h"
#include "store/safetensors.h"
#include "support.h"
#include "tiny_stages.h"

// Several processes of the trainers that train together, beside one process that does it alone.

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

Variables variables_of(int rank, int size, int port) {
  return {{"RANK", std::to_string(rank)},
          {"WORLD_SIZE", std::to_string(size)},
          {"MASTER_ADDR", "127.0.0.1"},
          {"MASTER_PORT", std::to_string(port)}};
}

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// With `more`, whose options take the place of those already given.
Words with_options(Words words, const Words& more) {
  for (std::size_t i = 0; i < more.size(); ++i) {
    const auto given = std::find(words.begin(), words.end(), more[i]);
    const bool replaced = given != words.end() && more[i].starts_with("--") &&
                          i + 1 < more.size() && !more[i + 1].starts_with("--");
    if (replaced) words.erase(given, given + 2);
  }
  return joined(std::move(words), more);
}

/// The same command in every process of a group.
std::vector<RunningCommand> start_group(const Words& command, int size,
                                        const std::string& timeout = "60") {
  const int port = free_port();
  std::vector<RunningCommand> processes;
  for (int rank = 0; rank < size; ++rank) {
    processes.emplace_back(joined(command, {"--distributed", "--distributed-timeout", timeout}),
                           variables_of(rank, size, port));
  }
  return processes;
}

std::vector<CommandResult> results_of(std::vector<RunningCommand>& processes) {
  std::vector<CommandResult> results;
  for (auto& process : processes) results.push_back(process.wait());
  return results;
}

void expect_success(const std::vector<CommandResult>& results) {
  for (std::size_t rank = 0; rank < results.size(); ++rank) {
    EXPECT_EQ(results[rank].exit_status, 0) << "rank " << rank << ": " << results[rank].err;
    EXPECT_THAT(results[rank].err, IsEmpty()) << "rank " << rank;
    EXPECT_EQ(results[rank].out.empty(), rank > 0) << "rank " << rank << results[rank].out;
  }
}

void run_group(const Words& command, int size) {
  auto processes = start_group(command, size);
  expect_success(results_of(processes));
}

bool wait_until(const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!ready()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// Largest difference between the weights of two models, in units of 1.
double weight_distance(const fs::path& a, const fs::path& b) {
  const auto one = read_safetensors(a), other = read_safetensors(b);
  EXPECT_EQ(one.tensors.size(), other.tensors.size());
  double largest = 0.0;
  for (const auto& [name, tensor] : one.tensors) {
    if (tensor.dtype != "F32") continue;
    const auto& twin = other.tensors.at(name);
    EXPECT_EQ(tensor.shape, twin.shape);
    for (std::size_t at = 0; at < tensor.bytes.size(); at += sizeof(float)) {
      float x = 0.0F, y = 0.0F;
      std::memcpy(&x, tensor.bytes.data() + at, sizeof(float));
      std::memcpy(&y, twin.bytes.data() + at, sizeof(float));
      largest = std::max(largest, std::abs(static_cast<double>(x) - static_cast<double>(y)));
    }
  }
  return largest;
}

/// Largest difference between two histories.
double history_distance(const fs::path& a, const fs::path& b) {
  const auto one = read_csv(a), other = read_csv(b);
  EXPECT_EQ(one.rows.size(), other.rows.size());
  double largest = 0.0;
  for (std::size_t row = 0; row < std::min(one.rows.size(), other.rows.size()); ++row) {
    for (std::size_t column = 0; column < one.rows[row].size(); ++column) {
      largest = std::max(
          largest, std::abs(std::stod(one.rows[row][column]) - std::stod(other.rows[row][column])));
    }
  }
  return largest;
}

// Numbers are added up in another order, and the history has six decimals: measured were 1e-6 in
// losses and 9e-7 in weights after up to twenty steps.
constexpr double kLossNoise = 1e-5;
constexpr double kWeightNoise = 2e-5;

class Distributed : public testing::Test {
 protected:
  Distributed() {
    make_mfcc_stage(folder / "mfcc");
    make_frames_stage(folder / "frames");
  }

  /// 40 clips in batches of 9: the last one has 4, which three processes share as 2, 1 and 1.
  Words audio(const std::string& run, const Words& more = {}) const {
    return with_options({"aver-train-audio",
                         "--input",
                         (folder / "mfcc").string(),
                         "--output",
                         (folder / run).string(),
                         "--batch-size",
                         "9",
                         "--threads",
                         "1",
                         "--workers",
                         "1",
                         "--filters",
                         "4,4,6",
                         "--lstm",
                         "8,6",
                         "--dense",
                         "8",
                         "--epochs",
                         "3",
                         "--quiet"},
                        more);
  }

  Words visual(const std::string& run, const Words& more = {}) const {
    return with_options({"aver-train-visual", "--input", (folder / "frames").string(), "--output",
                         (folder / run).string(), "--threads", "1", "--workers", "1", "--size",
                         "32", "--filters", "4,8", "--dense", "16", "--epochs", "3", "--quiet"},
                        more);
  }

  void run_alone(const Words& command) const {
    const auto result = run_command(command);
    EXPECT_EQ(result.exit_status, 0) << result.err;
  }

  void expect_equal_within_noise(const std::string& a, const std::string& b) const {
    const fs::path one = folder / a, other = folder / b;
    EXPECT_LT(history_distance(one / "history.csv", other / "history.csv"), kLossNoise);
    EXPECT_LT(weight_distance(one / "model.safetensors", other / "model.safetensors"),
              kWeightNoise);
    EXPECT_EQ(read_file(one / "split.csv"), read_file(other / "split.csv"));
    const auto p = read_predictions(one / "predictions.csv");
    const auto q = read_predictions(other / "predictions.csv");
    ASSERT_EQ(p.rows.size(), q.rows.size());
    for (std::size_t i = 0; i < p.rows.size(); ++i) {
      EXPECT_EQ(p.rows[i].clip, q.rows[i].clip);
      for (std::size_t c = 0; c < p.classes.size(); ++c) {
        EXPECT_NEAR(p.rows[i].probabilities[c], q.rows[i].probabilities[c], 1e-3);
      }
    }
  }

  RunningCommand start_rank(int rank, int size, int port, const std::string& timeout) const {
    return RunningCommand(audio("run", {"--distributed", "--distributed-timeout", timeout}),
                          variables_of(rank, size, port));
  }

  std::size_t epochs_written(const std::string& run) const {
    const fs::path history = folder / run / "history.csv";
    return fs::exists(history) ? read_csv(history).rows.size() : 0;
  }

  /// Whether a group that trains for very long has finished an epoch.
  bool has_an_epoch(std::vector<RunningCommand>& group, const std::string& run) const {
    wait_until([&] { return epochs_written(run) > 0 || group.front().ended(); });
    return epochs_written(run) > 0;
  }

  TemporaryFolder folder;
};

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

TEST_F(Distributed, AnyNumberOfProcessesGoesOnWithARun) {
  run_alone(audio("one"));
  run_group(audio("mixed", {"--epochs", "1"}), 2);
  run_group(audio("mixed", {"--epochs", "2", "--resume"}), 3);
  run_alone(audio("mixed", {"--epochs", "3", "--resume"}));
  expect_equal_within_noise("mixed", "one");
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
  EXPECT_THAT(hasty.err, HasSubstr("--distributed-timeout must be at least 1 second"));
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
