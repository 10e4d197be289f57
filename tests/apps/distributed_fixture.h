#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/csv.h"
#include "corpus/corpus.h"
#include "free_port.h"
#include "store/predictions.h"
#include "store/safetensors.h"
#include "support.h"
#include "tiny_stages.h"

// Several processes of the trainers that train together, beside one process that does it alone.
namespace aver::test {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

inline Variables variables_of(int rank, int size, int port) {
  return {{"RANK", std::to_string(rank)},
          {"WORLD_SIZE", std::to_string(size)},
          {"MASTER_ADDR", "127.0.0.1"},
          {"MASTER_PORT", std::to_string(port)}};
}

inline Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// With `more`, whose options take the place of those already given.
inline Words with_options(Words words, const Words& more) {
  for (std::size_t i = 0; i < more.size(); ++i) {
    const auto given = std::find(words.begin(), words.end(), more[i]);
    const bool replaced = given != words.end() && more[i].starts_with("--") &&
                          i + 1 < more.size() && !more[i + 1].starts_with("--");
    if (replaced) words.erase(given, given + 2);
  }
  return joined(std::move(words), more);
}

/// The same command in every process of a group.
inline std::vector<RunningCommand> start_group(const Words& command, int size,
                                               const std::string& timeout = "60") {
  const int port = free_port();
  std::vector<RunningCommand> processes;
  for (int rank = 0; rank < size; ++rank) {
    processes.emplace_back(joined(command, {"--distributed", "--distributed-timeout", timeout}),
                           variables_of(rank, size, port));
  }
  return processes;
}

inline std::vector<CommandResult> results_of(std::vector<RunningCommand>& processes) {
  std::vector<CommandResult> results;
  for (auto& process : processes) results.push_back(process.wait());
  return results;
}

inline void expect_success(const std::vector<CommandResult>& results) {
  for (std::size_t rank = 0; rank < results.size(); ++rank) {
    EXPECT_EQ(results[rank].exit_status, 0) << "rank " << rank << ": " << results[rank].err;
    EXPECT_THAT(results[rank].err, testing::IsEmpty()) << "rank " << rank;
    EXPECT_EQ(results[rank].out.empty(), rank > 0) << "rank " << rank << results[rank].out;
  }
}

inline void run_group(const Words& command, int size) {
  auto processes = start_group(command, size);
  expect_success(results_of(processes));
}

inline bool wait_until(const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!ready()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// Largest difference between the weights of two models, in units of 1.
inline double weight_distance(const fs::path& a, const fs::path& b) {
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
inline double history_distance(const fs::path& a, const fs::path& b) {
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
inline constexpr double kLossNoise = 1e-5;
inline constexpr double kWeightNoise = 2e-5;

class Distributed : public testing::Test {
 protected:
  Distributed() {
    make_mfcc_stage(folder / "mfcc");
    make_frames_stage(folder / "frames");
  }

  /// 40 clips in batches of 9: the last one has 4, which three processes share as 2, 1 and 1.
  Words audio(const std::string& run, const Words& more = {}) const {
    const Words small = {"--filters", "4,4,6", "--lstm", "8,6", "--dense", "8"};
    return with_options(joined(audio_of_any_network(run), small), more);
  }

  Words audio_of_any_network(const std::string& run) const {
    return {"aver-train-audio",
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
            "--epochs",
            "3",
            "--quiet"};
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

  void expect_equal_within_noise(const std::string& a, const std::string& b,
                                 double weight_noise = kWeightNoise) const {
    const fs::path one = folder / a, other = folder / b;
    EXPECT_LT(history_distance(one / "history.csv", other / "history.csv"), kLossNoise);
    EXPECT_LT(weight_distance(one / "model.safetensors", other / "model.safetensors"),
              weight_noise);
    EXPECT_EQ(read_file(one / "split.csv"), read_file(other / "split.csv"));
    const auto p = read_predictions(one / "predictions.csv", Corpus().clips());
    const auto q = read_predictions(other / "predictions.csv", Corpus().clips());
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

}  // namespace aver::test
