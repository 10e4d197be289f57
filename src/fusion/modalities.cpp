#include "fusion/modalities.h"

namespace aver {

std::vector<SystemName> system_names(const std::vector<std::string>& modalities) {
  std::vector<SystemName> names;
  for (std::size_t i = 0; i < modalities.size(); ++i) {
    names.push_back({modalities[i], modalities[i], series_of_modality(i)});
  }
  names.push_back({"fused", together(modalities.size()), kFusedSeries});
  return names;
}

std::size_t series_of_modality(std::size_t modality) {
  return modality < kFusedSeries ? modality : modality + 1;
}

std::string together(std::size_t modalities) {
  return modalities == 2 ? "both" : "all";
}

std::string deciding_together(std::size_t modalities) {
  return modalities == 2 ? "both" : "together";
}

std::string the_other(std::size_t modalities) {
  return modalities == 2 ? "the other" : "another";
}

}  // namespace aver
