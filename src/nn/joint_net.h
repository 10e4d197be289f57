#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// One network for several series of a clip that stand side by side, such as a face and a voice:
/// for each a dense layer over each step and a bidirectional GRU; each step of a series then
/// attends to those of the others (scaled dot products, Vaswani et al. 2017, one head), and what
/// that says is added; means and deviations by attention of all series go to one dense layer.
///
/// In training one series of a clip is now and then away, which is zeros: the mean of the training
/// part once features are standardised. So the network answers where one is missing. Of one series
/// alone it is the GRU of series_nets.h. Throws UsageError when the options cannot work.
std::shared_ptr<Network> make_joint_net(SeriesJointOptions options, std::uint64_t seed);

}  // namespace aver
