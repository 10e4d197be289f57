#pragma once

#include <set>
#include <string>

#include "base/files.h"

namespace aver {

class Network;
class Options;

/// What training begins with in place of drawn weights: those of another model, or of an encoder
/// that was trained elsewhere.
struct StartOptions {
  fs::path file;         ///< safetensors; empty = weights are drawn
  std::string known_by;  ///< name, size and fingerprint of that file
  double rate = 1;       ///< what the rate of its weights is multiplied with; 0 = they stay

  void describe(Options& options);
};

/// Puts each weight of the file into the network that has one of its name and shape; those of a
/// model of aver are what it stores of its network, in whatever precision. With a rate of 0 they
/// require no gradient any more; statistics of batch normalisation follow the new data all the
/// same. Returns the names of the network's tensors that are now the file's. Throws Error that
/// names the file: unreadable, not finite, a mean of several networks, without one weight that
/// fits, or with all of them where none may be trained.
std::set<std::string> start_from(Network& network, const StartOptions& options);

}  // namespace aver
