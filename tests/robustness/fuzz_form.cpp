// A body of a form with a file, as browsers send it: the header's value up to the first line end,
// then the body.
#include "robustness.h"
#include "serve/upload.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const std::string_view type = input.substr(0, input.find('\n'));
  const std::string_view body = input.substr(std::min(input.size(), type.size() + 1));
  answered(input, [&] {
    const std::string_view file = file_in_form(body, type);
    require(file.empty() || (file.data() >= body.data() &&
                             file.data() + file.size() <= body.data() + body.size()),
            "a file that is no part of the body");
  });
  return 0;
}
