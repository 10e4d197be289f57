#include "base/inner_path.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::HasSubstr;

TEST(InnerPath, StaysBelowItsFolder) {
  EXPECT_EQ(inner_path("/work", "Actor_01/a..b.wav", "manifest.csv", "run it again"),
            fs::path("/work/Actor_01/a..b.wav"));
  for (const std::string& path :
       {std::string("../victim"), std::string("a/../../victim"), std::string("/etc/passwd"),
        std::string("a/.."), std::string(), std::string("a\0b", 3), std::string(300, 'x'),
        "a/" + std::string(300, 'x')}) {
    EXPECT_FALSE(is_inner_path(path)) << path.substr(0, 30);
    EXPECT_THROW(inner_path("/work", path, "manifest.csv", "run it again"), Error);
  }
  try {
    inner_path("/work", "../victim", "manifest.csv", "run it again");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "manifest.csv names the file '../victim', which cannot lie below its folder; run "
                 "it again");
  }
}

TEST(InnerPath, RemovesOnlyWhatLiesBelow) {
  TemporaryFolder folder;
  write_file(folder / "victim/precious.txt", "precious");
  write_file(folder / "work/Actor_01/a.wav", "old");
  fs::create_directory_symlink(folder / "victim", folder / "work/link");
  fs::create_directory_symlink(folder / "work/Actor_01", folder / "work/inside");
  const fs::path work = folder / "work";
  EXPECT_FALSE(remove_inner(work, "../victim/precious.txt"));
  EXPECT_FALSE(remove_inner(work, (folder / "victim/precious.txt").string()));
  EXPECT_FALSE(remove_inner(work, "link/precious.txt"));
  EXPECT_FALSE(remove_inner(work, "nowhere/precious.txt"));
  EXPECT_EQ(read_file(folder / "victim/precious.txt"), "precious");
  EXPECT_TRUE(remove_inner(work, "inside/a.wav"));
  EXPECT_FALSE(fs::exists(folder / "work/Actor_01/a.wav"));
  EXPECT_TRUE(remove_inner(work, "link"));  // the link itself is the folder's own
  EXPECT_TRUE(fs::exists(folder / "victim/precious.txt"));
}

TEST(Files, LeftOverTemporariesAreRemovedAndNothingElse) {
  TemporaryFolder folder;
  write_file(folder / "a/.aver-tmp-0-1-x.csv", "cut off");
  write_file(folder / "a/.hidden", "mine");
  write_file(folder / ".aver-tmp-0-2-y", "cut off");
  remove_temporaries(folder.path(), /*recursive=*/false);
  EXPECT_TRUE(fs::exists(folder / "a/.aver-tmp-0-1-x.csv"));
  EXPECT_FALSE(fs::exists(folder / ".aver-tmp-0-2-y"));
  remove_temporaries(folder.path());
  EXPECT_FALSE(fs::exists(folder / "a/.aver-tmp-0-1-x.csv"));
  EXPECT_TRUE(fs::exists(folder / "a/.hidden"));
  EXPECT_NO_THROW(remove_temporaries(folder / "nowhere"));
}

}  // namespace
}  // namespace aver
