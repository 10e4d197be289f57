// A body of a form with files, as browsers send it: the header's value up to the first line end,
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
    for (const FormFile& file : files_in_form(body, type, 16)) {
      const std::string_view bytes = file.bytes;
      require(bytes.empty() || (bytes.data() >= body.data() &&
                                bytes.data() + bytes.size() <= body.data() + body.size()),
              "a file that is no part of the body");
    }
  });
  return 0;
}
