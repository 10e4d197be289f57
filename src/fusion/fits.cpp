#include "fusion/fits.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/parallel.h"
#include "eval/confusion.h"

namespace aver {
namespace {

std::vector<FusionFitClip> fit_clips(const std::vector<FusionClip>& clips,
                                     const std::vector<std::string>& classes) {
  const ConfusionMatrix names(classes);
  std::vector<FusionFitClip> result;
  for (const FusionClip& clip : clips) {
    result.push_back(
        {distribution(clip.audio), distribution(clip.visual), names.index_of(clip.label)});
  }
  return result;
}

bool any_seen(const FusionClip& clip, Seen seen) {
  return (clip.audio != nullptr && clip.audio_seen == seen) ||
         (clip.visual != nullptr && clip.visual_seen == seen);
}

bool validated_both(const FusionClip& clip) {
  return clip.audio != nullptr && clip.visual != nullptr && clip.audio_seen == Seen::validated &&
         clip.visual_seen == Seen::validated;
}

/// The folds, when every clip stands in the one that tests it and there are several.
std::vector<int> folds_of(const std::vector<FusionClip>& clips) {
  std::vector<int> folds;
  for (const FusionClip& clip : clips) {
    if (!clip.fold || any_seen(clip, Seen::trained) || any_seen(clip, Seen::validated)) return {};
    folds.push_back(*clip.fold);
  }
  std::sort(folds.begin(), folds.end());
  folds.erase(std::unique(folds.begin(), folds.end()), folds.end());
  return folds.size() > 1 ? folds : std::vector<int>();
}

FusionFits fit_without_each_fold(const std::vector<FusionClip>& clips,
                                 const std::vector<FusionFitClip>& all,
                                 const std::vector<int>& folds, std::size_t classes,
                                 std::size_t workers) {
  FusionFits result;
  const auto worker = [&] {
    return [&](std::size_t index) {
      std::vector<FusionFitClip> others;
      for (std::size_t i = 0; i < clips.size(); ++i) {
        if (clips[i].fold != folds[index]) others.push_back(all[i]);
      }
      return fit_fusion(others, classes);
    };
  };
  parallel_map(folds.size(), workers, worker, [&](std::size_t index, FusionFit fit) {
    result.fits.push_back(std::move(fit));
    result.fitted_on.push_back(fmt::format("all folds but {}", folds[index]));
  });
  for (const FusionClip& clip : clips) {
    const auto place = std::lower_bound(folds.begin(), folds.end(), *clip.fold);
    result.fit_of_clip.push_back(static_cast<std::size_t>(place - folds.begin()));
  }
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
    return fmt::format("{} clips stand in other folds in one table than in the other, {} first",
                       std::count_if(clips.begin(), clips.end(), differs), different->clip);
  }
  const auto without = std::count_if(clips.begin(), clips.end(), lacks);
  if (without == 0 || without == static_cast<std::ptrdiff_t>(clips.size())) return "";
  return fmt::format("{} clips stand in no fold, {} first", without,
                     std::find_if(clips.begin(), clips.end(), lacks)->clip);
}

FusionFits fit_on_validation(const std::vector<FusionClip>& clips,
                             const std::vector<FusionFitClip>& all, std::size_t classes) {
  FusionFits result;
  std::vector<FusionFitClip> validation;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const bool fitted_on = validated_both(clips[i]);
    if (fitted_on) validation.push_back(all[i]);
    result.fit_of_clip.push_back(fitted_on ? std::nullopt : std::optional<std::size_t>(0));
  }
  if (validation.empty()) {
    throw Error("there are neither several folds nor clips that validated both models");
  }
  result.fits.push_back(fit_fusion(validation, classes));
  result.fitted_on.push_back("the validation clips");
  result.note =
      fmt::format("Temperatures, weight and coefficients were fitted on the {} validation clips.",
                  validation.size());
  return result;
}

}  // namespace

FusionFits fit_fusion_rules(const std::vector<FusionClip>& clips,
                            const std::vector<std::string>& classes, std::size_t workers) {
  const auto all = fit_clips(clips, classes);
  const auto folds = folds_of(clips);
  try {
    return folds.empty() ? fit_on_validation(clips, all, classes.size())
                         : fit_without_each_fold(clips, all, folds, classes.size(), workers);
  } catch (const Error& error) {
    FusionFits none;
    none.fit_of_clip.resize(clips.size());
    const std::string trouble = trouble_with_folds(clips);
    none.note = fmt::format("No fitted rules: {}.", trouble.empty() ? error.what() : trouble);
    return none;
  }
}

}  // namespace aver
