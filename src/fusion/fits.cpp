#include "fusion/fits.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/parallel.h"
#include "eval/confusion.h"
#include "fusion/modalities.h"
#include "fusion/scope.h"

namespace aver {
namespace {

/// What every fit needs.
struct FitData {
  const std::vector<FusionClip>& clips;
  const std::vector<std::string>& modalities;
  std::vector<std::size_t> truths;
  std::vector<std::size_t> groups;  ///< a speaker, or a clip by itself
  std::size_t classes;
};

FitData fit_data(const std::vector<FusionClip>& clips, const std::vector<std::string>& classes,
                 const std::vector<std::string>& modalities) {
  FitData data{clips, modalities, {}, BootstrapUnits(clips).unit_of_clip, classes.size()};
  const ConfusionMatrix names(classes);
  for (const FusionClip& clip : clips) data.truths.push_back(names.index_of(clip.label));
  return data;
}

/// The clips at these places with these modalities alone.
std::vector<FusionFitClip> fit_clips(const FitData& data, const std::vector<std::size_t>& places,
                                     const Modalities& modalities) {
  std::vector<FusionFitClip> result;
  for (const std::size_t i : places) {
    FusionFitClip clip{{}, data.truths[i], data.groups[i]};
    for (const std::size_t m : modalities) {
      clip.answers.push_back(data.clips[i].answers[m].probabilities());
    }
    result.push_back(std::move(clip));
  }
  return result;
}

bool validated_all(const FusionClip& clip) {
  return std::all_of(clip.answers.begin(), clip.answers.end(), [](const auto& answer) {
    return !answer.missing() && answer.seen == Seen::validated;
  });
}

/// The folds, when every clip stands in the one that tests it and there are several.
std::vector<int> folds_of(const std::vector<FusionClip>& clips) {
  std::vector<int> folds;
  for (const FusionClip& clip : clips) {
    if (!clip.fold || clip.any_seen(Seen::trained) || clip.any_seen(Seen::validated)) return {};
    folds.push_back(*clip.fold);
  }
  std::sort(folds.begin(), folds.end());
  folds.erase(std::unique(folds.begin(), folds.end()), folds.end());
  return folds.size() > 1 ? folds : std::vector<int>();
}

/// One fit for each set of modalities and each list of clips, side by side.
void fit_all(FusionFits& result, const FitData& data, const std::set<Modalities>& sets,
             const std::vector<std::vector<std::size_t>>& places, std::size_t workers) {
  std::vector<std::pair<Modalities, std::size_t>> jobs;
  for (const Modalities& modalities : sets) {
    for (std::size_t i = 0; i < places.size(); ++i) jobs.emplace_back(modalities, i);
  }
  const auto worker = [&] {
    return [&](std::size_t job) {
      const auto& [modalities, index] = jobs[job];
      std::vector<std::string> names;
      for (const std::size_t m : modalities) names.push_back(data.modalities[m]);
      return fit_fusion(fit_clips(data, places[index], modalities), data.classes, names);
    };
  };
  parallel_map(jobs.size(), workers, worker, [&](std::size_t job, FusionFit fit) {
    result.fits[jobs[job].first].push_back(std::move(fit));
  });
}

FusionFits fit_without_each_fold(const FitData& data, const std::set<Modalities>& sets,
                                 const std::vector<int>& folds, std::size_t workers) {
  FusionFits result;
  std::vector<std::vector<std::size_t>> others(folds.size());
  for (std::size_t i = 0; i < data.clips.size(); ++i) {
    const auto place = std::lower_bound(folds.begin(), folds.end(), *data.clips[i].fold);
    const auto own = static_cast<std::size_t>(place - folds.begin());
    result.fit_of_clip.push_back(own);
    for (std::size_t fold = 0; fold < folds.size(); ++fold) {
      if (fold != own) others[fold].push_back(i);
    }
  }
  fit_all(result, data, sets, others, workers);
  for (const int fold : folds) result.fitted_on.push_back(fmt::format("all folds but {}", fold));
  result.note = fmt::format(
      "Temperatures, weights and coefficients for each of the {} folds were fitted on the others.",
      folds.size());
  return result;
}

/// Why clips that do stand in folds cannot be told apart by them, or "".
std::string trouble_with_folds(const std::vector<FusionClip>& clips) {
  const auto differs = [](const FusionClip& clip) { return clip.folds_differ; };
  const auto lacks = [](const FusionClip& clip) { return !clip.fold && !clip.folds_differ; };
  const auto different = std::find_if(clips.begin(), clips.end(), differs);
  if (different != clips.end()) {
    return fmt::format("{} clips stand in other folds in one table than in {}, {} first",
                       std::count_if(clips.begin(), clips.end(), differs),
                       the_other(different->answers.size()), different->clip);
  }
  const auto without = std::count_if(clips.begin(), clips.end(), lacks);
  if (without == 0 || without == static_cast<std::ptrdiff_t>(clips.size())) return "";
  return fmt::format("{} clips stand in no fold, {} first", without,
                     std::find_if(clips.begin(), clips.end(), lacks)->clip);
}

FusionFits fit_on_validation(const FitData& data, const std::set<Modalities>& sets,
                             std::size_t workers) {
  FusionFits result;
  std::vector<std::size_t> validation;
  for (std::size_t i = 0; i < data.clips.size(); ++i) {
    const bool fitted_on = validated_all(data.clips[i]);
    if (fitted_on) validation.push_back(i);
    result.fit_of_clip.push_back(fitted_on ? std::nullopt : std::optional<std::size_t>(0));
  }
  const bool two = data.modalities.size() == 2;
  if (validation.empty()) {
    throw Error("there are neither several folds nor clips that validated {} models",
                together(data.modalities.size()));
  }
  fit_all(result, data, sets, {validation}, workers);
  result.fitted_on.push_back("the validation clips");
  result.note =
      fmt::format("Temperatures, {} and coefficients were fitted on the {} validation clips.",
                  two ? "weight" : "weights", validation.size());
  return result;
}

/// All sets of two modalities or more that some clip is fused from.
std::set<Modalities> needed_sets(const std::vector<FusionClip>& clips,
                                 std::vector<Modalities> combinations, std::size_t modalities) {
  const Modalities all = all_modalities(modalities);
  combinations.push_back(all);
  std::set<Modalities> sets = {all};
  for (const FusionClip& clip : clips) {
    for (const Modalities& combination : combinations) {
      const Modalities present = present_in(clip, combination);
      if (present.size() > 1) sets.insert(present);
    }
  }
  return sets;
}

}  // namespace

Modalities all_modalities(std::size_t count) {
  Modalities result(count);
  std::iota(result.begin(), result.end(), std::size_t{0});
  return result;
}

Modalities present_in(const FusionClip& clip, const Modalities& among) {
  Modalities present;
  for (const std::size_t m : among) {
    if (!clip.answers[m].missing()) present.push_back(m);
  }
  return present;
}

const std::vector<FusionFit>& FusionFits::of_all() const {
  static const std::vector<FusionFit> kNone;
  const auto longest = std::max_element(
      fits.begin(), fits.end(),
      [](const auto& one, const auto& other) { return one.first.size() < other.first.size(); });
  return longest == fits.end() ? kNone : longest->second;
}

FitForNewPeople fit_for_new_people(const FusionRule& rule, bool with_temperatures,
                                   const std::vector<FusionClip>& clips,
                                   const std::vector<std::string>& classes,
                                   const std::vector<std::string>& modalities,
                                   const FusionFits& fits) {
  if (fits.of_all().size() == 1) {
    const FusionFit& only = fits.of_all().front();
    return {{only.temperatures, only.ready(rule, with_temperatures)}, fits.fitted_on.front()};
  }
  std::vector<std::size_t> all(clips.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const FitData data = fit_data(clips, classes, modalities);
  return {fit_rule(rule, with_temperatures, fit_clips(data, all, all_modalities(modalities.size())),
                   classes.size(), modalities),
          fmt::format("the {} clips of {} folds", clips.size(), fits.of_all().size())};
}

FusionFits fit_fusion_rules(const std::vector<FusionClip>& clips,
                            const std::vector<std::string>& classes,
                            const std::vector<std::string>& modalities,
                            const std::vector<Modalities>& combinations, std::size_t workers) {
  const FitData data = fit_data(clips, classes, modalities);
  const auto sets = needed_sets(clips, combinations, modalities.size());
  const auto folds = folds_of(clips);
  try {
    return folds.empty() ? fit_on_validation(data, sets, workers)
                         : fit_without_each_fold(data, sets, folds, workers);
  } catch (const Error& error) {
    FusionFits none;
    none.fit_of_clip.resize(clips.size());
    const std::string trouble = trouble_with_folds(clips);
    none.note = fmt::format("No fitted rules: {}.", trouble.empty() ? error.what() : trouble);
    return none;
  }
}

}  // namespace aver
