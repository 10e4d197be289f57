#include "base/output_place.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "support.h"

namespace aver {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(OutputPlace, IsWhatALinkLeadsTo) {
  const test::TemporaryFolder folder;
  const fs::path link = folder / "a/link.csv";
  create_folders(folder / "a");
  create_folders(folder / "b");
  EXPECT_EQ(output_place(link), link);
  fs::create_symlink("../b/middle.csv", link);
  fs::create_symlink(folder / "b/end.csv", folder / "b/middle.csv");
  EXPECT_EQ(output_place(link), folder / "b/end.csv") << "which is not there yet";
  write_file(output_place(link), "text");
  EXPECT_EQ(read_file(folder / "b/end.csv"), "text");
  EXPECT_TRUE(fs::is_symlink(link));
}

TEST(OutputPlace, OfALinkIntoNowhereOrACircleThereIsNone) {
  const test::TemporaryFolder folder;
  fs::create_symlink(folder / "gone/end.csv", folder / "link.csv");
  EXPECT_THAT([&] { output_place(folder / "link.csv"); },
              ThrowsMessage<Error>(HasSubstr("gone/end.csv, whose folder is not there")));
  fs::create_symlink("other", folder / "one");
  fs::create_symlink("one", folder / "other");
  EXPECT_THAT([&] { output_place(folder / "one"); },
              ThrowsMessage<Error>(HasSubstr("leads in a circle")));
}

}  // namespace
}  // namespace aver
