#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/files.h"
#include "base/progress.h"

namespace aver {

class Options;

/// `aver-sweep`: tries settings of a trainer, and says which do best on people who validate.
struct SweepConfig {
  fs::path space;          ///< what is tried
  fs::path output;         ///< folder of the trials
  std::size_t trials = 0;  ///< that are drawn; 0 = the whole grid
  std::uint64_t seed = 42;
  bool force = false;  ///< remove the trials of another space
  fs::path programs;   ///< folder of the trainers; "" = that of this program
  std::function<bool()> should_stop;

  void describe(Options& options);
};

struct SweepReport {
  std::string text;
  nlohmann::json metrics;
  std::size_t failed = 0;    ///< trials
  bool interrupted = false;  ///< finished trials are kept
};

/// Trains once for each trial, on a split from which the test part is taken out: nothing that is
/// chosen has seen it. Finished trials are not trained again. Throws UsageError for a space that
/// cannot be tried, above all for a split in which what tests would also have to choose, and Error
/// when a file cannot be read or written.
SweepReport run_sweep(const SweepConfig& config, Progress& progress);

}  // namespace aver
