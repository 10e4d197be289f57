#include "eval/fusion.h"

#include <algorithm>

#include "base/error.h"

namespace aver {

bool complete(const ModalityDistributions& answers) {
  return std::none_of(answers.begin(), answers.end(),
                      [](const auto& answer) { return answer.empty(); });
}

std::vector<FusionFitClip> complete_clips(const std::vector<FusionFitClip>& clips) {
  std::vector<FusionFitClip> whole;
  for (const FusionFitClip& clip : clips) {
    if (complete(clip.answers)) whole.push_back(clip);
  }
  return whole;
}

Fused fuse(const ReadyRule& rule, const ModalityDistributions& answers) {
  ModalityDistributions present;
  std::vector<std::size_t> modalities;  // of those present
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].empty()) continue;
    present.push_back(answers[i]);
    modalities.push_back(i);
  }
  if (present.empty()) throw Error("cannot fuse: no modality has a prediction");
  for (const auto& answer : present) {
    if (answer.size() == present.front().size()) continue;
    throw Error("cannot fuse a distribution over {} classes with one over {}",
                present.front().size(), answer.size());
  }
  Fused fused = present.size() == 1
                    ? Fused{{present.front().begin(), present.front().end()}, 0, false}
                    : rule.fuse(present);
  if (fused.decided_by) fused.decided_by = modalities[*fused.decided_by];
  fused.fell_back = present.size() < answers.size();
  return fused;
}

void weighted_average(const ModalityDistributions& answers, std::span<const double> weights,
                      std::span<double> average) {
  std::transform(answers[0].begin(), answers[0].end(), average.begin(),
                 [&](double p) { return weights[0] * p; });
  for (std::size_t i = 1; i < answers.size(); ++i) {
    std::transform(average.begin(), average.end(), answers[i].begin(), average.begin(),
                   [&](double sum, double p) { return sum + weights[i] * p; });
  }
}

}  // namespace aver
