#include "train/picture_cache.h"

#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "media/image_file.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::HasSubstr;

/// A picture whose pixels differ from one `shade` to the next.
fs::path draw(const fs::path& path, int shade, int width = 90) {
  cv::Mat picture(70, width, CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      picture.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>(2 * x),
                                     static_cast<std::uint8_t>(3 * y),
                                     static_cast<std::uint8_t>(shade)};
    }
  }
  write_png(path, picture);
  return path;
}

TEST(PictureCache, HoldsWhatResizeGives) {
  TemporaryFolder folder;
  std::vector<fs::path> files;
  for (int i = 0; i < 5; ++i) files.push_back(draw(folder / fmt::format("{}.png", i), 40 * i));
  NoProgress progress;
  const auto cache = PictureCache::open(folder / "cache.bin", files, 64, 2, progress);
  ASSERT_EQ(cache.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    cv::Mat expected;
    cv::resize(read_image(files[i]), expected, {64, 64}, 0, 0, cv::INTER_LINEAR);
    const auto found = cache.picture(i);
    ASSERT_EQ(found.size(), 64u * 64u * 3u);
    EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.ptr<std::uint8_t>())) << i;
  }
}

TEST(PictureCache, IsMadeOnceAndRenewedWhenAPictureChanges) {
  TemporaryFolder folder;
  std::vector<fs::path> files = {draw(folder / "a.png", 10), draw(folder / "b.png", 20)};
  NoProgress progress;
  const fs::path path = folder / "cache.bin";
  PictureCache::open(path, files, 64, 0, progress);
  const auto first = stamp_of(path);
  PictureCache::open(path, files, 64, 0, progress);
  EXPECT_EQ(stamp_of(path), first) << "an intact cache must not be made again";

  draw(folder / "b.png", 200, 120);
  const auto cache = PictureCache::open(path, files, 64, 0, progress);
  EXPECT_EQ(cache.picture(1)[2], 200);

  write_file(path, read_file(path).substr(0, 1000));  // damaged: cut off
  EXPECT_EQ(PictureCache::open(path, files, 64, 0, progress).picture(1)[2], 200);
  EXPECT_EQ(PictureCache::open(path, files, 32, 0, progress).picture(0).size(), 32u * 32u * 3u);
}

TEST(PictureCache, HasTheSameBytesForAnyWorkerCount) {
  TemporaryFolder folder;
  std::vector<fs::path> files;
  for (int i = 0; i < 20; ++i) files.push_back(draw(folder / fmt::format("{}.png", i), 10 * i));
  NoProgress progress;
  std::vector<std::string> bytes;
  for (const std::size_t workers : {0u, 1u, 4u}) {
    const fs::path path = folder / fmt::format("cache{}.bin", workers);
    PictureCache::open(path, files, 64, workers, progress);
    bytes.push_back(read_file(path));
  }
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
}

TEST(PictureCache, NamesAPictureItCannotRead) {
  TemporaryFolder folder;
  std::vector<fs::path> files = {draw(folder / "a.png", 10), folder / "broken.png"};
  write_file(files[1], "no picture");
  NoProgress progress;
  try {
    PictureCache::open(folder / "cache.bin", files, 64, 2, progress);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("broken.png"));
  }
  EXPECT_FALSE(fs::exists(folder / "cache.bin"));
}

TEST(PictureCache, AFolderThatCannotBeWrittenIsNotCalledFull) {
  TemporaryFolder folder;
  const std::vector<fs::path> files = {draw(folder / "a.png", 10)};
  NoProgress progress;
  // A name too long for the file system can be opened by nobody, root included.
  const fs::path path = folder / (std::string(250, 'x') + ".cache");
  try {
    PictureCache::open(path, files, 64, 0, progress);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot write"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("disk full")));
  }
}

TEST(PictureCache, DamagedPicturesAreReportedWhenAsked) {
  TemporaryFolder folder;
  const std::vector<fs::path> files = {draw(folder / "a.png", 10), folder / "b.png",
                                       draw(folder / "c.png", 20), folder / "none.png"};
  write_file(files[1], "no picture");
  NoProgress progress;
  for (int again = 0; again < 2; ++again) {
    std::map<std::size_t, std::string> damaged;
    const auto cache =
        PictureCache::open(folder / "cache.bin", files, 8, 2, progress, {.damaged = &damaged});
    ASSERT_EQ(damaged.size(), 2U);
    EXPECT_THAT(damaged[1], HasSubstr("b.png"));
    EXPECT_THAT(damaged[3], HasSubstr("none.png"));
    EXPECT_EQ(cache.picture(1)[0], 0);
    EXPECT_EQ(cache.picture(2)[2], 20);
  }
}

}  // namespace
}  // namespace aver
