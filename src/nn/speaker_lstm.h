#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

/// Levels of mel bands to classes as a speaker encoder hears them (Wan et al. 2018): LSTM layers
/// over their power, named as PyTorch names them, so that the weights of a published encoder can be
/// what training begins with; then mean and deviation of the states over a clip's own steps, a
/// layer norm and one dense layer. Throws UsageError when the options cannot work.
std::shared_ptr<Network> make_speaker_lstm(SpeakerLstmOptions options, std::uint64_t seed);

}  // namespace aver
