#include "runs/seed_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "eval/confusion.h"
#include "eval/folds.h"
#include "eval/ranking.h"
#include "eval/significance.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "runs/tested_rows.h"
#include "store/predictions.h"

namespace aver {
namespace {

constexpr std::size_t kDraws = 2000;

std::vector<fs::path> folders_of(const std::vector<fs::path>& runs, int seed) {
  std::vector<fs::path> folders;
  for (const fs::path& run : runs) folders.push_back(seed_folder(run, seed));
  return folders;
}

/// Of two classes: how surely each row is of the second.
std::vector<RankedItem> ranked(const TestedRows& tested) {
  std::vector<RankedItem> items;
  for (std::size_t i = 0; i < tested.units.size(); ++i) {
    const Prediction& row = tested.rows.rows[i];
    items.push_back({row.probabilities[1], row.label == tested.rows.classes[1], tested.units[i]});
  }
  return items;
}

/// The mean over the seeds, of each draw of units the same; NaN where a seed has one class alone.
std::vector<double> mean_area_draws(const std::vector<std::vector<RankedItem>>& seeds) {
  std::vector<double> mean(kDraws);
  for (const auto& items : seeds) {
    const auto draws = area_under_roc_draws(items, kDraws, 42);
    for (std::size_t i = 0; i < kDraws; ++i)
      mean[i] += draws[i] / static_cast<double>(seeds.size());
  }
  return mean;
}

}  // namespace

SeedScores score_seeds(const std::vector<fs::path>& runs, const std::vector<int>& seeds,
                       const std::string& unit) {
  SeedScores scores;
  std::vector<UnitOutcomes> outcomes;
  std::vector<double> accuracies, uars, areas;
  std::vector<std::vector<RankedItem>> of_two_classes;  // of each seed
  bool speakers = false;
  for (const int seed : seeds) {
    const TestedRows tested = read_test_rows(folders_of(runs, seed));
    scores.text += score_line(fmt::format("seed {}", seed), tested.rows, Role::test, unit);
    if (tested.units.empty()) continue;
    const Scores own = score(confusion_of(tested.rows, Role::test));
    scores.json["seeds"].push_back({{"seed", seed}, {"accuracy", own.accuracy}, {"uar", own.uar}});
    accuracies.push_back(own.accuracy);
    uars.push_back(own.uar);
    outcomes.push_back(outcomes_of(tested));
    if (tested.rows.classes.size() == 2) {
      of_two_classes.push_back(ranked(tested));
      areas.push_back(area_under_roc(of_two_classes.back()));
      if (!std::isnan(areas.back())) scores.json["seeds"].back()["auc"] = areas.back();
    }
    speakers = tested.speakers;
  }
  if (outcomes.empty()) return scores;
  const auto draws = bootstrap(outcomes, kDraws, 42);
  nlohmann::json& mean = scores.json["mean_of_seeds"];
  std::vector<std::string> with_seeds;
  const auto add = [&](const std::string& name, const std::vector<double>& values,
                       std::vector<double> BootstrapDraws::*which) {
    const auto over_seeds = mean_of_folds(values).value();
    const Interval interval = mean_interval(draws, which);
    mean[name] = over_seeds.mean;
    mean[name + "_deviation"] = over_seeds.deviation;
    mean[name + "_interval"] = {interval.low, interval.high};
    const Interval both = mean_interval_of_drawn(draws, which, 42);
    mean[name + "_interval_with_seeds"] = {both.low, both.high};
    with_seeds.push_back(fmt::format("{:.2f} to {:.2f}", 100 * both.low, 100 * both.high));
    return fmt::format("{:.2f} ± {:.2f} % ({:.2f} to {:.2f})", 100 * over_seeds.mean,
                       100 * over_seeds.deviation, 100 * interval.low, 100 * interval.high);
  };
  const std::string accuracy = add("accuracy", accuracies, &BootstrapDraws::accuracy);
  const std::string uar = add("uar", uars, &BootstrapDraws::uar);
  mean["resampled"] = speakers ? "speakers" : unit;
  scores.text += fmt::format("  {:<34} accuracy {}, UAR {}; 95 % over {}\n",
                             "mean ± sd of the seeds", accuracy, uar, speakers ? "speakers" : unit);
  scores.text += fmt::format("  {:<34} accuracy {} %, UAR {} %\n", "95 % over the seeds as well",
                             with_seeds[0], with_seeds[1]);
  const auto has_area = [](double area) { return !std::isnan(area); };
  if (!areas.empty() && std::ranges::all_of(areas, has_area)) {
    const auto over_seeds = mean_of_folds(areas).value();
    const Interval interval = percentile_interval(mean_area_draws(of_two_classes));
    mean["auc"] = over_seeds.mean;
    mean["auc_deviation"] = over_seeds.deviation;
    mean["auc_interval"] = {interval.low, interval.high};
    scores.text +=
        fmt::format("  {:<34} {:.3f} ± {:.3f} ({:.3f} to {:.3f})\n", "AUC, mean ± sd of the seeds",
                    over_seeds.mean, over_seeds.deviation, interval.low, interval.high);
  }
  return scores;
}

}  // namespace aver
