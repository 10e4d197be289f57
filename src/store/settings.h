#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace aver {

/// A key that has another value in one object than in the other; null where it is missing.
struct SettingDifference {
  std::string key;
  nlohmann::json one;
  nlohmann::json other;
};

/// Sorted by key.
std::vector<SettingDifference> differing_settings(const nlohmann::json& one,
                                                  const nlohmann::json& other);

}  // namespace aver
