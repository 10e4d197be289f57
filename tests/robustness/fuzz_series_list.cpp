// A list of series that stand side by side.
#include "robustness.h"
#include "series/side_by_side.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const fs::path path = put(own_folder() / "series.toml", input);
  answered(input, [&] {
    const auto parts = read_series_list(path, {});
    require(!parts.empty(), "a list of nothing");
    for (const SeriesPart& part : parts) {
      require(!part.name.empty() && part.input.is_absolute(), "a series without name or place");
    }
  });
  return 0;
}
