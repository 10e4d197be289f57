#include "eval/stacked_rule.h"

#include "eval/logistic_regression.h"

namespace aver {
namespace {

void append_all(std::vector<double>& features, const ModalityDistributions& answers) {
  for (const auto& answer : answers) features.insert(features.end(), answer.begin(), answer.end());
}

}  // namespace

ReadyRule make_stacked(const std::vector<FusionFitClip>& clips, std::size_t classes) {
  std::vector<double> features;
  std::vector<std::size_t> truths;
  for (const FusionFitClip& clip : clips) {
    if (!complete(clip.answers)) continue;
    append_all(features, clip.answers);
    truths.push_back(clip.truth);
  }
  const std::size_t modalities = clips.empty() ? 0 : clips.front().answers.size();
  const auto model = LogisticRegression::fit(features, modalities * classes, truths, classes);
  const auto fuse = [model](const ModalityDistributions& answers) {
    std::vector<double> row;
    append_all(row, answers);
    return Fused{model.predict(row), std::nullopt, false};
  };
  return {fuse, {}};
}

}  // namespace aver
