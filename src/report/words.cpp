#include "report/words.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <span>

namespace aver {

std::string listed(const std::vector<std::string>& items) {
  if (items.size() < 2) return items.empty() ? "" : items.front();
  const std::span others(items.data(), items.size() - 1);
  return fmt::format("{} and {}", fmt::join(others, ", "), items.back());
}

std::string capitalised(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

double significant(double value) {
  return std::stod(fmt::format("{:.6g}", value));
}

std::string decimals(double value) {
  return fmt::format("{:.6f}", value);
}

std::string decimals(const std::optional<double>& value) {
  return value ? decimals(*value) : "";
}

}  // namespace aver
