#include "serve/estimate_queue.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"

namespace aver {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

EstimateQueue::EstimateQueue(EstimateClips estimate, std::size_t most)
    : estimate_(std::move(estimate)), most_(most), thread_(start_thread([this] { run(); })) {}

EstimateQueue::~EstimateQueue() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

EstimateQueue::Answer EstimateQueue::estimate(ClipInput clip) {
  std::future<Answer> answer;
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(clip), Clock::now(), {}});
    answer = waiting_.back().answer.get_future();
  }
  changed_.notify_all();
  return answer.get();
}

void EstimateQueue::run() {
  while (true) {
    std::vector<Job> jobs;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      while (!waiting_.empty() && jobs.size() < most_) {
        jobs.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    answer_all(jobs);
  }
}

void EstimateQueue::answer_all(std::vector<Job>& jobs) {
  const auto begun = Clock::now();
  try {
    std::vector<ClipInput> clips;
    for (Job& job : jobs) clips.push_back(std::move(job.clip));
    std::vector<ClipEstimate> estimates;
    try {
      estimates = estimate_(clips);
      if (estimates.size() != jobs.size()) throw Error("the models answered for other clips");
    } catch (...) {
      if (jobs.size() == 1) throw;
      // One of them is the culprit: each alone.
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        jobs[i].clip = std::move(clips[i]);
        std::vector<Job> alone;
        alone.push_back(std::move(jobs[i]));
        answer_all(alone);
      }
      return;
    }
    const double network = seconds_between(begun, Clock::now());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      jobs[i].answer.set_value(
          {std::move(estimates[i]), seconds_between(jobs[i].arrived, begun), network});
    }
  } catch (...) {
    jobs.front().answer.set_exception(std::current_exception());
  }
}

}  // namespace aver
