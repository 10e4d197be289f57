#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aver {

/// An item of two classes and how surely it was said to be of the second.
struct RankedItem {
  double score = 0;
  bool positive = false;  ///< is of the second class
  std::size_t unit = 0;   ///< whose it is, for a bootstrap: from 0
};

/// The area under the receiver operating characteristic: how often an item of the second class has
/// a higher score than one of the first, ties counting half (Mann & Whitney 1947). NaN where one of
/// the classes has no item.
double area_under_roc(const std::vector<RankedItem>& items);

/// The same of as many units as there are, drawn with replacement `draws` times, as bootstrap()
/// draws them from equal seeds.
std::vector<double> area_under_roc_draws(const std::vector<RankedItem>& items, std::size_t draws,
                                         std::uint64_t seed);

}  // namespace aver
