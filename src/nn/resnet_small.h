#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// A residual network (He et al. 2016) for pictures of 48 to 64 pixels. Throws UsageError when the
/// options cannot work.
std::shared_ptr<Network> make_resnet_small(ResnetSmallOptions options, std::uint64_t seed);

}  // namespace aver
