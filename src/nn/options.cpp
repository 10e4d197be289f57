#include "nn/options.h"

#include <algorithm>

#include "base/error.h"

namespace aver {
namespace {

constexpr int kKernel = 3;
constexpr int kPool = 2;

int after_convolution(int size, Padding padding) {
  return padding == Padding::same ? size : size - (kKernel - 1);
}

void require_positive(std::vector<std::string>& problems, const std::string& name,
                      const std::vector<int>& sizes) {
  if (std::any_of(sizes.begin(), sizes.end(), [](int size) { return size < 1; })) {
    problems.push_back(
        fmt::format("{} must all be at least 1, not {}", name, fmt::join(sizes, ",")));
  }
}

void require_rate(std::vector<std::string>& problems, double dropout) {
  if (!(dropout >= 0.0 && dropout < 1.0)) {
    problems.push_back(fmt::format("--dropout must be at least 0 and below 1, not {}", dropout));
  }
}

void throw_if_any(const std::vector<std::string>& problems) {
  if (!problems.empty()) {
    throw UsageError("The network cannot be built: {}.", fmt::join(problems, "; "));
  }
}

}  // namespace

std::string_view name_of(Padding padding) {
  return padding == Padding::same ? "same" : "valid";
}

std::string_view name_of(Precision precision) {
  return precision == Precision::fp32 ? "fp32" : "bf16";
}

Padding padding_from_name(std::string_view name) {
  if (name == "valid") return Padding::valid;
  if (name == "same") return Padding::same;
  throw UsageError("--padding is \"valid\" or \"same\", not \"{}\".", name);
}

std::vector<int> VisualNetOptions::sides() const {
  std::vector<int> sides;
  int side = picture_size;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    side = std::max(after_convolution(side, padding), 0) / kPool;
    sides.push_back(side);
  }
  return sides;
}

void VisualNetOptions::validate() const {
  std::vector<std::string> problems;
  if (classes < 2) {
    problems.push_back(fmt::format("there must be at least two classes, not {}", classes));
  }
  if (filters.empty()) problems.push_back("--filters needs at least one number");
  require_positive(problems, "--filters", filters);
  require_positive(problems, "--dense", dense);
  require_rate(problems, dropout);
  if (!filters.empty() && sides().back() < 1) {
    problems.push_back(fmt::format(
        "pictures of --size {} shrink to nothing after {} convolutions with --padding {}",
        picture_size, filters.size(), name_of(padding)));
  }
  throw_if_any(problems);
}

int AudioNetOptions::size_after_pooling(int size) const {
  const int second = after_convolution(after_convolution(size, padding), padding);
  const int third = after_convolution(std::max(second, 0) / kPool, padding);
  return std::max(third, 0) / kPool;
}

void AudioNetOptions::validate() const {
  std::vector<std::string> problems;
  if (classes < 2) {
    problems.push_back(fmt::format("there must be at least two classes, not {}", classes));
  }
  if (filters.size() != 3) {
    problems.push_back(fmt::format("--filters needs three numbers, not {}", filters.size()));
  }
  if (lstm.empty()) problems.push_back("--lstm needs at least one number");
  require_positive(problems, "--filters", filters);
  require_positive(problems, "--lstm", lstm);
  require_positive(problems, "--dense", {dense});
  require_rate(problems, dropout);
  if (!(norm_momentum >= 0.0 && norm_momentum < 1.0)) {
    problems.push_back(
        fmt::format("--norm-momentum must be at least 0 and below 1, not {}", norm_momentum));
  }
  if (size_after_pooling(max_frames) < 1 || size_after_pooling(coefficients) < 1) {
    problems.push_back(
        fmt::format("{} time steps of {} coefficients shrink to nothing with --padding {}",
                    max_frames, coefficients, name_of(padding)));
  }
  throw_if_any(problems);
}

}  // namespace aver
