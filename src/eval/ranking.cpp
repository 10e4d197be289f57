#include "eval/ranking.h"

#include <algorithm>

#include "base/random.h"

namespace aver {
namespace {

std::size_t units_of(const std::vector<RankedItem>& items) {
  std::size_t units = 0;
  for (const RankedItem& item : items) units = std::max(units, item.unit + 1);
  return units;
}

/// Items by rising score, each as often as its unit was drawn.
double weighted_area(const std::vector<RankedItem>& rising, const std::vector<double>& times) {
  double area = 0, below = 0, positives = 0;  // below: items of the first class so far
  for (std::size_t begin = 0; begin < rising.size();) {
    double tied_positives = 0, tied_others = 0;
    std::size_t end = begin;
    for (; end < rising.size() && rising[end].score == rising[begin].score; ++end) {
      (rising[end].positive ? tied_positives : tied_others) += times[rising[end].unit];
    }
    area += tied_positives * (below + tied_others / 2);
    below += tied_others;
    positives += tied_positives;
    begin = end;
  }
  return area / (below * positives);  // 0 / 0 without one of them
}

std::vector<RankedItem> rising(std::vector<RankedItem> items) {
  std::ranges::stable_sort(items, {}, &RankedItem::score);
  return items;
}

}  // namespace

double area_under_roc(const std::vector<RankedItem>& items) {
  return weighted_area(rising(items), std::vector<double>(units_of(items), 1));
}

std::vector<double> area_under_roc_draws(const std::vector<RankedItem>& items, std::size_t draws,
                                         std::uint64_t seed) {
  const auto ranked = rising(items);
  const std::size_t units = units_of(items);
  std::vector<double> areas;
  std::vector<double> times(units);
  for (std::size_t i = 0; i < draws; ++i) {
    Random random(derive_seed(seed, {i}));
    std::ranges::fill(times, 0);
    for (std::size_t n = 0; n < units; ++n) ++times[random.below(units)];
    areas.push_back(weighted_area(ranked, times));
  }
  return areas;
}

}  // namespace aver
