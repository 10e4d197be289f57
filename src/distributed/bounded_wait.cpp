#include "distributed/bounded_wait.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

namespace aver {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks(50);

// Handlers run last in, first out: this one before the destructors of everything there is by now.
// Streams write through to what is flushed here.
void end_without_destructors() {
  ::on_exit(
      [](int status, void*) {
        std::fflush(nullptr);
        ::_exit(status);
      },
      nullptr);
}

}  // namespace

bool ends_within(std::chrono::milliseconds timeout, const std::function<void()>& body,
                 const std::function<void()>& while_waiting) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::packaged_task<void()> task(body);
  auto end = task.get_future();
  std::thread thread(std::move(task));
  const auto abandon = [&] {
    end_without_destructors();
    thread.detach();
  };
  try {
    while (end.wait_for(kBetweenLooks) != std::future_status::ready) {
      if (while_waiting) while_waiting();
      if (std::chrono::steady_clock::now() < deadline) continue;
      abandon();
      return false;
    }
  } catch (...) {
    abandon();
    throw;
  }
  thread.join();
  end.get();
  return true;
}

}  // namespace aver
