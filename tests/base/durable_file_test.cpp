#include "base/durable_file.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/spreadsheet.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;

TEST(DurableFile, IsWrittenLikeAnyOther) {
  TemporaryFolder folder;
  write_file_durably(folder / "a/b.txt", "first");
  write_file_durably(folder / "a/b.txt", "second");
  EXPECT_EQ(read_file(folder / "a/b.txt"), "second");
  EXPECT_EQ(test::folder_content(folder.path()).size(), 1u);  // nothing hidden is left
  EXPECT_NO_THROW(sync_file_system(folder.path()));
  write_file(folder / "c", "a file");
  EXPECT_THROW(write_file_durably(folder / "c/d.txt", "text"), Error);
}

TEST(DurableFile, LeftOversOfOtherFilesStay) {
  TemporaryFolder folder;
  for (const char* name : {".aver-tmp-0-0-split.csv", ".aver-tmp-0-1-other.csv", "split.csv"}) {
    write_file(folder / name, "text");
  }
  remove_temporaries_of(folder / "split.csv");
  EXPECT_FALSE(fs::exists(folder / ".aver-tmp-0-0-split.csv"));
  EXPECT_TRUE(fs::exists(folder / ".aver-tmp-0-1-other.csv"));
  EXPECT_TRUE(fs::exists(folder / "split.csv"));
}

TEST(Spreadsheet, CellsThatBeginAFormulaBecomeText) {
  EXPECT_EQ(spreadsheet_cell("=1+1"), "'=1+1");
  EXPECT_EQ(spreadsheet_cell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(spreadsheet_cell("-2+3"), "'-2+3");
  EXPECT_EQ(spreadsheet_cell("\tx"), "'\tx");
  EXPECT_EQ(spreadsheet_cell("a\x1b[2J\xe4"), "a\\x1B[2J\\xE4");
  EXPECT_EQ(spreadsheet_cell("Sänger"), "Sänger");
  for (const char* kept : {"", "-0.25", "+3", "-1e-05", "happy", "a=b", "1-2"}) {
    EXPECT_EQ(spreadsheet_cell(kept), kept);
  }
  EXPECT_EQ(spreadsheet_csv({{"clip", "=x"}, {{"=a,b", "-1"}}, ""}), "clip,'=x\n\"'=a,b\",-1\n");
}

}  // namespace
}  // namespace aver
