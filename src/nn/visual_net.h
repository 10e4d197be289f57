#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// The visual network of the paper, initialised as Keras does (see initialise_like_keras) from
/// `seed`. Throws UsageError when the options cannot work.
std::shared_ptr<Network> make_visual_net(VisualNetOptions options, std::uint64_t seed);

}  // namespace aver
