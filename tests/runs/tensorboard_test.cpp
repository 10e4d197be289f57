#include "runs/tensorboard.h"

#include <gmock/gmock.h>

#include <string>

#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;

// RFC 3720, appendix B.4, and the check value that catalogues of such sums give.
TEST(Crc32c, IsThatOfTheStandard) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
}

// The bytes that TensorFlow's own writer makes of the first event of a file, at time 0.
TEST(TensorBoardLog, BeginsAsEveryFileOfEventsDoes) {
  const TemporaryFolder folder;
  const TensorBoardLog log(folder.path(), 0);
  const std::string file = read_file(folder / "events.out.tfevents.aver");
  ASSERT_GT(file.size(), 16U);
  EXPECT_EQ(file.substr(0, 8), std::string("\x1A\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(file.substr(12, 11), std::string("\x09\0\0\0\0\0\0\0\0\x10\0", 11));
  EXPECT_EQ(file.substr(23, 15),
            "\x1A\x0D"
            "brain.Event:2");
}

TEST(TensorBoardLog, DropsWhatIsBehindTheStepsThatAreDone) {
  const TemporaryFolder folder;
  const auto content = [&] { return read_file(folder / "events.out.tfevents.aver"); };
  TensorBoardLog log(folder.path(), 0);
  log.add(1, 5.5, {{"loss", 0.25}});
  const std::string first = content();
  log.add(300, 6.5, {{"loss", 0.125}});
  TensorBoardLog(folder.path(), 300);
  EXPECT_GT(content().size(), first.size());
  EXPECT_EQ(TensorBoardLog(folder.path(), 299).steps(), 1);
  EXPECT_EQ(content(), first);
}

}  // namespace
}  // namespace aver
