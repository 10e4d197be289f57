#include "fusion/new_people.h"

namespace aver {

FittedFusion fusion_for_new_people(const FusionResults& results,
                                   const std::vector<FusionClip>& clips) {
  FittedFusion fusion;
  fusion.rule = results.choice.rule->name;
  fusion.modalities = results.modalities();
  fusion.classes = results.classes;
  fusion.temperatures = results.choice.scaled;
  if (results.choice.fitted()) {
    const auto [fit, fitted_on] =
        fit_for_new_people(*results.choice.rule, results.choice.scaled, clips, results.classes,
                           fusion.modalities, results.fits);
    fusion.of_modalities = fit.temperatures;
    fusion.parameters = fit.rule.parameters;
    fusion.fitted_on = fitted_on;
  }
  if (results.sets) fusion.conformal = {results.sets->alpha, results.sets->threshold};
  return fusion;
}

}  // namespace aver
