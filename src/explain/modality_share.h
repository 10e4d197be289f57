#pragma once

#include <vector>

#include "prediction/clip_fusion.h"

namespace aver {

/// What each modality adds to the fused probability of a class: Shapley's values (1953), where an
/// answer without a modality is the other's alone, and one without any gives each class the same.
/// They add up to the fused probability less that of chance; a negative one speaks against it.
struct ModalityShares {
  double visual = 0;
  double audio = 0;
};

/// Of distributions over the classes of `fusion`; an empty one is a missing modality.
ModalityShares modality_shares(const ClipFusion& fusion, const std::vector<double>& visual,
                               const std::vector<double>& audio, std::size_t target);

}  // namespace aver
