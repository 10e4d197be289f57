#include "prediction/clip_fusion.h"

#include <algorithm>

#include "base/error.h"
#include "eval/conformal.h"

namespace aver {
namespace {

const std::vector<std::string> kModalities = {"audio", "visual"};

/// Where each name of the file's stands among the models' classes. Throws Error unless both hold
/// the same names.
std::vector<std::size_t> places_in(const std::vector<std::string>& classes,
                                   const FittedFusion& fusion, const fs::path& file) {
  std::vector<std::size_t> places;
  for (const std::string& name : fusion.classes) {
    places.push_back(static_cast<std::size_t>(std::ranges::find(classes, name) - classes.begin()));
  }
  if (places.size() != classes.size() || std::ranges::count(places, classes.size()) > 0) {
    throw Error("{} is of the classes {}, and the models know {}: fuse these models' predictions",
                file.string(), fmt::join(fusion.classes, ", "), fmt::join(classes, ", "));
  }
  return places;
}

FittedFusion fusion_of(const RecogniserConfig& config, const std::vector<std::string>& classes) {
  if (!config.fusion.empty()) return read_fitted_fusion(config.fusion);
  FittedFusion fusion;
  fusion.rule = config.rule;
  fusion.modalities = kModalities;
  fusion.classes = classes;
  return fusion;
}

}  // namespace

ClipFusion::ClipFusion(const RecogniserConfig& config, const std::vector<std::string>& classes)
    : fusion_(fusion_of(config, classes)),
      rule_(fusion_.ready()),
      place_(places_in(classes, fusion_, config.fusion)) {
  if (fusion_.modalities != kModalities) {
    throw Error("{} fuses {}, and clips have audio and visual", config.fusion.string(),
                fmt::join(fusion_.modalities, ", "));
  }
}

Fused ClipFusion::fuse(std::span<const double> audio, std::span<const double> visual) const {
  std::vector<std::vector<double>> ordered;  // as the fusion has the classes
  for (const auto& distribution : {audio, visual}) {
    std::vector<double>& values = ordered.emplace_back();
    if (distribution.empty()) continue;
    for (const std::size_t place : place_) values.push_back(distribution[place]);
  }
  Fused fused = fusion_.fuse(rule_, {ordered[0], ordered[1]});
  std::vector<double> probabilities(fused.probabilities.size());
  for (std::size_t k = 0; k < place_.size(); ++k) probabilities[place_[k]] = fused.probabilities[k];
  fused.probabilities = std::move(probabilities);
  return fused;
}

std::vector<std::size_t> ClipFusion::set_of(std::span<const double> fused) const {
  if (!makes_sets()) return {};
  return conformal_set(fused, fusion_.conformal->threshold);
}

}  // namespace aver
