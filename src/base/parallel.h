#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace aver {

/// CPUs this process may use (its affinity mask), at least 1.
std::size_t available_cpus();

/// What to do when the system starts no further thread.
inline constexpr const char* kNoThread =
    "the system starts no further thread: give fewer --workers and --threads, or raise the limit "
    "of memory (ulimit -v) or processes (ulimit -u)";
/// Throws Error that says so then.
std::jthread start_thread(std::function<void()> run);

class Options;
/// Describes --workers, where 0 comes to be the CPUs this process may use.
void describe_workers(Options& options, std::size_t& workers);

/// Runs `make_worker()(index)` for index 0 … count-1 on `workers` threads and hands every result to
/// `consume(index, result)` on the calling thread, in index order. `make_worker` is called once per
/// thread, for state that is costly to set up. Workers run at most a few items ahead of the slowest
/// one, so memory does not grow with `count`. With 0 workers everything runs inline. The error of
/// the lowest failing index is rethrown after all threads have ended; later items are not consumed.
template <typename MakeWorker, typename Consume>
void parallel_map(std::size_t count, std::size_t workers, MakeWorker make_worker, Consume consume) {
  using Worker = std::invoke_result_t<MakeWorker&>;
  using Result = std::invoke_result_t<Worker&, std::size_t>;

  if (workers == 0 || count == 0) {
    Worker work = make_worker();
    for (std::size_t i = 0; i < count; ++i) {
      consume(i, work(i));
    }
    return;
  }

  struct Slot {
    std::vector<Result> result;  // zero or one: Result need not be default-constructible
    std::exception_ptr error;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Slot> done;
  std::size_t next_index = 0;
  std::size_t consumed = 0;
  bool stopping = false;
  const std::size_t ahead = 4 * workers;

  auto run = [&] {
    std::exception_ptr setup_error;
    std::vector<Worker> work;
    try {
      work.push_back(make_worker());
    } catch (...) {
      setup_error = std::current_exception();
    }
    while (true) {
      std::size_t index = 0;
      {
        std::unique_lock lock(mutex);
        changed.wait(
            lock, [&] { return stopping || next_index >= count || next_index < consumed + ahead; });
        if (stopping || next_index >= count) {
          return;
        }
        index = next_index++;
      }
      Slot slot;
      if (setup_error) {
        slot.error = setup_error;
      } else {
        try {
          slot.result.push_back(work.front()(index));
        } catch (...) {
          slot.error = std::current_exception();
        }
      }
      std::lock_guard lock(mutex);
      done.emplace(index, std::move(slot));
      changed.notify_all();
    }
  };

  std::vector<std::jthread> threads;
  auto stop_all = [&] {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    changed.notify_all();
    threads.clear();  // joins
  };
  try {
    for (std::size_t i = 0; i < std::min(workers, count); ++i) {
      threads.push_back(start_thread(run));
    }
    while (consumed < count) {
      Slot slot;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return done.contains(consumed); });
        slot = std::move(done.extract(consumed).mapped());
      }
      if (slot.error) {
        std::rethrow_exception(slot.error);
      }
      consume(consumed, std::move(slot.result.front()));
      {
        std::lock_guard lock(mutex);
        ++consumed;
      }
      changed.notify_all();
    }
  } catch (...) {
    stop_all();
    throw;
  }
  stop_all();
}

}  // namespace aver
