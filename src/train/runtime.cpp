#include "train/runtime.h"

#include <torch/torch.h>
#include <torch/version.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/text.h"
#include "train/blas_buffers.h"
#include "train/blas_core.h"

namespace aver {
namespace {

std::string mapped_blas() {
  std::ifstream maps("/proc/self/maps");
  std::stringstream text;
  text << maps.rdbuf();
  const std::string found = blas_from_maps(text.str());
  const std::string core = blas_core();
  if (!found.empty()) return core.empty() ? found : fmt::format("{} for {}", found, core);
  // LibTorch's own binaries carry MKL inside.
  return at::hasMKL() ? "MKL" : "unknown";
}

// Every training step takes and frees the same few hundred megabytes. Given back to the system and
// zeroed anew each time, they cost a quarter of a step.
void keep_freed_memory() {
#if defined(__GLIBC__)
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

bool cpu_multiplies_bf16() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

}  // namespace

std::string blas_from_maps(const std::string& maps) {
  std::string reference;
  for (const std::string& line : split_text(maps, '\n')) {
    const auto slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    const std::string name = path.substr(path.rfind('/') + 1);
    if (path.find("openblas") != std::string::npos) return fmt::format("OpenBLAS ({})", path);
    if (name.starts_with("libmkl_")) return fmt::format("MKL ({})", path);
    if (name.starts_with("libblis")) return fmt::format("BLIS ({})", path);
    if (path.find("/atlas/") != std::string::npos) return fmt::format("ATLAS ({})", path);
    if (name.starts_with("libblas.so")) reference = fmt::format("reference BLAS ({})", path);
  }
  return reference;
}

std::string libtorch_version() {
  return fmt::format("{}.{}.{}", TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR, TORCH_VERSION_PATCH);
}

std::string Runtime::description() const {
  return fmt::format("LibTorch {}, device {}, {} threads, {}{}", libtorch, device, threads, blas,
                     group->alone() ? "" : fmt::format(", {} processes", group->size()));
}

Precision choose_precision(const std::string& precision, const std::string& device) {
  if (precision == "fp32") return Precision::fp32;
  const bool on_cpu = device == "cpu" || (device == "auto" && !torch::cuda::is_available());
  const bool native = on_cpu && cpu_multiplies_bf16();
  if (precision == "auto") return native ? Precision::bf16 : Precision::fp32;
  if (precision != "bf16") {
    throw UsageError("--precision is fp32, bf16 or auto, not \"{}\".", precision);
  }
  if (!native) {
    throw UsageError(
        "--precision bf16: {}; use fp32, or auto to take bf16 only where it is faster.",
        on_cpu ? "this CPU does not multiply bfloat16 (AVX-512 BF16)" : "only --device cpu has it");
  }
  return Precision::bf16;
}

void use_threads(std::size_t threads) {
  at::set_num_threads(static_cast<int>(threads));
}

Runtime start_runtime(const std::string& device, std::size_t threads,
                      std::shared_ptr<const ProcessGroup> group) {
  if (device != "auto" && device != "cpu" && device != "cuda") {
    throw UsageError("--device is auto, cpu or cuda, not \"{}\".", device);
  }
  const bool cuda = device != "cpu" && torch::cuda::is_available();
  if (device == "cuda" && !cuda) {
    throw UsageError(
        "--device cuda: there is no such device here (no CUDA GPU, or a LibTorch built without "
        "CUDA); use --device cpu.");
  }
  keep_freed_memory();
  have_blas_know_this_cpu();
  reserve_blas_buffers(threads);
  if (cuda) {
    // cuBLAS is reproducible only with a fixed workspace, chosen before its first call.
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  }
  use_threads(threads);
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setBenchmarkCuDNN(false);

  Runtime runtime;
  runtime.device = cuda ? "cuda" : "cpu";
  if (cuda && !group->alone()) {
    const auto devices = static_cast<int>(torch::cuda::device_count());
    runtime.device = fmt::format("cuda:{}", group->place().local_rank % devices);
  }
  runtime.group = std::move(group);
  runtime.threads = threads;
  runtime.libtorch = libtorch_version();
  runtime.blas = mapped_blas();
  runtime.slow_blas = runtime.blas.starts_with("reference");
  return runtime;
}

}  // namespace aver
