#include "training/training.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace aver {

FoldChoice folds_from_words(const std::vector<std::string>& words) {
  FoldChoice choice;
  if (words.empty() || words == std::vector<std::string>{"-1"}) return choice;
  if (words == std::vector<std::string>{"all"}) {
    choice.all = true;
    return choice;
  }
  for (const std::string& word : words) {
    const auto number = parse_integer(trim(word));
    if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) {
      throw UsageError(
          "--folds is a fold's number, several with commas between, or all, not \"{}\"",
          fmt::join(words, ","));
    }
    choice.numbers.push_back(static_cast<int>(*number));
  }
  std::sort(choice.numbers.begin(), choice.numbers.end());
  if (std::adjacent_find(choice.numbers.begin(), choice.numbers.end()) != choice.numbers.end()) {
    throw UsageError("--folds {} names a fold twice", fmt::join(words, ","));
  }
  return choice;
}

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
  if (distributed_timeout < 1) {
    problems.push_back(fmt::format("--distributed-timeout must be at least 1 second, not {}",
                                   distributed_timeout));
  }
  if (distributed && join)
    problems.emplace_back("--join takes one process: leave --distributed out");
  if (resume && force) problems.emplace_back("--resume and --force exclude each other");
  if (join && (resume || force)) {
    problems.emplace_back("--join trains nothing: leave --resume and --force out");
  }
  const bool first_only = !folds.several() && (folds.numbers.empty() || folds.numbers[0] == 0);
  if (!first_only && split.empty() && !join) problems.emplace_back("--folds needs --split");
  return problems;
}

}  // namespace aver
