#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// The audio network of the paper, initialised as Keras does (see initialise_like_keras) from
/// `seed`. Throws UsageError when the options cannot work.
std::shared_ptr<Network> make_audio_net(AudioNetOptions options, std::uint64_t seed);

}  // namespace aver
