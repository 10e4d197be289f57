#include "frames_stage.h"

// Clips, folders and disks that fail.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ExtractFrames, BrokenClipsAreNamedWithTheirReasonAndLeaveNoFiles) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus({.options = {"-movflags", "faststart"}});
  const std::string whole = read_file(corpus.data() / kClipNames[0]);
  const fs::path actor = corpus.data() / "Actor_03";
  write_file(actor / "01-01-01-01-01-01-03.mp4", whole.substr(0, whole.size() * 7 / 10));
  write_file(actor / "01-01-02-01-01-01-03.mp4", "");
  write_file(actor / "01-01-03-01-01-01-03.mp4", "a text file");
  make_movie(actor / "01-01-04-01-01-01-03.mp4", {.picture = false});
  write_file(actor / "holiday.mp4", whole);
  write_file(actor / "01-01-09-01-01-01-03.mp4", whole);

  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("of 4 clips"), HasSubstr("failed 6")));
  const auto reasons = failures(corpus / "out");
  ASSERT_EQ(reasons.size(), 6u);
  EXPECT_THAT(reasons.at("Actor_03/01-01-01-01-01-01-03.mp4"),
              testing::AnyOf(HasSubstr("ends early"), HasSubstr("cut off")));
  EXPECT_THAT(reasons.at("Actor_03/01-01-02-01-01-01-03.mp4"), HasSubstr("empty"));
  EXPECT_THAT(reasons.at("Actor_03/01-01-03-01-01-01-03.mp4"), HasSubstr("it is damaged, cut off"));
  EXPECT_EQ(reasons.at("Actor_03/01-01-04-01-01-01-03.mp4"), "no video stream");
  EXPECT_THAT(reasons.at("Actor_03/holiday.mp4"), HasSubstr("not a RAVDESS name"));
  EXPECT_THAT(reasons.at("Actor_03/01-01-09-01-01-01-03.mp4"), HasSubstr("emotion"));
  EXPECT_THAT(read_file(corpus / "out/stage.json"), Not(HasSubstr(corpus.data().string())))
      << "stage folders carry no absolute paths";
  EXPECT_FALSE(fs::exists(corpus / "out/by-actor/Actor_03"));
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 12u);

  EXPECT_EQ(kFrames.run(corpus.data(), corpus / "out", {"--keep-going"}).exit_status, 0);
}

TEST(ExtractFrames, SilentMovieThatMayHaveGoneOnIsSaid) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus(
      {.seconds = 2,
       .sound = false,
       .options = {"-c:v", "libx264", "-g", "10", "-movflags", "frag_keyframe+empty_moov"}});
  const fs::path clip = corpus.data() / kClipNames[0];
  const std::string whole = read_file(clip);
  write_file(clip, std::string_view(whole).substr(0, whole.rfind("moof") - 4));
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr(kClipNames[0]), HasSubstr("more followed is not known"),
                                Not(HasSubstr(kClipNames[1]))));
}

TEST(ExtractFrames, ClipThatBreaksLaterLosesItsOldFrames) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  write_file(corpus.data() / kClipNames[0], "no longer a movie");
  EXPECT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 1);
  EXPECT_EQ(count_frames(corpus / "out/by-actor/Actor_01/neutral"), 0u);
  EXPECT_EQ(count_frames(corpus / "out/by-emotion/neutral"), 0u);
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 9u);
}

TEST(ExtractFrames, TwoFilesOfOneNameAreRefusedAndBothNamed) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  corpus.add("copy/01-01-01-01-01-01-01.mp4");
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr(kClipNames[0]), HasSubstr("copy/01-01-01-01-01-01-01.mp4")));
}

TEST(ExtractFrames, UnreadableFileIsABrokenClip) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  fs::permissions(corpus.data() / kClipNames[1], fs::perms::none);
  const auto words = as_ordinary_user(kFrames.words(corpus.data(), corpus / "out"), corpus.root());
  if (!words) GTEST_SKIP() << "this user may read everything and cannot become another";
  const auto result = run_command(*words);
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(failures(corpus / "out").at(kClipNames[1]), HasSubstr("Permission denied"));
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 9u) << "the other clips go on";
}

TEST(ExtractFrames, ReadOnlyOutputIsSaidAndLeftAsItWas) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  const auto words = as_ordinary_user(kFrames.words(corpus.data(), corpus / "out"), corpus.root());
  if (!words) GTEST_SKIP() << "this user may write everything and cannot become another";
  ASSERT_EQ(run_command(*words).exit_status, 0);
  const auto before = folder_content(corpus / "out");
  corpus.add("Actor_03/01-01-03-01-01-01-03.mp4");
  fs::permissions(corpus / "out", fs::perms::owner_read | fs::perms::owner_exec);
  const auto result = run_command(*words);
  fs::permissions(corpus / "out", fs::perms::owner_all);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr((corpus / "out").string()), HasSubstr("Permission denied")));
  EXPECT_EQ(folder_content(corpus / "out"), before);
}

TEST(ExtractFrames, OutputThatCannotBeWrittenIsSaid) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  write_file(corpus / "file", "not a folder");
  const auto result = kFrames.run(corpus.data(), corpus / "file/out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr((corpus / "file/out").string()));
  EXPECT_EQ(read_file(corpus / "file"), "not a folder");

  write_file(corpus / "home/letter.txt", "mine");
  const auto foreign = kFrames.run(corpus.data(), corpus / "home");
  EXPECT_EQ(foreign.exit_status, 1);
  EXPECT_THAT(foreign.err, HasSubstr("no stage folder"));
  EXPECT_EQ(folder_content(corpus / "home").size(), 1u);
}

TEST(ExtractFrames, FullDiskStopsTheStageAndKeepsWhatIsFinished) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  AVER_REQUIRE_PROGRAM("bash");
  const SmallCorpus corpus;
  make_movie(corpus.data() / "Actor_02/01-01-05-01-01-01-02.mp4", {.size = "640x480"});
  const auto words = kFrames.words(corpus.data(), corpus / "out", {"--workers", "1"});
  const auto result = run_with_file_limit(words, 24);  // enough for 96x64, not for 640x480
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("01-01-05-01-01-01-02_frame_0000.jpg"),
                                HasSubstr("the same command continues there")));
  EXPECT_EQ(stage_json(corpus / "out").at("state"), "running");
  EXPECT_EQ(count_frames(corpus / "out/by-actor/Actor_01"), 6u);
  EXPECT_FALSE(
      fs::exists(corpus / "out/by-actor/Actor_02/angry/01-01-05-01-01-01-02_frame_0000.jpg"));

  const auto resumed = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 12u);
  for (const auto& entry : fs::recursive_directory_iterator(corpus / "out")) {
    EXPECT_FALSE(is_temporary_name(entry.path())) << entry.path();
  }
}

TEST(ExtractFrames, EmptyOrMissingFolderIsSaid) {
  TemporaryFolder folder;
  create_folders(folder / "empty");
  const auto empty = kFrames.run(folder / "empty", folder / "out");
  EXPECT_EQ(empty.exit_status, 1);
  EXPECT_THAT(empty.err, AllOf(HasSubstr(".mp4"), HasSubstr((folder / "empty").string())));
  const auto missing = kFrames.run(folder / "missing", folder / "out");
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr("no such folder"));
}

TEST(ExtractFrames, VideoOnlyFilesAloneAreNoWork) {
  TemporaryFolder folder;
  write_file(folder / "data/02-01-01-01-01-01-01.mp4", "x");
  const auto result = kFrames.run(folder / "data", folder / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("video-only"));
}

}  // namespace
}  // namespace aver::test
