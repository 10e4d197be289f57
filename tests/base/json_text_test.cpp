#include "base/json_text.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/checked_size.h"
#include "base/error.h"
#include "base/toml.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

std::string said_of(const std::string& text, const std::function<void(const json&)>& read) {
  try {
    reading_json("x.json", "make it again", [&] { read(parse_json(text)); });
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(JsonText, ReadsWhatIsJson) {
  EXPECT_EQ(parse_json(R"({"a": [1, {"b": null}]})"), (json{{"a", {1, {{"b", nullptr}}}}}));
  EXPECT_EQ(parse_ordered_json(R"({"z": 1, "a": 2})").dump(), R"({"z":1,"a":2})");
  const auto bytes = json::to_cbor(json{{"a", {1, 2}}});
  EXPECT_EQ(parse_cbor(std::string(bytes.begin(), bytes.end())), (json{{"a", {1, 2}}}));
  EXPECT_TRUE(parse_json("{\"a\": ").is_discarded());
  EXPECT_TRUE(parse_json("").is_discarded());
  EXPECT_TRUE(parse_cbor("\xa1\x61").is_discarded());
}

TEST(JsonText, NestsOnlySoDeep) {
  EXPECT_FALSE(parse_json(nested(100, "[", "]")).is_discarded());
  EXPECT_TRUE(parse_json(nested(101, "[", "]")).is_discarded());
  EXPECT_TRUE(parse_json(nested(1'000'000, "[", "]")).is_discarded());
  EXPECT_TRUE(parse_ordered_json(nested(1'000'000, "{\"a\":", "")).is_discarded());
  EXPECT_TRUE(parse_cbor(std::string(1000, '\x81') + '\x01').is_discarded());
}

TEST(JsonText, WholeNumbersAreNeitherCutOffNorTakenRoundTheirEnd) {
  EXPECT_EQ(whole_number<int>(json(-7)), -7);
  EXPECT_EQ(whole_number<std::uint64_t>(json(std::uint64_t{1} << 63)), std::uint64_t{1} << 63);
  const auto reading = [](const std::string& text) {
    return said_of(text, [](const json& value) { whole_number<int>(value); });
  };
  EXPECT_EQ(
      reading("4294967297"),
      "x.json is damaged: 4294967297 is no whole number that could stand there; make it again");
  for (const char* text : {"1.5", "1e300", "-3000000000", "\"1\"", "null"}) {
    EXPECT_THAT(reading(text), HasSubstr("is no whole number")) << text;
  }
}

TEST(JsonText, SaysInWordsWhatAFileLacks) {
  EXPECT_EQ(said_of("{}", [](const json& value) { (void)value.at("stage"); }),
            "x.json is damaged: it has no 'stage'; make it again");
  EXPECT_EQ(said_of("[1]", [](const json& value) { (void)value.at(3); }),
            "x.json is damaged: a list is shorter than it must be; make it again");
  EXPECT_EQ(said_of("[1]", [](const json& value) { (void)value.get<std::string>(); }),
            "x.json is damaged: a value's type must be string, but is array; make it again");
  EXPECT_THAT(said_of("3", [](const json& value) { (void)value.at("stage"); }),
              AllOf(HasSubstr("of another kind"), Not(HasSubstr("json.exception"))));
}

TEST(JsonText, LongValuesAreCutInMessages) {
  EXPECT_EQ(quoted_json("short"), "\"short\"");
  EXPECT_LT(quoted_json(std::string(100'000, 'x')).size(), 250u);
  EXPECT_NO_THROW(quoted_json("caf\xe9"));
}

TEST(CheckedProduct, IsNothingWhereItDoesNotFit) {
  using Lengths = std::vector<std::int64_t>;
  EXPECT_EQ(checked_product(Lengths{20, 40}, 4), 3200u);
  EXPECT_EQ(checked_product(Lengths{}, 4), 4u);
  EXPECT_EQ(checked_product(Lengths{0, 7}), 0u);
  EXPECT_EQ(checked_product(Lengths{20, std::int64_t{1} << 60}), std::nullopt);
  EXPECT_EQ(checked_product(Lengths{20, std::int64_t{1} << 62}), std::nullopt);
  EXPECT_EQ(checked_product(Lengths{0, -1}), std::nullopt);
}

TEST(Toml, RefusesKeysWithoutEnd) {
  test::TemporaryFolder folder;
  const auto said = [&](const std::string& text) -> std::string {
    write_file(folder / "x.toml", text);
    try {
      read_toml(folder / "x.toml");
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing";
  };
  EXPECT_THAT(said("b = 1\n" + nested(100'000, "a.", "") + "a = 1\n"),
              HasSubstr("x.toml, line 2: a key of more than 32 words"));
  EXPECT_THAT(said("[" + nested(50, "a.", "") + "a]\n"), HasSubstr("more than 32 words"));
  EXPECT_THAT(said("x = '''\nit's ''', b = 2\n" + nested(50, "a.", "") + "a = 1\n"),
              HasSubstr("more than 32 words"));
  EXPECT_THAT(said("x = " + nested(100'000, "[", "]") + "\n"), HasSubstr("x.toml, line 1"));
  const std::string dots(200, '.');
  EXPECT_EQ(said("a.b = '" + dots + "'  # " + dots + "\nc = \"\"\"\n" + dots + "\n\"\"\"\n"),
            "nothing");
}

}  // namespace
}  // namespace aver
