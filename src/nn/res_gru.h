#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// Log-mel levels to classes: a 5x5 convolution with stride 2, residual blocks of two 3x3
/// convolutions, a bidirectional GRU over the time steps, and the mean and deviation of its states
/// weighed by attention. Padding has no say: it is masked after each layer, in the GRU and in the
/// attention, so that a clip of any length is answered alike however far it is padded. Throws
/// UsageError when the options cannot work.
std::shared_ptr<Network> make_res_gru(ResGruOptions options, std::uint64_t seed);

}  // namespace aver
