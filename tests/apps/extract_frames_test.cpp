#include "stages/extract_frames.h"

#include <opencv2/core.hpp>

#include "base/csv.h"
#include "frames_stage.h"
#include "media/ffmpeg_library.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "media/video_decoder.h"

// The frames that are written, and the command line.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ExtractFrames, WritesEveryFifthDecodedFrameByActorAndByEmotion) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus(
      {.seconds = 0.84, .options = {"-c:v", "libx264", "-bf", "3"}});  // 21 frames
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("20 frames of 4 clips (4 made now"));

  quiet_ffmpeg();
  VideoDecoder decoder(corpus.data() / kClipNames[0]);
  while (decoder.next()) {
    const auto path = corpus / ("out/" + kFirst + fmt::format("{:04}.jpg", decoder.index()));
    ASSERT_EQ(fs::exists(path), decoder.index() % 5 == 0) << path;
    if (!fs::exists(path)) continue;
    const cv::Mat written = read_image(path);
    const cv::Mat decoded = decode_image(encode_jpeg(decoder.picture(), 95), "expected");
    EXPECT_EQ(cv::norm(written, decoded, cv::NORM_INF), 0) << path;
    const fs::path twin = corpus / ("out/by-emotion/neutral/" + path.filename().string());
    EXPECT_EQ(inode_of(path), inode_of(twin)) << "the same file under two names";
  }
  EXPECT_EQ(decoder.index(), 20);

  const CsvTable manifest = read_csv(corpus / "out/manifest.csv");
  ASSERT_EQ(manifest.rows.size(), 20u);
  EXPECT_EQ(manifest.rows[0][manifest.column("output")], kFirst + "0000.jpg");
  EXPECT_EQ(manifest.rows[0][manifest.column("source")], kClipNames[0]);
  EXPECT_EQ(manifest.rows[0][manifest.column("shape")], "64x96x3");
  EXPECT_EQ(stage_json(corpus / "out").at("state"), "complete");
}

TEST(ExtractFrames, DecodingAllFramesMakesTheSameFiles) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus({.seconds = 2, .options = {"-c:v", "libx264", "-bf", "3"}});
  make_movie(corpus.data() / kClipNames[1], {.options = {"-c:v", "mpeg4", "-bf", "2"}});
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "some").exit_status, 0);
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "all", {"--decode-all"}).exit_status, 0);
  EXPECT_EQ(folder_content(corpus / "some"), folder_content(corpus / "all"));
  const auto again = kFrames.run(corpus.data(), corpus / "some", {"--decode-all"});
  EXPECT_THAT(again.out, HasSubstr("(0 made now, 4 there before)")) << "it is no other setting";
}

TEST(ExtractFrames, ResizesAndObeysTheInterval) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  const auto result =
      kFrames.run(corpus.data(), corpus / "out", {"--every", "7", "--resize", "32x20"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const cv::Mat frame = read_image(corpus / ("out/" + kFirst + "0007.jpg"));
  EXPECT_EQ(frame.size(), cv::Size(32, 20));
  const CsvTable manifest = read_csv(corpus / "out/manifest.csv");
  EXPECT_EQ(manifest.rows[0][manifest.column("shape")], "20x32x3");
}

TEST(ExtractFrames, TakesFlatFoldersAndTheZipLayout) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  fs::remove_all(corpus.data());
  corpus.add("01-01-03-01-01-01-07.mp4");
  corpus.add("Video_Speech_Actor_09/Actor_09/01-01-03-01-01-01-09.mp4");
  corpus.add("Video_Speech_Actor_09/Actor_09/02-01-03-01-01-01-09.mp4");
  corpus.add("Video_Song_Actor_09/Actor_09/01-02-03-01-01-01-09.mp4");
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("of 2 clips"), HasSubstr("skipped 1: video-only")));
  EXPECT_EQ(count_frames(corpus / "out/by-actor/Actor_07/happy"), 3u);
  EXPECT_EQ(count_frames(corpus / "out/by-actor/Actor_09/happy"), 3u);
  EXPECT_EQ(count_frames(corpus / "out/by-emotion/happy"), 6u);

  const auto all = kFrames.run(corpus.data(), corpus / "all", {"--channel", "all"});
  EXPECT_THAT(all.out, HasSubstr("of 3 clips"));
}

TEST(ExtractFrames, SameBytesForAnyNumberOfWorkers) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  const SmallCorpus corpus;
  std::map<std::string, std::string> first;
  for (const std::size_t workers : {0u, 1u, 4u}) {
    ExtractFramesConfig config;
    config.input = corpus.data();
    config.output = corpus / ("out" + std::to_string(workers));
    config.workers = workers;
    NoProgress progress;
    EXPECT_EQ(run_extract_frames(config, progress).made, 4u);
    const auto content = folder_content(config.output);
    if (first.empty()) first = content;
    EXPECT_EQ(content, first) << workers << " workers";
  }
}

TEST(ExtractFrames, HelpAndBadUsage) {
  const auto help = run_command({"aver-extract-frames", "--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* flag :
       {"--every", "--quality", "--resize", "--decode-all", "--channel", "--force", "--keep-going",
        "--contact-sheet", "--workers", "--face", "--without-face", "--face-cascade"}) {
    EXPECT_THAT(help.out, HasSubstr(flag));
  }
  EXPECT_EQ(run_command({"aver-extract-frames", "--evry", "5"}).exit_status, 2);
  EXPECT_EQ(run_command({"aver-extract-frames"}).exit_status, 2);
  const auto all = run_command({"aver-extract-frames", "--input", "a", "--output", "b", "--every",
                                "0", "--quality", "101", "--resize", "64"});
  EXPECT_EQ(all.exit_status, 2);
  EXPECT_THAT(all.err, AllOf(HasSubstr("--every"), HasSubstr("--quality"), HasSubstr("--resize")));
  EXPECT_THAT(run_command({"aver-extract-frames", "--version"}).out, HasSubstr("FFmpeg"));
}

}  // namespace
}  // namespace aver::test
