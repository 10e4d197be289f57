#include <opencv2/core.hpp>

#include "faces.h"
#include "frames_stage.h"
#include "media/ffmpeg_library.h"
#include "media/image_file.h"
#include "media/video_decoder.h"

// Real recordings.
namespace aver::test {
namespace {

using testing::HasSubstr;

TEST(ExtractFrames, RealClipsGoThroughAndTheTilesFailByName) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_PROGRAM("ffprobe");
  TemporaryFolder folder;
  const auto result = kFrames.run(data / "ravdess-av-clips", folder / "out");
  EXPECT_EQ(result.exit_status, 1);
  std::size_t expected = 0;
  for (const auto& path : list_files(data / "ravdess-av-clips")) {
    const std::string name = path.filename().string();
    if (name.starts_with("tile_")) {
      EXPECT_THAT(failures(folder / "out").at(name), HasSubstr("not a RAVDESS name"));
      continue;
    }
    const auto frames = static_cast<std::size_t>(count_frames_with_ffprobe(path));
    expected += (frames + 4) / 5;
  }
  EXPECT_EQ(failures(folder / "out").size(), 2u);
  kFrames.run(data / "ravdess-av-clips", folder / "all", {"--decode-all"});
  EXPECT_EQ(folder_content(folder / "out"), folder_content(folder / "all"));
  EXPECT_EQ(count_frames(folder / "out/by-actor"), expected);
  EXPECT_EQ(count_frames(folder / "out/by-emotion"), expected);

  // JPEG is all that stands between the decoder and the file.
  const auto picture =
      read_image(folder / "out/by-actor/Actor_01/disgust/01-01-07-02-02-01-01_frame_0060.jpg");
  quiet_ffmpeg();
  VideoDecoder decoder(data / "ravdess-av-clips/01-01-07-02-02-01-01.mp4");
  while (decoder.next() && decoder.index() < 60) {
  }
  cv::Mat difference;
  cv::absdiff(picture, decoder.picture(), difference);
  EXPECT_LT(cv::mean(difference.reshape(1))[0], 2.0);
}

TEST(ExtractFrames, FacesOfRealClipsAreFound) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_CASCADE();
  TemporaryFolder folder;
  const auto result = kFrames.run(data / "ravdess-av-clips", folder / "out",
                                  {"--face", "haar", "--every", "10", "--json", "--keep-going"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto summary = nlohmann::json::parse(result.out);
  const auto found = summary.at("face_found").get<std::size_t>();
  EXPECT_GE(found * 100, summary.at("outputs").get<std::size_t>() * 95);
  const auto picture =
      read_image(folder / "out/by-actor/Actor_01/disgust/01-01-07-02-02-01-01_frame_0060.jpg");
  EXPECT_LT(picture.cols, 300) << "of 600";
  EXPECT_GT(picture.cols, 120);
}

TEST(ExtractFrames, SilentRealTileWithAProperNamePasses) {
  AVER_REQUIRE_TEST_DATA(data);
  TemporaryFolder folder;
  create_folders(folder / "data");
  fs::copy_file(data / "ravdess-av-clips/tile_03-happy_A24.mp4",
                folder / "data/01-01-03-01-01-01-24.mp4");
  const auto result = kFrames.run(folder / "data", folder / "out");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(count_frames(folder / "out/by-actor/Actor_24/happy"), 15u);
}

}  // namespace
}  // namespace aver::test
