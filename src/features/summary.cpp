#include "features/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace aver {
namespace {

constexpr Said kMeanDeviation[] = {Said::mean, Said::deviation};
constexpr Said kCourse[] = {Said::mean,  Said::deviation, Said::low,  Said::high,
                            Said::third, Said::third,     Said::third};

double mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation_of(std::span<const float> values, double mean) {
  double squares = 0;
  for (const float value : values) squares += std::pow(value - mean, 2);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

/// Between the two values around a share of sorted ones, as NumPy's default has it.
double quantile(std::span<const float> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(static_cast<double>(sorted[below]), static_cast<double>(sorted[above]),
                   place - static_cast<double>(below));
}

/// One of the three thirds of a clip, of which a short one has at least a frame.
std::span<const float> third_of(std::span<const float> values, std::size_t number) {
  const std::size_t first = std::min(number * values.size() / 3, values.size() - 1);
  const std::size_t end = std::max((number + 1) * values.size() / 3, first + 1);
  return values.subspan(first, end - first);
}

}  // namespace

std::span<const Said> said_by(const std::string& summary) {
  if (summary == "mean-deviation") return kMeanDeviation;
  if (summary == "course") return kCourse;
  return {};
}

FloatArray summary_of(const FloatArray& features, std::span<const Said> parts) {
  const std::size_t count = features.rows();
  FloatArray summary = FloatArray::matrix(parts.size() * count, 1);
  for (std::size_t c = 0; c < count; ++c) {
    const auto values = features.row(c);
    std::vector<float> sorted(values.begin(), values.end());
    if (parts.size() > 2) std::ranges::sort(sorted);  // there are quantiles to take
    const double mean = mean_of(values);
    std::size_t thirds = 0;
    const auto value_of = [&](Said part) {
      switch (part) {
        case Said::mean:
          return mean;
        case Said::deviation:
          return deviation_of(values, mean);
        case Said::low:
          return quantile(sorted, 0.1);
        case Said::high:
          return quantile(sorted, 0.9);
        case Said::third:
          break;
      }
      return mean_of(third_of(values, thirds++)) - mean;
    };
    for (std::size_t p = 0; p < parts.size(); ++p) {
      summary.values[p * count + c] = static_cast<float>(value_of(parts[p]));
    }
  }
  return summary;
}

}  // namespace aver
