#include "eval/ratio_interval.h"

#include "base/error.h"
#include "base/random.h"

namespace aver {

Interval ratio_interval(const std::vector<double>& above, const std::vector<double>& below,
                        std::size_t draws, std::uint64_t seed) {
  if (above.size() != below.size()) throw Error("a ratio has two values for each unit");
  std::vector<double> ratios(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    Random random(derive_seed(seed, {i}));
    double numerator = 0, denominator = 0;
    for (std::size_t n = 0; n < above.size(); ++n) {
      const std::size_t unit = random.below(above.size());
      numerator += above[unit];
      denominator += below[unit];
    }
    ratios[i] = numerator / denominator;  // 0 / 0 is left out of the interval
  }
  return percentile_interval(std::move(ratios));
}

}  // namespace aver
