#include "explain/modality_share.h"

#include <algorithm>

namespace aver {

ModalityShares modality_shares(const ClipFusion& fusion, const std::vector<double>& visual,
                               const std::vector<double>& audio, std::size_t target) {
  const double chance = 1.0 / static_cast<double>(std::max(visual.size(), audio.size()));
  const auto of = [&](const std::vector<double>& heard, const std::vector<double>& seen) {
    if (heard.empty() && seen.empty()) return chance;
    return fusion.fuse(heard, seen).probabilities[target];
  };
  const double both = of(audio, visual), seen = of({}, visual), heard = of(audio, {});
  return {(seen - chance + both - heard) / 2, (heard - chance + both - seen) / 2};
}

}  // namespace aver
