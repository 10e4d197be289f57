#include "nn/layers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aver {
namespace {

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

}  // namespace

std::string format_layers(const std::string& title, const std::vector<Layer>& layers) {
  std::string text = fmt::format("{}\n{:<14} {:<26} {:<18} {:>12}\n", title, "layer", "kind",
                                 "output", "parameters");
  text += std::string(73, '-') + "\n";
  std::int64_t total = 0;
  for (const Layer& layer : layers) {
    text +=
        fmt::format("{:<14} {:<26} {:<18} {:>12}\n", layer.name, layer.kind,
                    fmt::format("{}", fmt::join(layer.shape, " x ")), grouped(layer.parameters));
    total += layer.parameters;
  }
  text += std::string(73, '-') + "\n";
  text += fmt::format("{:<60} {:>12}\n", "total", grouped(total));
  return text;
}

}  // namespace aver
