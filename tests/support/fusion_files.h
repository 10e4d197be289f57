#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "eval/fitted_fusion.h"

namespace aver::test {

inline const std::vector<std::string> kEmotions = {"neutral", "calm",    "happy",   "sad",
                                                   "angry",   "fearful", "disgust", "surprised"};

/// A calibrated product as aver-evaluate-fusion fits one; `threshold` below 0 = no sets.
inline FittedFusion calibrated(const std::vector<std::string>& classes, double threshold) {
  FittedFusion fusion;
  fusion.rule = "calibrated-product";
  fusion.modalities = {"audio", "visual"};
  fusion.classes = classes;
  fusion.of_modalities = {2, 4};
  fusion.parameters = {1, 1, 2};
  fusion.fitted_on = "the 96 clips of 4 folds";
  if (threshold >= 0) fusion.conformal = {.1, threshold};
  return fusion;
}

inline std::string written(const fs::path& path, const FittedFusion& fusion) {
  write_file(path, json_of(fusion).dump());
  return path.string();
}

}  // namespace aver::test
