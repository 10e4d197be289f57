#pragma once

#include <cstdint>

#include "explanation/attribution.h"

namespace aver {

// Whether an attribution says something of the network: pictures of this kind look convincing also
// where they do not.

/// The mean probability of the class over items of which more and more places are taken away, the
/// most important first, from none to all in equal steps: the lower, the more the answer hung on
/// them (Petsiuk et al., BMVC 2018). A picture's places become its mean colour, those of features
/// zero, the mean of the training part. `places` as Attribution has them, of features perhaps as
/// far as the clip goes alone.
double deletion_area(Network& network, const NetworkInput& input, const torch::Tensor& places,
                     std::int64_t target);

/// The mean of that area over importances drawn at random from `seed`, which are as coarse as the
/// attribution's.
double random_deletion_area(Network& network, const NetworkInput& input,
                            const Attribution& attribution, std::int64_t target,
                            std::uint64_t seed);

/// Pearson's correlation of what two attributions call important; 0 where one calls nothing so.
double correlation(const Attribution& one, const Attribution& other);

/// Puts each tensor's weights into another order, drawn from `seed`: a network that has learnt
/// nothing, with numbers of the same size.
void shuffle_weights(Network& network, std::uint64_t seed);

}  // namespace aver
