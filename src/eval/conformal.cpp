#include "eval/conformal.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace aver {
namespace {

void require_share(double alpha) {
  if (alpha > 0 && alpha < 1) return;
  throw Error("an error rate of prediction sets lies between 0 and 1, and {} does not", alpha);
}

/// Which of `count` values is the threshold, counted from 1; 0 = too few. The small number keeps
/// 0.1 · 30 from being 2.9999….
std::size_t rank_of(std::size_t count, double alpha) {
  return static_cast<std::size_t>(std::floor(alpha * static_cast<double>(count + 1) + 1e-9));
}

std::vector<std::size_t> rising(const std::vector<ConformalItem>& items) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    return items[one].truth_probability < items[other].truth_probability;
  });
  return order;
}

}  // namespace

std::size_t fewest_conformal_items(double alpha) {
  require_share(alpha);
  return static_cast<std::size_t>(std::ceil(1 / alpha - 1 - 1e-9));
}

double conformal_threshold(const std::vector<ConformalItem>& items, double alpha) {
  require_share(alpha);
  const std::size_t rank = rank_of(items.size(), alpha);
  return rank == 0 ? 0 : items[rising(items)[rank - 1]].truth_probability;
}

std::vector<double> thresholds_without_each_unit(const std::vector<ConformalItem>& items,
                                                 std::size_t units, double alpha) {
  require_share(alpha);
  const auto order = rising(items);
  std::vector<std::vector<std::size_t>> places(units);  // of each unit's items, rising
  for (std::size_t place = 0; place < order.size(); ++place) {
    places.at(items[order[place]].unit).push_back(place);
  }
  std::vector<double> thresholds;
  for (const auto& own : places) {
    std::size_t rank = rank_of(items.size() - own.size(), alpha);
    if (rank == 0) {
      thresholds.push_back(0);
      continue;
    }
    // Every own item before the one that is looked for moves it up by one.
    for (const std::size_t place : own) rank += place < rank ? 1 : 0;
    thresholds.push_back(items[order[rank - 1]].truth_probability);
  }
  return thresholds;
}

std::vector<std::size_t> conformal_set(std::span<const double> probabilities, double threshold) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    return probabilities[one] > probabilities[other];
  });
  std::size_t size = 1;
  while (size < order.size() && probabilities[order[size]] >= threshold) ++size;
  order.resize(std::min(size, order.size()));
  return order;
}

}  // namespace aver
