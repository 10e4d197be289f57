// A .npy file, as stages and trainers read features.
#include <cstring>

#include "robustness.h"
#include "store/npy.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  answered(text_of(data, size), [&] {
    const FloatArray array = read_npy(put(own_folder() / "a.npy", text_of(data, size)));
    std::size_t values = 1;
    for (const std::size_t length : array.shape) values *= length;
    require(values == array.values.size(), "a shape that is not that of its values");
    write_npy(own_folder() / "b.npy", array);
    const FloatArray again = read_npy(own_folder() / "b.npy");
    require(again.shape == array.shape, "another shape after writing it");
    require(array.values.empty() || std::memcmp(again.values.data(), array.values.data(),
                                                array.values.size() * sizeof(float)) == 0,
            "other values after writing them");
  });
  return 0;
}
