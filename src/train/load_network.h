#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "nn/network.h"
#include "runs/model_file.h"

namespace aver {

/// The network a model file describes, with its weights, ready to predict; of one with two heads
/// the one that its classes name. Throws Error that names the file, and the weights when some are
/// not finite. Options that ask for other sizes than the weights have are refused before memory is
/// taken for them.
std::shared_ptr<Network> load_network(const ModelFile& model, const std::string& source,
                                      const torch::Device& device);

/// Throws Error: the model named so answers with values that are infinite or no numbers, though its
/// weights are none.
[[noreturn]] void refuse_answers_of(const std::string& source);

}  // namespace aver
