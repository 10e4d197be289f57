#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/files.h"

namespace aver {

/// The README.md of a run or of a model that is passed on, whose head is the YAML that model hubs
/// read (`model-index`): what the model is, on whom it was trained, how well it does on people it
/// has not met, what it is for and what not, and how it is trained again.
struct ModelCard {
  fs::path run;            ///< the folder whose predictions.csv and config.toml are told of
  nlohmann::json metrics;  ///< of that run, which need not be written yet
  fs::path model;          ///< model.safetensors; "" = there is one in each fold
  /// The run whose test part says how well the model does, where everything trained it; "" = the
  /// run itself.
  fs::path tested;
};

/// Throws Error when a file cannot be read.
std::string model_card(const ModelCard& card);

}  // namespace aver
