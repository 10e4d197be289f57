#include <opencv2/core.hpp>

#include "base/error.h"
#include "frames_stage.h"
#include "media/image_file.h"
#include "store/stage.h"

// A second run over a folder that is there already.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ExtractFrames, SecondRunTouchesNothing) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  const auto before = times_of(corpus / "out");
  const auto again = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_THAT(again.out, HasSubstr("(0 made now, 4 there before)"));
  EXPECT_EQ(times_of(corpus / "out"), before);
}

TEST(ExtractFrames, RedoesAChangedSourceAndRenewsItsLinks) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  ASSERT_EQ(count_frames(corpus / "out/by-emotion/neutral"), 3u);
  const auto untouched = corpus / "out/by-actor/Actor_02/angry/01-01-05-01-01-01-02_frame_0000.jpg";
  const auto time = fs::last_write_time(untouched);

  make_movie(corpus.data() / kClipNames[0], {.seconds = 0.4, .size = "64x64"});  // 10 frames
  const auto again = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_THAT(again.out, HasSubstr("(1 made now, 3 there before)"));
  EXPECT_EQ(fs::last_write_time(untouched), time);
  EXPECT_EQ(count_frames(corpus / "out/by-actor/Actor_01/neutral"), 2u) << "frame 10 is no more";
  EXPECT_EQ(count_frames(corpus / "out/by-emotion/neutral"), 2u);
  const auto twin = corpus / "out/by-emotion/neutral/01-01-01-01-01-01-01_frame_0000.jpg";
  EXPECT_EQ(read_image(twin).size(), cv::Size(64, 64));
  EXPECT_EQ(inode_of(twin), inode_of(corpus / ("out/" + kFirst + "0000.jpg")));
}

TEST(ExtractFrames, RestoresWhatIsMissing) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  const auto before = folder_content(corpus / "out");
  fs::remove_all(corpus / "out/by-emotion/angry");
  fs::remove(corpus / ("out/" + kFirst + "0005.jpg"));
  const auto again = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("(1 made now"));
  EXPECT_EQ(folder_content(corpus / "out"), before);
}

TEST(ExtractFrames, RefusesOtherSettingsUnlessForced) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  write_file(corpus / "out/by-emotion/neutral/mine.jpg", "my own");
  const auto before = folder_content(corpus / "out");
  const auto refused = kFrames.run(corpus.data(), corpus / "out", {"--every", "3"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("every is 5 there and 3 now"), HasSubstr("--force")));
  EXPECT_EQ(folder_content(corpus / "out"), before);

  // A clip that is no longer in the input leaves nothing behind either.
  fs::remove(corpus.data() / kClipNames[3]);
  const auto forced = kFrames.run(corpus.data(), corpus / "out", {"--every", "3", "--force"});
  EXPECT_EQ(forced.exit_status, 0) << forced.err;
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 15u);
  EXPECT_EQ(count_frames(corpus / "out/by-emotion"), 16u);
  EXPECT_EQ(read_file(corpus / "out/by-emotion/neutral/mine.jpg"), "my own");
}

TEST(ExtractFrames, KilledAndContinuedEqualsUninterrupted) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus({.seconds = 2, .size = "320x240"});
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "whole").exit_status, 0);
  const fs::path killed = corpus / "killed";
  // The moment differs from run to run; whatever it is, the rules below hold.
  const auto result = run_and_kill(
      kFrames.words(corpus.data(), killed, {"--workers", "1", "--quiet"}), SIGKILL, [&] {
        return fs::exists(killed / "journal.jsonl") && !read_file(killed / "journal.jsonl").empty();
      });
  ASSERT_TRUE(result.exit_status == 128 + SIGKILL || result.exit_status == 0);
  if (result.exit_status != 0) {
    EXPECT_EQ(stage_json(killed).at("state"), "running");
    EXPECT_THAT([&] { read_stage(killed, "frames"); },
                testing::ThrowsMessage<Error>(testing::HasSubstr("unfinished")))
        << "an unfinished folder is refused";
  }
  for (const auto& path : list_files(killed / "by-actor")) {
    EXPECT_NO_THROW(read_image(path)) << "a final name is a whole file";
  }
  const auto resumed = kFrames.run(corpus.data(), killed);
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_EQ(folder_content(killed), folder_content(corpus / "whole"));
}

}  // namespace
}  // namespace aver::test
