#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/files.h"

namespace aver {

class Options;

/// `aver-export`: a trained model as it is passed on, without its run.
struct ExportConfig {
  fs::path run;                  ///< folder of a finished run
  fs::path output;               ///< folder that gets model.safetensors and README.md
  std::string weights = "fp32";  ///< or "fp16", in half the bytes
  fs::path tested;  ///< run whose test part says how well it does, where everything trained it
  bool force = false;

  void describe(Options& options);
};

struct ExportReport {
  std::string text;
  nlohmann::json metrics;
};

/// Throws UsageError for what cannot be exported, Error when a file cannot be read or written.
ExportReport run_export(const ExportConfig& config);

}  // namespace aver
