#include "eval/significance.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/vector_clones.h"

namespace aver {
namespace {

constexpr std::size_t kDrawsAtATime = 250;

/// The counts of all systems, one row per distinct unit: for every system and class the right ones
/// and all. Single clips are alike by the hundred, so there are far fewer rows than units. Floats
/// hold these whole numbers exactly (below 2^24) and add up several at a time on every CPU.
struct Counts {
  std::size_t systems, classes;
  std::size_t width;  ///< of a row: systems × classes × {right, total}
  std::vector<float> rows;
  std::vector<std::size_t> row_of_unit;
};

Counts counts_of(const std::vector<UnitOutcomes>& systems) {
  Counts counts{systems.size(), systems.front().classes(), 0, {}, {}};
  counts.width = counts.systems * counts.classes * 2;
  std::map<std::vector<float>, std::size_t> known;
  for (std::size_t unit = 0; unit < systems.front().units(); ++unit) {
    std::vector<float> row;
    for (const UnitOutcomes& system : systems) {
      for (std::size_t k = 0; k < counts.classes; ++k) {
        row.push_back(static_cast<float>(system.right(unit, k)));
        row.push_back(static_cast<float>(system.total(unit, k)));
      }
    }
    const auto [entry, fresh] = known.try_emplace(row, known.size());
    if (fresh) counts.rows.insert(counts.rows.end(), row.begin(), row.end());
    counts.row_of_unit.push_back(entry->second);
  }
  return counts;
}

/// The rows' sum, each as often as it was drawn.
void draw(const Counts& counts, std::uint64_t seed, std::vector<float>& times,
          std::vector<float>& sum) {
  Random random(seed);
  const std::size_t units = counts.row_of_unit.size();
  std::fill(times.begin(), times.end(), 0.0F);
  for (std::size_t i = 0; i < units; ++i) ++times[counts.row_of_unit[random.below(units)]];
  std::fill(sum.begin(), sum.end(), 0.0F);
  const float* row = counts.rows.data();
  for (const float count : times) {
    if (count > 0) {
      AVER_INDEPENDENT
      for (std::size_t j = 0; j < counts.width; ++j) sum[j] += count * row[j];
    }
    row += counts.width;
  }
}

struct DrawnScores {
  double accuracy = 0, uar = 0;
};

DrawnScores scores_of(const float* sum, std::size_t classes) {
  double right = 0, total = 0, recalls = 0, with_items = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    const double of_class = sum[2 * k + 1];
    right += sum[2 * k];
    total += of_class;
    if (of_class > 0) {
      recalls += sum[2 * k] / of_class;
      with_items += 1;
    }
  }
  // A draw may hold none of a system's items: 0 / 0, which intervals leave out.
  return {right / total, recalls / with_items};
}

double percentile(std::vector<double>& values, double share) {
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), at, values.end());
  if (below + 1 == values.size()) return *at;
  const double above = *std::min_element(at + 1, values.end());
  return *at + (position - static_cast<double>(below)) * (above - *at);
}

}  // namespace

std::vector<BootstrapDraws> bootstrap(const std::vector<UnitOutcomes>& systems, std::size_t draws,
                                      std::uint64_t seed, std::size_t workers) {
  if (systems.empty()) return {};
  for (const UnitOutcomes& system : systems) {
    if (system.units() != systems.front().units() ||
        system.classes() != systems.front().classes() || system.units() == 0) {
      throw Error("a bootstrap needs systems with the same units and classes, and at least one");
    }
  }
  const Counts counts = counts_of(systems);
  std::vector<BootstrapDraws> result(systems.size());
  for (BootstrapDraws& system : result) {
    system.accuracy.resize(draws);
    system.uar.resize(draws);
  }
  const std::size_t shares = (draws + kDrawsAtATime - 1) / kDrawsAtATime;
  const auto worker = [&] {
    return [&, times = std::vector<float>(counts.rows.size() / counts.width),
            sum = std::vector<float>(counts.width)](std::size_t share) mutable {
      const std::size_t end = std::min(draws, (share + 1) * kDrawsAtATime);
      for (std::size_t i = share * kDrawsAtATime; i < end; ++i) {
        draw(counts, derive_seed(seed, {i}), times, sum);
        for (std::size_t s = 0; s < result.size(); ++s) {
          const DrawnScores scores = scores_of(&sum[s * counts.classes * 2], counts.classes);
          result[s].accuracy[i] = scores.accuracy;
          result[s].uar[i] = scores.uar;
        }
      }
      return true;
    };
  };
  parallel_map(shares, workers, worker, [](std::size_t, bool) {});
  return result;
}

Interval percentile_interval(std::vector<double> values, double level) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) throw Error("an interval needs at least one bootstrap draw");
  const double tail = (1 - level) / 2;
  const double low = percentile(values, tail);
  return {low, percentile(values, 1 - tail)};
}

Interval mean_interval(const std::vector<BootstrapDraws>& systems,
                       std::vector<double> BootstrapDraws::*score) {
  std::vector<double> mean((systems.front().*score).size());
  for (const BootstrapDraws& one : systems) {
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += (one.*score)[i] / static_cast<double>(systems.size());
    }
  }
  return percentile_interval(std::move(mean));
}

Interval mean_interval_of_drawn(const std::vector<BootstrapDraws>& systems,
                                std::vector<double> BootstrapDraws::*score, std::uint64_t seed) {
  std::vector<double> mean((systems.front().*score).size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    Random random(derive_seed(seed, {i, 1}));  // others than those that draw the units
    for (std::size_t n = 0; n < systems.size(); ++n) {
      const BootstrapDraws& drawn = systems[random.below(systems.size())];
      mean[i] += (drawn.*score)[i] / static_cast<double>(systems.size());
    }
  }
  return percentile_interval(std::move(mean));
}

PairedDifference paired_difference(const std::vector<double>& one,
                                   const std::vector<double>& other) {
  if (one.size() != other.size()) throw Error("a paired bootstrap needs the same draws twice");
  std::vector<double> differences(one.size());
  std::transform(one.begin(), one.end(), other.begin(), differences.begin(), std::minus<>());
  std::erase_if(differences, [](double value) { return std::isnan(value); });
  const auto count = [&](auto test) {
    return static_cast<double>(std::count_if(differences.begin(), differences.end(), test) + 1) /
           static_cast<double>(differences.size() + 1);
  };
  const double tail =
      std::min(count([](double d) { return d <= 0; }), count([](double d) { return d >= 0; }));
  return {percentile_interval(std::move(differences)), std::min(1.0, 2 * tail)};
}

double mcnemar_exact(std::size_t only_one, std::size_t only_other) {
  const auto count = static_cast<double>(only_one + only_other);
  double tail = 0;  // of a binomial distribution with p = ½
  for (std::size_t k = 0; k <= std::min(only_one, only_other); ++k) {
    const auto taken = static_cast<double>(k);
    tail += std::exp(std::lgamma(count + 1) - std::lgamma(taken + 1) -
                     std::lgamma(count - taken + 1) - count * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> rising(p.size());
  std::iota(rising.begin(), rising.end(), std::size_t{0});
  std::ranges::stable_sort(rising, {}, [&](std::size_t i) { return p[i]; });
  std::vector<double> corrected(p.size());
  double least = 0;
  for (std::size_t rank = 0; rank < rising.size(); ++rank) {
    const double alone = p[rising[rank]] * static_cast<double>(p.size() - rank);
    least = std::max(least, std::min(1.0, alone));
    corrected[rising[rank]] = least;
  }
  return corrected;
}

}  // namespace aver
