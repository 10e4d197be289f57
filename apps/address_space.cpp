#include "address_space.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "train/blas_buffers.h"

// OpenBLAS maps a buffer for every CPU when it is loaded, before main(), and where the address
// space has no room for one it tries again without end. So this looks before any library begins.
// Only what needs no library that has begun is used here.
namespace aver::cli {
namespace {

constexpr unsigned long kRest = 96UL << 20;  // what the libraries set up for themselves

unsigned long mapped_bytes() {
  char text[64] = "";
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const auto count = ::read(file, text, sizeof(text) - 1);
  ::close(file);
  const long page = ::sysconf(_SC_PAGESIZE);
  return count > 0 ? std::strtoul(text, nullptr, 10) * static_cast<unsigned long>(page) : 0;
}

unsigned long buffers(char** environment) {
  cpu_set_t cpus;
  unsigned long count = ::sched_getaffinity(0, sizeof(cpus), &cpus) == 0
                            ? static_cast<unsigned long>(CPU_COUNT(&cpus))
                            : 1;
  constexpr char kThreads[] = "OMP_NUM_THREADS=";
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, kThreads, sizeof(kThreads) - 1) != 0) continue;
    const auto told = std::strtoul(*variable + sizeof(kThreads) - 1, nullptr, 10);
    if (told > 0 && told < count) count = told;
  }
  return count;
}

void look_for_room(int, char** words, char** environment) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const unsigned long needed = mapped_bytes() + buffers(environment) * kBlasBuffer + kRest;
  if (limit.rlim_cur >= needed) return;
  const char* slash = std::strrchr(words[0], '/');
  char text[512];
  const int length = std::snprintf(
      text, sizeof(text),
      "%s: the address space is limited to %lu kB (ulimit -v), and this program with the OpenBLAS "
      "of its libraries needs %lu kB to start here: raise the limit, or set OMP_NUM_THREADS=1\n",
      slash == nullptr ? words[0] : slash + 1, static_cast<unsigned long>(limit.rlim_cur >> 10),
      needed >> 10);
  if (length > 0) {
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, text, static_cast<std::size_t>(length));
  }
  ::_exit(1);
}

using BeforeLibraries = void (*)(int, char**, char**);
[[gnu::used, gnu::section(".preinit_array")]] const BeforeLibraries before_libraries =
    look_for_room;

}  // namespace
}  // namespace aver::cli
