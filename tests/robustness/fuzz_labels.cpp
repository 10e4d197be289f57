// A map of labels.
#include "corpus/label_map.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  answered(text_of(data, size), [&] {
    const LabelMap labels(put(own_folder() / "labels.toml", text_of(data, size)));
    require(!labels.empty(), "a map of nothing");
    labels.name("calm");
  });
  return 0;
}
