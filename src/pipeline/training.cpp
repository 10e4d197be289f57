#include "aver/pipeline/training.h"

#include "aver/base/error.h"

namespace aver {

std::vector<std::string> TrainingConfig::problems() const {
  std::vector<std::string> problems;
  if (output.empty()) problems.emplace_back("--output is required");
  if (epochs < 1) problems.push_back(fmt::format("--epochs must be at least 1, not {}", epochs));
  if (batch_size < 1) {
    problems.push_back(fmt::format("--batch-size must be at least 1, not {}", batch_size));
  }
  if (!(learning_rate > 0.0)) {
    problems.push_back(fmt::format("--learning-rate must be above 0, not {}", learning_rate));
  }
  if (select != "last" && select != "best") {
    problems.push_back(fmt::format("--select is last or best, not \"{}\"", select));
  }
  if (precision != "fp32" && precision != "bf16" && precision != "auto") {
    problems.push_back(fmt::format("--precision is fp32, bf16 or auto, not \"{}\"", precision));
  }
  if (resume && force) problems.emplace_back("--resume and --force exclude each other");
  if (fold > 0 && split.empty()) problems.emplace_back("--folds needs --split");
  return problems;
}

}  // namespace aver
