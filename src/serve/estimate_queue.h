#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "prediction/recogniser.h"

namespace aver {

using EstimateClips = std::function<std::vector<ClipEstimate>(const std::vector<ClipInput>&)>;

/// One thread for the networks. Connections hand in their clips and wait; the thread takes all that
/// are there, so that requests side by side share the CPUs and LibTorch has one caller.
class EstimateQueue {
 public:
  /// `estimate` is called from one thread only, with at most `most` clips at a time.
  explicit EstimateQueue(EstimateClips estimate, std::size_t most = 32);
  /// Answers what is waiting, then ends.
  ~EstimateQueue();

  struct Answer {
    ClipEstimate estimate;
    double wait_seconds = 0;     ///< until its batch began
    double network_seconds = 0;  ///< of its batch
  };
  /// Blocks until the clip's turn has come and gone. Rethrows what `estimate` threw for this clip:
  /// one that makes it fail does not take the others of its batch along.
  Answer estimate(ClipInput clip);

 private:
  struct Job {
    ClipInput clip;
    std::chrono::steady_clock::time_point arrived;
    std::promise<Answer> answer;
  };
  void run();
  void answer_all(std::vector<Job>& jobs);

  EstimateClips estimate_;
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  bool ending_ = false;
  std::jthread thread_;
};

}  // namespace aver
