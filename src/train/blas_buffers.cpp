#include "train/blas_buffers.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <vector>

#include "base/error.h"

namespace aver {
namespace {

using Take = void* (*)(int);
using GiveBack = void (*)(void*);

/// For networks, pictures and sounds; a little model on short clips takes less.
constexpr std::size_t kWork = std::size_t{128} << 20;
/// Its stack, and what the allocator sets aside for it.
constexpr std::size_t kThread = std::size_t{72} << 20;

std::size_t mapped_bytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool has_room_for(std::size_t bytes) {
  void* room =
      ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return false;
  ::munmap(room, bytes);
  return true;
}

[[noreturn]] void refuse(std::size_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  const std::size_t needed = (mapped_bytes() + bytes) >> 10;
  const std::string now = limit.rlim_cur == RLIM_INFINITY
                              ? std::string("what this machine gives")
                              : fmt::format("{} kB (ulimit -v)", limit.rlim_cur >> 10);
  throw Error(
      "the address space is limited to {}, and LibTorch with its OpenBLAS needs {} kB here: raise "
      "the limit, give fewer --threads and --workers, or set OMP_NUM_THREADS=1",
      now, needed);
}

}  // namespace

void reserve_blas_buffers(std::size_t products) {
  static std::mutex mutex;
  static std::size_t reserved = 0;
  const std::lock_guard lock(mutex);
  constexpr std::size_t kMost = 64;  // OpenBLAS has a table of at least so many
  products = std::min(products, kMost);
  if (products <= reserved) return;
  const auto take = reinterpret_cast<Take>(::dlsym(RTLD_DEFAULT, "blas_memory_alloc"));
  const auto give_back = reinterpret_cast<GiveBack>(::dlsym(RTLD_DEFAULT, "blas_memory_free"));
  if (take == nullptr || give_back == nullptr) return;
  const std::size_t needed =
      (products - reserved) * (kBlasBuffer + kThread) + (reserved == 0 ? kWork : 0);
  if (!has_room_for(needed)) refuse(needed);
  std::vector<void*> buffers;
  for (std::size_t i = 0; i < products; ++i) buffers.push_back(take(0));
  for (void* buffer : buffers) give_back(buffer);  // it keeps them for the next product
  reserved = products;
}

}  // namespace aver
