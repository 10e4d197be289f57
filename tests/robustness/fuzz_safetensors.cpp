// A safetensors file: models and checkpoints.
#include "robustness.h"
#include "store/safetensors.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  answered(text_of(data, size), [&] {
    const Safetensors content = parse_safetensors(std::string(text_of(data, size)), "input");
    const Safetensors again = parse_safetensors(safetensors_bytes(content, "again"), "again");
    require(again.metadata == content.metadata, "other metadata after writing it");
    require(again.tensors.size() == content.tensors.size(), "other tensors after writing them");
    for (const auto& [name, tensor] : content.tensors) {
      const TensorBytes& other = again.tensors.at(name);
      require(
          other.dtype == tensor.dtype && other.shape == tensor.shape && other.bytes == tensor.bytes,
          "another tensor after writing it");
    }
  });
  return 0;
}
