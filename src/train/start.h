#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "runs/trained_on.h"

namespace aver {

class Network;
struct ModelFile;
class Options;

/// What training begins with in place of drawn weights: those of another model, or of an encoder
/// that was trained elsewhere.
struct StartOptions {
  fs::path file;         ///< safetensors; empty = weights are drawn
  std::string known_by;  ///< name, size and fingerprint of that file
  double rate = 1;       ///< what the rate of its weights is multiplied with; 0 = they stay

  bool none() const { return file.empty(); }
  void describe(Options& options);
  /// Throws Error that names the file where it cannot be begun with, whatever the network is.
  void check() const;
};

/// "Training began with the weights of NAME, MARK", of a model's record of its training; "" of one
/// whose weights were drawn.
std::string start_note(const nlohmann::json& training);

/// What a network has begun with.
struct Start {
  std::set<std::string> taken;  ///< the network's tensors that are the file's
  std::string remark;           ///< how many weights those are, and which were drawn
  bool is_little = false;       ///< they are fewer than those that were drawn
  std::string note;             ///< under tables: "Training began with the weights of NAME, MARK"
  TrainedOn people;             ///< whom those had met, where a model of aver says so
};

/// Puts each weight of the file into the network that has one of its name and shape, in whatever
/// precision; those of the output only where the file is a model of the same classes, and the
/// same levels, as `model`. With a rate
/// of 0 they require no gradient any more; statistics of batch normalisation follow the new data
/// all the same. Throws Error that names the file: unreadable, another than it is known by, not
/// finite, a mean of several networks, without one weight that fits, or with all of them where none
/// may be trained.
Start start_from(Network& network, const StartOptions& options, const ModelFile& model);

}  // namespace aver
