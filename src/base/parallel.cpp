#include "base/parallel.h"

#include <sched.h>

#include <system_error>

#include "base/error.h"
#include "base/options.h"

namespace aver {

std::size_t available_cpus() {
  // hardware_concurrency ignores the affinity mask that Slurm, taskset and containers set.
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

std::jthread start_thread(std::function<void()> run) {
  try {
    return std::jthread(std::move(run));
  } catch (const std::system_error&) {
    throw Error("{}", kNoThread);
  }
}

void describe_workers(Options& options, std::size_t& workers) {
  options.speed("workers", workers, "Clips at a time (0 = the CPUs this process may use)")
      .zero_means(available_cpus);
}

}  // namespace aver
