#pragma once

#include <cmath>
#include <deque>
#include <vector>

#include "base/random.h"
#include "eval/fusion.h"

namespace aver::test {

/// How sure a drawn modality is: its softmax is of `sharpness` times logits of normal noise, in
/// which the true class has `pull` more. Right posteriors have a sharpness of `pull`.
struct DrawnModality {
  double pull = 1.5;
  double sharpness = 1.5;
};

/// Clips of people, four classes in turn, drawn for every modality on its own.
class DrawnPairs {
 public:
  DrawnPairs(std::uint64_t seed, const std::vector<DrawnModality>& modalities, std::size_t people,
             std::size_t clips_each, std::size_t classes = 4) {
    Random random(seed);
    for (std::size_t person = 0; person < people; ++person) {
      for (std::size_t i = 0; i < clips_each; ++i) {
        FusionFitClip clip{{}, i % classes, person};
        for (const DrawnModality& modality : modalities) {
          clip.answers.push_back(
              values_.emplace_back(drawn(random, modality, i % classes, classes)));
        }
        clips.push_back(std::move(clip));
      }
    }
  }
  DrawnPairs(const DrawnPairs&) = delete;

  std::vector<FusionFitClip> clips;

 private:
  static std::vector<double> drawn(Random& random, const DrawnModality& modality, std::size_t truth,
                                   std::size_t classes) {
    std::vector<double> p(classes);
    double sum = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const double logit = random.normal() + (k == truth ? modality.pull : 0);
      sum += p[k] = std::exp(modality.sharpness * logit);
    }
    for (double& value : p) value /= sum;
    return p;
  }

  std::deque<std::vector<double>> values_;  // spans point into it
};

}  // namespace aver::test
