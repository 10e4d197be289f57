#include "protocol/split_file.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "corpus/corpus.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What names of RAVDESS's kind say.
ClipTable names() {
  return Corpus().clips();
}

TEST(SplitFile, KeepsNamesAsTheyAreWrittenForTheAudit) {
  TemporaryFolder folder;
  write_file(folder / "s.csv",
             "fold,clip,role\n0,01-01-03-01-01-01-01,train\n0,03-01-03-01-01-01-01,test\n");
  EXPECT_THROW(read_split(folder / "s.csv", names()), Error) << "one clip, twice";
  const auto written = read_split_as_written(folder / "s.csv");
  ASSERT_EQ(written.rows.size(), 2u);
  EXPECT_EQ(written.rows[1].item, "03-01-03-01-01-01-01");
}

TEST(SplitFile, IsReadBackAsItWasWritten) {
  TemporaryFolder folder;
  Split split{"group-3", 0, {}};
  for (int fold = 0; fold < 3; ++fold) {
    for (int actor = 1; actor <= 3; ++actor) {
      const Role role = actor == fold + 1 ? Role::test : Role::train;
      split.rows.push_back({fold, fmt::format("01-03-01-01-01-0{}", actor), role});
    }
  }
  write_split(folder / "split.csv", split);
  const auto back = read_split(folder / "split.csv", names());
  EXPECT_EQ(back.protocol, "group-3");
  ASSERT_EQ(back.rows.size(), split.rows.size());
  EXPECT_EQ(back.rows.back().item, split.rows.back().item);
  EXPECT_EQ(back.rows.back().role, split.rows.back().role);
}

TEST(SplitFile, NamesWhatIsWrong) {
  TemporaryFolder folder;
  const auto reading = [&](const std::string& text) {
    write_file(folder / "s.csv", text);
    try {
      read_split(folder / "s.csv", names());
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(reading("fold,clip\n0,x\n"), HasSubstr("no column 'role'"));
  EXPECT_THAT(reading("fold,clip,role\n0,x,tset\n"), HasSubstr("role 'tset'"));
  EXPECT_THAT(reading("fold,clip,role\nA,x,test\n"), HasSubstr("fold 'A'"));
  EXPECT_THAT(reading("fold,clip,role\n4294967296,x,test\n"), HasSubstr("fold '4294967296'"));
  EXPECT_THAT(reading("fold,clip,role\n0,x,test\n0,x,train\n"), HasSubstr("x twice in fold 0"));
  EXPECT_THAT(reading("fold,clip,role\n"), HasSubstr("has no rows"));
}

TEST(SplitFile, PartsInOtherWordsAreRead) {
  TemporaryFolder folder;
  write_file(folder / "s.csv", "fold,clip,role\n0,x,TEST\n0,y,Training\n0,z, val\n");
  const Split split = read_split_as_written(folder / "s.csv");
  EXPECT_THAT(split.items(0, Role::test), ElementsAre("x"));
  EXPECT_THAT(split.items(0, Role::train), ElementsAre("y"));
  EXPECT_THAT(split.items(0, Role::validation), ElementsAre("z"));
}

TEST(SplitFile, OneThatPandasOrASpreadsheetSavedIsRead) {
  const TemporaryFolder folder;
  write_file(
      folder / "s.csv",
      std::string_view("\xef\xbb\xbf;fold;clip;role\r\n0;1.0;a ;train\r\n1;1.0; b;test\r\n"));
  const Split split = read_split_as_written(folder / "s.csv");
  ASSERT_EQ(split.rows.size(), 2U);
  EXPECT_EQ(split.rows[1].fold, 1);
  EXPECT_EQ(split.items(1, Role::train), std::vector<std::string>{"a"});
  EXPECT_EQ(split.items(1, Role::test), std::vector<std::string>{"b"});
  write_file(folder / "s.csv", std::string_view("fold,clip,role\n1.5,a,train\n"));
  EXPECT_THROW(read_split_as_written(folder / "s.csv"), Error);
}

}  // namespace
}  // namespace aver
