#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "eval/fusion.h"
#include "eval/temperature.h"

namespace aver::test {

/// scripts/make_golden_fusion.py: drawn distributions, and what scikit-learn and scipy fit to them.
struct Golden {
  nlohmann::json json = nlohmann::json::parse(read_file(fs::path(AVER_GOLDEN_DIR) / "fusion.json"));
  std::vector<std::size_t> truths = json["truths"];
  std::vector<std::vector<double>> audio = json["audio"], visual = json["visual"];
  std::size_t classes = audio.front().size();
  std::vector<std::string> modalities = {"audio", "visual"};

  std::vector<FusionFitClip> clips() const {
    std::vector<FusionFitClip> result;
    for (std::size_t i = 0; i < truths.size(); ++i) {
      result.push_back({{audio[i], visual[i]}, truths[i]});
    }
    return result;
  }
};

inline std::vector<Labelled> labelled(const std::vector<std::vector<double>>& values,
                                      const std::vector<std::size_t>& truths) {
  std::vector<Labelled> items;
  for (std::size_t i = 0; i < truths.size(); ++i) items.push_back({values[i], truths[i]});
  return items;
}

}  // namespace aver::test
