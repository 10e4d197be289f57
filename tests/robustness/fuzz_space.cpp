// What aver-sweep tries: a space, its grid and what is drawn of it.
#include "robustness.h"
#include "sweep/space.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const fs::path path = put(own_folder() / "space.toml", input);
  answered(input, [&] {
    const Space space = read_space(path);
    require(!space.options.empty(), "a space in which nothing varies");
    for (std::size_t trial = 0; trial < 3; ++trial) {
      require(drawn_settings(space, 7, trial).size() == space.options.size(),
              "a setting is missing");
    }
    answered(input, [&] { require(!grid_of(space).empty(), "a grid of nothing"); });
  });
  return 0;
}
