#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "eval/fusion_fit.h"
#include "fusion/input.h"

namespace aver {

/// Some of the modalities, by position, rising.
using Modalities = std::vector<std::size_t>;

/// The positions of all modalities when there are `count`.
Modalities all_modalities(std::size_t count);

/// Those of `among` that a clip has.
Modalities present_in(const FusionClip& clip, const Modalities& among);

/// What fusion was fitted on, and which fit each clip may be fused with: never one that has seen
/// it. Where a clip lacks a modality, or only some are fused, a fit to those alone is taken, on the
/// same clips.
struct FusionFits {
  /// Each set of modalities that is needed has one fit per fold, or one in all.
  std::map<Modalities, std::vector<FusionFit>> fits;
  std::vector<std::optional<std::size_t>> fit_of_clip;  ///< none: the clip itself was fitted on
  std::vector<std::string> fitted_on;  ///< per fit: "all folds but 3" or "the validation clips"
  std::string note;                    ///< one sentence: on what, or why on nothing
  bool possible() const { return !fits.empty(); }
  /// The fits to all modalities, which are the ones that are shown.
  const std::vector<FusionFit>& of_all() const;
};

/// One more fit of one rule, to all modalities, for people who were not met: on the clips of all
/// folds where there are several, else that on the validation clips. `fits` must be possible().
struct FitForNewPeople {
  OneFit fit;
  std::string fitted_on;  ///< "the 1440 clips of 5 folds" or "the validation clips"
};
FitForNewPeople fit_for_new_people(const FusionRule& rule, bool with_temperatures,
                                   const std::vector<FusionClip>& clips,
                                   const std::vector<std::string>& classes,
                                   const std::vector<std::string>& modalities,
                                   const FusionFits& fits);

/// When there are two folds or more, each is fused by what was fitted on the test clips of the
/// others; else all is fitted on the clips that validated every model. Where there is neither, or
/// too few, nothing is. Fits are made for all modalities, for what clips with gaps have, and, when
/// `combinations` are asked for, for those too; sets of one need none.
FusionFits fit_fusion_rules(const std::vector<FusionClip>& clips,
                            const std::vector<std::string>& classes,
                            const std::vector<std::string>& modalities,
                            const std::vector<Modalities>& combinations, std::size_t workers);

}  // namespace aver
