#include "train/tensors.h"

#include <cstring>

#include "base/error.h"

namespace aver {
namespace {

torch::OrderedDict<std::string, torch::Tensor> state_of(const torch::nn::Module& network) {
  auto state = network.named_parameters();
  for (const auto& buffer : network.named_buffers()) state.insert(buffer.key(), buffer.value());
  return state;
}

}  // namespace

TensorBytes to_bytes(const torch::Tensor& tensor) {
  const auto plain = tensor.detach().to(torch::kCPU).contiguous();
  if (plain.scalar_type() != torch::kFloat32 && plain.scalar_type() != torch::kInt64) {
    throw Error("A tensor of type {} cannot be stored", c10::toString(plain.scalar_type()));
  }
  TensorBytes bytes{plain.scalar_type() == torch::kFloat32 ? "F32" : "I64", plain.sizes().vec(),
                    std::vector<std::byte>(static_cast<std::size_t>(plain.nbytes()))};
  std::memcpy(bytes.bytes.data(), plain.data_ptr(), bytes.bytes.size());
  return bytes;
}

torch::Tensor to_tensor(const TensorBytes& bytes) {
  if (bytes.dtype != "F32" && bytes.dtype != "I64") {
    throw Error("A tensor of type {} cannot be used, only F32 and I64", bytes.dtype);
  }
  auto tensor = torch::empty(bytes.shape, bytes.dtype == "F32" ? torch::kFloat32 : torch::kInt64);
  if (static_cast<std::size_t>(tensor.nbytes()) != bytes.bytes.size()) {
    throw Error("A tensor of shape {} needs {} bytes and has {}", fmt::join(bytes.shape, "x"),
                tensor.nbytes(), bytes.bytes.size());
  }
  std::memcpy(tensor.data_ptr(), bytes.bytes.data(), bytes.bytes.size());
  return tensor;
}

std::map<std::string, TensorBytes> weights_of(const torch::nn::Module& network) {
  std::map<std::string, TensorBytes> weights;
  for (const auto& item : state_of(network)) weights[item.key()] = to_bytes(item.value());
  return weights;
}

void load_weights(torch::nn::Module& network, const std::map<std::string, TensorBytes>& weights,
                  const std::string& source) {
  torch::NoGradGuard no_grad;
  auto state = state_of(network);
  for (const auto& [name, bytes] : weights) {
    if (!state.contains(name)) {
      throw Error("{} holds a tensor \"{}\" that its network does not have", source, name);
    }
  }
  for (auto& item : state) {
    const auto found = weights.find(item.key());
    if (found == weights.end()) throw Error("{} lacks the tensor \"{}\"", source, item.key());
    const auto tensor = to_tensor(found->second);
    if (tensor.sizes() != item.value().sizes() ||
        tensor.scalar_type() != item.value().scalar_type()) {
      throw Error("{}: the tensor \"{}\" is {} {}, its network needs {} {}", source, item.key(),
                  found->second.dtype, fmt::join(tensor.sizes().vec(), "x"),
                  c10::toString(item.value().scalar_type()),
                  fmt::join(item.value().sizes().vec(), "x"));
    }
    item.value().copy_(tensor);
  }
}

void restore_tensor(torch::Tensor& tensor, const std::string& name,
                    const std::map<std::string, TensorBytes>& state, const std::string& source) {
  const auto found = state.find(name);
  if (found == state.end() || to_tensor(found->second).sizes() != tensor.sizes()) {
    throw Error("{} lacks the state \"{}\" or has it in another shape", source, name);
  }
  tensor.copy_(to_tensor(found->second));
}

}  // namespace aver
