// A model file: what its metadata and tensors say. The input is a safetensors header, which gets
// its length in front and zeros for data, or anything else as it stands.
#include "robustness.h"
#include "runs/model_file.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  std::string file(input);
  if (input.starts_with('{')) {
    std::string length;
    for (int i = 0; i < 8; ++i) length += static_cast<char>(input.size() >> (8 * i) & 0xff);
    file = length + file + std::string(4096, '\0');
  }
  answered(input, [&] {
    const ModelFile model = read_model(put(own_folder() / "model.safetensors", file), "");
    write_model(own_folder() / "again.safetensors", model);
    const ModelFile again = read_model(own_folder() / "again.safetensors", model.kind);
    require(again.classes == model.classes && again.input == model.input &&
                again.network == model.network && again.weights.size() == model.weights.size(),
            "another model after writing it");
  });
  return 0;
}
