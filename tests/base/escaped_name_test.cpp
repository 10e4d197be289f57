#include "base/escaped_name.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/csv.h"
#include "base/json_bytes.h"
#include "base/spreadsheet.h"

namespace aver {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kNames = {
    "",       "happy",     "=q.wav",  "'=q.wav", "''=q.wav", "'q.wav",         "-0.5",
    "'-0.5",  "-5x",       "@a",      "\tx",     "\r=x",     "a\x1b[2J",       "a\\x1B[2J",
    "a\\x5C", "a\\x5Cx1B", "\xe4",    "\\xE4",   "\\x5CxE4", "D:\\a\\x1B.wav", "a\\b\x1b",
    "a\\",    "\\",        "Sänger",  "a\nb",    "\x1b\\",   "'\\xE4",         "'=\x1b",
    "\\xe4",  "\\x1",      "x,\"y\"", "+1",      "+1-1",     "\xe2\x80\xae"};

TEST(EscapedName, EveryNameReadsBackAndNoTwoLookAlike) {
  std::set<std::string> shown;
  for (const std::string& name : kNames) {
    const std::string text = escaped_name(name);
    EXPECT_EQ(unescaped_name(text), name) << text;
    EXPECT_TRUE(shown.insert(text).second) << text;
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
  EXPECT_EQ(escaped_name("D:\\a\\b.wav"), "D:\\a\\b.wav");
}

TEST(EscapedName, OfCellsToo) {
  CsvTable table{kNames, {kNames}, ""};
  const std::string text = spreadsheet_csv(table);
  const CsvTable read = parse_csv(text, "table");
  EXPECT_EQ(read.header, kNames);
  EXPECT_EQ(read.rows, table.rows);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr(",=")));
  std::set<std::string> shown;
  for (const std::string& name : kNames) shown.insert(spreadsheet_cell(name));
  EXPECT_EQ(shown.size(), kNames.size());
}

TEST(EscapedName, InJsonNoTwoLookAlikeEither) {
  std::set<std::string> shown;
  for (const std::string& name : kNames) {
    const nlohmann::ordered_json json = {{"clip", name_for_json(name)}};
    EXPECT_TRUE(shown.insert(shown_json(json)).second) << shown_json(json);
  }
  EXPECT_EQ(name_for_json("a\x1b"), "a\x1b") << "JSON writes that itself";
  EXPECT_EQ(shown_json(nlohmann::json{{"a\xe4", {"b\xf6", "\xc3\xa4", 1}}}),
            R"({"a\\xE4":["b\\xF6","ä",1]})");
}

}  // namespace
}  // namespace aver
