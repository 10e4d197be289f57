#include "train/blas_core.h"

#include <dlfcn.h>

#include <cstdlib>

namespace aver {
namespace {

constexpr auto kCoreType = "OPENBLAS_CORETYPE";

/// OpenBLAS's name for the newest of its kernels that this CPU runs; nullptr where none are newer
/// than those it falls back to.
const char* newest_core() {
#if defined(__x86_64__) && defined(__GNUC__)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (avx512) return "SkylakeX";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return nullptr;
}

template <typename Function>
Function of_openblas(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace

std::string blas_core() {
  const auto name = of_openblas<char* (*)()>("openblas_get_corename");
  return name == nullptr ? "" : name();
}

void have_blas_know_this_cpu() {
  constexpr auto kFallback = "Prescott";
  if (std::getenv(kCoreType) != nullptr || blas_core() != kFallback) return;
  // What it calls itself when it is loaded and unloaded; builds for one CPU alone have neither.
  const auto forget = of_openblas<void (*)()>("gotoblas_dynamic_quit");
  const auto choose = of_openblas<void (*)()>("gotoblas_dynamic_init");
  const char* core = newest_core();
  if (forget == nullptr || choose == nullptr || core == nullptr) return;
  ::setenv(kCoreType, core, /*overwrite=*/1);
  forget();
  choose();
}

}  // namespace aver
