#include "base/json_bytes.h"

#include <gmock/gmock.h>

namespace aver {
namespace {

using nlohmann::json;

TEST(JsonBytes, TextsThatAreUtf8AreWrittenAsTheyAre) {
  const json object = {{"name", "gr\u00fc\u00dfe"}, {"list", {1, "two"}}};
  EXPECT_EQ(dump_keeping_bytes(object), object.dump());
  EXPECT_EQ(restore_bytes(json::parse(object.dump())), object);
}

TEST(JsonBytes, OthersComeBackByteByByte) {
  const std::string every = [] {
    std::string bytes;
    for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
  }();
  const json object = {{"name", every},
                       {"utf8", "gr\u00fc\u00dfe"},
                       {"inner", {{"k\xfcr", json::array({"f\xfcr", 3, nullptr})}}}};
  const json parsed = json::parse(dump_keeping_bytes(object, 2));
  EXPECT_EQ(parsed["encoding"], "latin-1");
  EXPECT_EQ(restore_bytes(parsed), object);
}

}  // namespace
}  // namespace aver
