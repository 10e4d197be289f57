#include "eval/system_pairs.h"

#include <utility>

#include "base/parallel.h"
#include "eval/confusion.h"

namespace aver {
namespace {

Scores scores_on(const ItemAnswers& answers, const std::vector<std::size_t>& truths,
                 const std::vector<bool>& taken, const std::vector<std::string>& classes) {
  ConfusionMatrix matrix(classes);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (taken[i]) matrix.add(truths[i], answers[i].value());
  }
  return score(matrix);
}

SystemPair compared(const ItemAnswers& one, const ItemAnswers& other,
                    const std::vector<std::size_t>& truths, const std::vector<bool>& taken) {
  SystemPair pair;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (!taken[i]) continue;
    const bool one_right = one[i] == truths[i], other_right = other[i] == truths[i];
    pair.only_one += one_right && !other_right ? 1 : 0;
    pair.only_other += other_right && !one_right ? 1 : 0;
  }
  pair.mcnemar_p = mcnemar_exact(pair.only_one, pair.only_other);
  return pair;
}

}  // namespace

std::vector<SystemPair> compare_systems(const std::vector<ItemAnswers>& systems,
                                        const std::vector<std::size_t>& positions,
                                        const std::vector<std::size_t>& truths,
                                        const std::vector<bool>& taken,
                                        const std::vector<std::string>& classes) {
  std::vector<Scores> scores;
  for (const std::size_t position : positions) {
    scores.push_back(scores_on(systems[position], truths, taken, classes));
  }
  std::vector<SystemPair> pairs;
  for (std::size_t a = 0; a < positions.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      pairs.push_back(compared(systems[positions[a]], systems[positions[b]], truths, taken));
      pairs.back().one = positions[a];
      pairs.back().other = positions[b];
      pairs.back().accuracy = scores[a].accuracy - scores[b].accuracy;
      pairs.back().uar = scores[a].uar - scores[b].uar;
    }
  }
  return pairs;
}

void add_differences(std::vector<SystemPair>& pairs, const std::vector<BootstrapDraws>& draws,
                     std::size_t workers) {
  const auto worker = [&] {
    return [&](std::size_t i) {
      const BootstrapDraws &one = draws[pairs[i].one], &other = draws[pairs[i].other];
      return std::pair(paired_difference(one.accuracy, other.accuracy),
                       paired_difference(one.uar, other.uar));
    };
  };
  parallel_map(pairs.size(), workers, worker, [&](std::size_t i, auto differences) {
    pairs[i].accuracy_difference = differences.first;
    pairs[i].uar_difference = differences.second;
  });
}

std::optional<SystemPair> find_pair(const std::vector<SystemPair>& pairs, std::size_t one,
                                    std::size_t other) {
  for (SystemPair pair : pairs) {
    if (pair.one == one && pair.other == other) return pair;
    if (pair.one != other || pair.other != one) continue;
    std::swap(pair.one, pair.other);
    std::swap(pair.only_one, pair.only_other);
    pair.accuracy = -pair.accuracy;
    pair.uar = -pair.uar;
    for (auto* difference : {&pair.accuracy_difference, &pair.uar_difference}) {
      if (!*difference) continue;
      Interval& interval = (*difference)->interval;
      interval = {-interval.high, -interval.low};
    }
    return pair;
  }
  return std::nullopt;
}

UnitOutcomes outcomes_of(const ItemAnswers& answers, const std::vector<std::size_t>& truths,
                         const std::vector<std::size_t>& unit_of_item, std::size_t units,
                         const std::vector<bool>& taken, std::size_t classes) {
  UnitOutcomes outcomes(units, classes);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (answers[i] && taken[i]) outcomes.add(unit_of_item[i], truths[i], *answers[i] == truths[i]);
  }
  return outcomes;
}

}  // namespace aver
