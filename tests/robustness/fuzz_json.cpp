// JSON and CBOR, as every file of ours in them is read.
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  answered(input, [&] {
    for (const auto& value : {parse_json(input), parse_cbor(input)}) {
      if (value.is_discarded()) continue;
      quoted_json(value);
      if (!value.is_object()) continue;
      const auto object = restore_bytes(value);
      const auto again = restore_bytes(parse_json(dump_keeping_bytes(object)));
      // Numbers that JSON has no word for become null.
      require(again.is_object() && again.size() == object.size(),
              "another object after writing it");
    }
  });
  const auto ordered = parse_ordered_json(input);
  require(ordered.is_discarded() == parse_json(input).is_discarded(), "one reader takes it only");
  return 0;
}
