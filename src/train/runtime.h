#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "distributed/process_group.h"
#include "nn/options.h"

namespace aver {

/// What the networks run on.
struct Runtime {
  std::string device;  ///< "cpu", "cuda" or in a group "cuda:1"
  std::size_t threads = 1;
  std::string blas;        ///< "OpenBLAS (/usr/lib/…) for Zen", "MKL", "unknown" …
  bool slow_blas = false;  ///< the reference BLAS: the audio network trains 4-5 times slower
  std::string libtorch;    ///< "1.13.0"
  std::shared_ptr<const ProcessGroup> group = std::make_shared<ProcessGroup>();
  std::string description() const;  ///< one line for logs
};

/// Sets LibTorch's thread counts and its deterministic kernels, and chooses the device: "auto"
/// takes CUDA when this build and machine have it. LibTorch counts physical cores and may answer 1
/// on a virtual machine, so the number is given. Throws UsageError when the device is not there.
/// Processes of a group that are on one machine take its CUDA devices in turn.
Runtime start_runtime(const std::string& device, std::size_t threads,
                      std::shared_ptr<const ProcessGroup> group = std::make_shared<ProcessGroup>());

/// On how many threads networks run that are called on this thread.
void use_threads(std::size_t threads);

/// What `--precision` means here: "auto" takes bf16 on a CPU that multiplies it (AVX-512 BF16),
/// else fp32. Throws UsageError for another word, and for "bf16" where it would not be native.
Precision choose_precision(const std::string& precision, const std::string& device);

/// "LibTorch 1.13.0"
std::string libtorch_version();

/// Which BLAS is mapped into this process, from the text of /proc/self/maps.
std::string blas_from_maps(const std::string& maps);

}  // namespace aver
