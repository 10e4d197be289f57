#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

#include "store/safetensors.h"

namespace aver {

/// A float32 or int64 tensor as bytes in C order, whatever its memory layout or device.
TensorBytes to_bytes(const torch::Tensor& tensor);
torch::Tensor to_tensor(const TensorBytes& bytes);

/// Parameters and buffers by name.
std::map<std::string, TensorBytes> weights_of(const torch::nn::Module& network);

/// Puts weights into a network. Throws Error that names `source` and the tensor when one is
/// missing, unknown, or of another shape or type.
void load_weights(torch::nn::Module& network, const std::map<std::string, TensorBytes>& weights,
                  const std::string& source);

/// Copies the tensor of this name out of a checkpoint. Throws Error that names `source` and the
/// tensor when it is missing or of another shape.
void restore_tensor(torch::Tensor& tensor, const std::string& name,
                    const std::map<std::string, TensorBytes>& state, const std::string& source);

}  // namespace aver
