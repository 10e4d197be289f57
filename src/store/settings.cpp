#include "store/settings.h"

namespace aver {

std::vector<SettingDifference> differing_settings(const nlohmann::json& one,
                                                  const nlohmann::json& other) {
  nlohmann::json keys = one;
  keys.update(other);
  std::vector<SettingDifference> differences;
  for (const auto& [key, value] : keys.items()) {
    SettingDifference difference{key, one.value(key, nlohmann::json()),
                                 other.value(key, nlohmann::json())};
    if (difference.one != difference.other) differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace aver
