#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"

namespace aver {

/// A network of valid options, initialised as Keras does from `seed`. Throws UsageError when the
/// options cannot work.
template <typename Net, typename NetOptions>
std::shared_ptr<Network> made_network(NetOptions& options, std::uint64_t seed) {
  require_valid(options);
  auto network = std::make_shared<Net>(options);
  initialise_like_keras(*network, seed);
  return network;
}

}  // namespace aver
