#pragma once

#include <cstdint>

#include "explain/attribution.h"

namespace aver {

// Whether an attribution says something of the network: pictures of this kind look convincing also
// where they do not.

/// What becomes of the answer when places are taken away (Petsiuk et al., BMVC 2018). They become
/// what absent() says.
class Deletion {
 public:
  /// `network` must be there as long as this is.
  Deletion(Network& network, NetworkInput input, std::int64_t target);

  /// The mean probability of the class over items of which more and more places are taken away, the
  /// most important first, from none to all in equal steps: the lower, the more the answer hung on
  /// them. `places` as Attribution has them, of features perhaps as far as the clip goes alone.
  double area(const torch::Tensor& places) const;
  /// The mean of that over importances drawn at random from `seed`, which are as coarse as the
  /// attribution's.
  double random_area(const Attribution& attribution, std::uint64_t seed) const;

 private:
  double probability(const torch::Tensor& values) const;

  Network& network_;
  NetworkInput input_;
  std::int64_t target_;
  torch::Tensor nothing_;  ///< what stands where something was taken away
  double ends_;            ///< the probabilities with all and with nothing, added up
};

/// Pearson's correlation of what two attributions call important; 0 where one calls nothing so.
double correlation(const Attribution& one, const Attribution& other);

/// Puts each tensor's weights into another order, drawn from `seed`: a network that has learnt
/// nothing, with numbers of the same size.
void shuffle_weights(Network& network, std::uint64_t seed);

}  // namespace aver
