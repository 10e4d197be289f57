#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace aver {

/// A fixed number of threads and a bounded queue in front of them.
class WorkerThreads {
 public:
  WorkerThreads(std::size_t threads, std::size_t most_waiting);
  ~WorkerThreads() { finish(); }

  /// Waits for a place in the queue. Work must not throw.
  void add(std::function<void()> work);
  /// Ends when everything that was added is done.
  void finish();
  /// True when work waits because every thread is busy.
  bool crowded() const;

 private:
  void run();

  std::size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace aver
