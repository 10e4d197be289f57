#include "serve/worker_threads.h"

#include "base/parallel.h"

namespace aver {

WorkerThreads::WorkerThreads(std::size_t threads, std::size_t most_waiting)
    : most_waiting_(most_waiting) {
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.push_back(start_thread([this] { run(); }));
  } catch (...) {
    finish();  // those that were started wait for work
    throw;
  }
}

void WorkerThreads::add(std::function<void()> work) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < most_waiting_; });
    waiting_.push_back(std::move(work));
  }
  changed_.notify_all();
}

void WorkerThreads::finish() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  threads_.clear();  // joins
}

bool WorkerThreads::crowded() const {
  std::lock_guard lock(mutex_);
  return waiting_.size() > idle_;
}

void WorkerThreads::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    work();
    lock.lock();
  }
}

}  // namespace aver
