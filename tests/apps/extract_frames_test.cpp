#include "stages/extract_frames.h"

#include <sys/stat.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "extract_stage.h"
#include "faces.h"
#include "media/ffmpeg_library.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "media/video_decoder.h"
#include "store/stage.h"

namespace {

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Extractor kFrames{"aver-extract-frames"};
const std::string kFirst = "by-actor/Actor_01/neutral/01-01-01-01-01-01-01_frame_";

std::size_t count_frames(const fs::path& folder) {
  return fs::exists(folder) ? list_files(folder).size() : 0;
}

ino_t inode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_ino;
}

TEST(ExtractFrames, WritesEveryFifthDecodedFrameByActorAndByEmotion) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus({.seconds = 0.84, .options = {"-c:v", "libx264", "-bf", "3"}});  // 21 frames
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
  const Corpus corpus({.seconds = 2, .options = {"-c:v", "libx264", "-bf", "3"}});
  make_movie(corpus.data() / kClipNames[1], {.options = {"-c:v", "mpeg4", "-bf", "2"}});
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "some").exit_status, 0);
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "all", {"--decode-all"}).exit_status, 0);
  EXPECT_EQ(folder_content(corpus / "some"), folder_content(corpus / "all"));
  const auto again = kFrames.run(corpus.data(), corpus / "some", {"--decode-all"});
  EXPECT_THAT(again.out, HasSubstr("(0 made now, 4 there before)")) << "it is no other setting";
}

TEST(ExtractFrames, ResizesAndObeysTheInterval) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
  const auto result =
      kFrames.run(corpus.data(), corpus / "out", {"--every", "7", "--resize", "32x20"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const cv::Mat frame = read_image(corpus / ("out/" + kFirst + "0007.jpg"));
  EXPECT_EQ(frame.size(), cv::Size(32, 20));
  EXPECT_EQ(read_csv(corpus / "out/manifest.csv").rows[0].back(), "20x32x3");
}

TEST(ExtractFrames, TakesFlatFoldersAndTheZipLayout) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
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
  const Corpus corpus;
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

TEST(ExtractFrames, SecondRunTouchesNothing) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  const auto before = times_of(corpus / "out");
  const auto again = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_THAT(again.out, HasSubstr("(0 made now, 4 there before)"));
  EXPECT_EQ(times_of(corpus / "out"), before);
}

TEST(ExtractFrames, RedoesAChangedSourceAndRenewsItsLinks) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
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
  const Corpus corpus;
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
  const Corpus corpus;
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
  const Corpus corpus({.seconds = 2, .size = "320x240"});
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
    EXPECT_THROW(read_stage(killed, "frames"), Error) << "an unfinished folder is refused";
  }
  for (const auto& path : list_files(killed / "by-actor")) {
    EXPECT_NO_THROW(read_image(path)) << "a final name is a whole file";
  }
  const auto resumed = kFrames.run(corpus.data(), killed);
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_EQ(folder_content(killed), folder_content(corpus / "whole"));
}

TEST(ExtractFrames, BrokenClipsAreNamedWithTheirReasonAndLeaveNoFiles) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus({.options = {"-movflags", "faststart"}});
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
  EXPECT_THAT(reasons.at("Actor_03/01-01-03-01-01-01-03.mp4"), HasSubstr("Invalid data"));
  EXPECT_EQ(reasons.at("Actor_03/01-01-04-01-01-01-03.mp4"), "no video stream");
  EXPECT_THAT(reasons.at("Actor_03/holiday.mp4"), HasSubstr("not a RAVDESS name"));
  EXPECT_THAT(reasons.at("Actor_03/01-01-09-01-01-01-03.mp4"), HasSubstr("emotion"));
  EXPECT_THAT(read_file(corpus / "out/stage.json"), Not(HasSubstr(corpus.data().string())))
      << "stage folders carry no absolute paths";
  EXPECT_FALSE(fs::exists(corpus / "out/by-actor/Actor_03"));
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 12u);

  EXPECT_EQ(kFrames.run(corpus.data(), corpus / "out", {"--keep-going"}).exit_status, 0);
}

TEST(ExtractFrames, ClipThatBreaksLaterLosesItsOldFrames) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
  ASSERT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 0);
  write_file(corpus.data() / kClipNames[0], "no longer a movie");
  EXPECT_EQ(kFrames.run(corpus.data(), corpus / "out").exit_status, 1);
  EXPECT_EQ(count_frames(corpus / "out/by-actor/Actor_01/neutral"), 0u);
  EXPECT_EQ(count_frames(corpus / "out/by-emotion/neutral"), 0u);
  EXPECT_EQ(count_frames(corpus / "out/by-actor"), 9u);
}

TEST(ExtractFrames, TwoFilesOfOneNameAreRefusedAndBothNamed) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
  corpus.add("copy/01-01-01-01-01-01-01.mp4");
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr(kClipNames[0]), HasSubstr("copy/01-01-01-01-01-01-01.mp4")));
}

TEST(ExtractFrames, UnreadableFileIsABrokenClip) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
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
  const Corpus corpus;
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
  const Corpus corpus;
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
  const Corpus corpus;
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

class FacesOption : public testing::Test {
 protected:
  void SetUp() override {
    AVER_REQUIRE_CASCADE();
    make_face_movie(data() / kClipNames[0], ".f..");
    make_face_movie(data() / kClipNames[1], "fff");
  }
  fs::path data() const { return folder / "data"; }
  CommandResult run(const std::string& output, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--face", "haar"});
    return kFrames.run(data(), folder / output, more);
  }
  nlohmann::json counts(const std::string& output) const {
    return stage_json(folder / output).at("counts");
  }
  std::size_t frames_of_first(const std::string& output) const {
    return count_frames(folder / output / "by-actor/Actor_01/neutral");
  }
  cv::Size size_of(const std::string& output, const std::string& frame) const {
    return read_image(folder / output / (kFirst + frame + ".jpg")).size();
  }

  const cv::Size kWhole{192, 144};
  TemporaryFolder folder;
};

TEST_F(FacesOption, PreviousBoxIsThatOfTheClipsLastFace) {
  const auto result = run("out");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("faces: 4 frames with one; without, 2 took the previous box, 1 "
                                    "are whole, 0 skipped"));
  EXPECT_EQ(size_of("out", "0000"), kWhole) << "before the first face";
  const cv::Size face = size_of("out", "0005");
  EXPECT_LT(face.width, 150);
  EXPECT_GT(face.width, 50);
  EXPECT_EQ(size_of("out", "0010"), face);
  EXPECT_EQ(size_of("out", "0015"), face);
  const CsvTable manifest = read_csv(folder / "out/manifest.csv");
  EXPECT_EQ(manifest.rows[0][manifest.column("face_previous")], "2");
  EXPECT_EQ(manifest.rows[1][manifest.column("face_previous")], "");
}

TEST_F(FacesOption, SkipLeavesFramesOutAndWholeKeepsThem) {
  EXPECT_THAT(run("skip", {"--without-face", "skip"}).out, HasSubstr("0 are whole, 3 skipped"));
  EXPECT_EQ(frames_of_first("skip"), 1u);
  EXPECT_THAT(run("whole", {"--without-face", "whole"}).out, HasSubstr("3 are whole, 0 skipped"));
  EXPECT_EQ(frames_of_first("whole"), 4u);
  EXPECT_EQ(size_of("whole", "0010"), kWhole);
}

TEST_F(FacesOption, AClipThatSkippingLeavesEmptyFails) {
  make_face_movie(data() / kClipNames[2], "..");
  const auto result = run("out", {"--without-face", "skip"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(failures(folder / "out").at(kClipNames[2]),
              AllOf(HasSubstr("no face found in any of its 2 frames"), HasSubstr("whole")));
  EXPECT_EQ(counts("out").at("face_skipped"), 3) << "of the clips in the folder";
  EXPECT_EQ(run("other", {"--without-face", "previous"}).exit_status, 0);
  EXPECT_EQ(counts("other").at("face_whole"), 3);
}

TEST_F(FacesOption, FacesAreCroppedBeforeTheyAreResized) {
  ASSERT_EQ(run("small", {"--resize", "32x20"}).exit_status, 0);
  ASSERT_EQ(run("plain").exit_status, 0);
  ASSERT_EQ(kFrames.run(data(), folder / "uncropped").exit_status, 0);
  const cv::Mat small = read_image(folder / ("small/" + kFirst + "0005.jpg"));
  ASSERT_EQ(small.size(), cv::Size(32, 20));
  const auto difference_to = [&](const char* frames) {
    cv::Mat expected;
    cv::resize(read_image(folder / (frames + ("/" + kFirst) + "0005.jpg")), expected, small.size(),
               0, 0, cv::INTER_LINEAR);
    return cv::norm(small, expected, cv::NORM_L1);
  };
  EXPECT_LT(difference_to("plain") * 4, difference_to("uncropped")) << "JPEG twice is little";
}

TEST_F(FacesOption, SameBytesForAnyNumberOfWorkers) {
  quiet_ffmpeg();
  std::map<std::string, std::string> first;
  for (const std::size_t workers : {0u, 1u, 4u}) {
    ExtractFramesConfig config;
    config.input = data();
    config.output = folder / ("out" + std::to_string(workers));
    config.face.mode = FaceMode::haar;
    config.workers = workers;
    NoProgress progress;
    const auto summary = run_extract_frames(config, progress);
    EXPECT_EQ(summary.counts.at("face_found"), 4u);
    const auto content = folder_content(config.output);
    if (first.empty()) first = content;
    EXPECT_EQ(content, first) << workers << " workers";
  }
}

TEST_F(FacesOption, CountsAreOfTheWholeFolderAfterARerunAndAKill) {
  ASSERT_EQ(run("whole").exit_status, 0);
  const auto again = run("whole", {"--json"});
  const auto summary = nlohmann::json::parse(again.out);
  EXPECT_EQ(summary.at("made"), 0);
  EXPECT_EQ(summary.at("face_found"), 4);
  EXPECT_EQ(summary.at("face_previous"), 2);
  EXPECT_EQ(summary.at("face_whole"), 1);
  EXPECT_EQ(summary.at("face_skipped"), 0);

  // What a kill after the first clip leaves.
  const StageClip done = read_stage(folder / "whole", "frames").clips.front();
  {
    StageWriter writer(
        folder / "killed",
        {"aver-extract-frames", "frames", stage_json(folder / "whole").at("settings")}, false);
    for (const auto& output : done.outputs) {
      write_file(folder / "killed" / output.path, read_file(folder / "whole" / output.path));
    }
    writer.add(done);
  }
  const auto resumed = run("killed");
  EXPECT_THAT(resumed.out, AllOf(HasSubstr("(1 made now, 1 there before)"),
                                 HasSubstr("faces: 4 frames with one")));
  EXPECT_EQ(folder_content(folder / "killed"), folder_content(folder / "whole"));
}

TEST_F(FacesOption, OtherFaceSettingsAreNotMixed) {
  ASSERT_EQ(run("out").exit_status, 0);
  const auto before = folder_content(folder / "out");
  EXPECT_THAT(kFrames.run(data(), folder / "out").err,
              HasSubstr("face is \"haar\" there and null now"));
  EXPECT_THAT(run("out", {"--without-face", "skip"}).err,
              HasSubstr("without-face is \"previous\" there and \"skip\" now"));
  // The same name and another content; the same content elsewhere is the same cascade.
  const fs::path original = default_face_cascade();
  write_file(folder / "copy" / original.filename(), read_file(original));
  write_file(folder / "other" / original.filename(), read_file(original) + "<!-- mine -->\n");
  const auto with = [&](const char* place) {
    return run("out", {"--face-cascade", (folder / place / original.filename()).string()});
  };
  EXPECT_THAT(with("other").err, HasSubstr("face-fingerprint"));
  EXPECT_EQ(with("other").exit_status, 1);
  EXPECT_EQ(with("copy").exit_status, 0);
  EXPECT_EQ(folder_content(folder / "out"), before);
}

TEST_F(FacesOption, ContactSheetShowsTheCrops) {
  const auto sheet = [&](const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"--contact-sheet", "01-01-01-01-01-01-01"};
    words.insert(words.end(), more.begin(), more.end());
    return kFrames.run(data(), folder / name, words);
  };
  ASSERT_EQ(sheet("plain.png", {}).exit_status, 0);
  const auto result = sheet("faces.png", {"--face", "haar", "--without-face", "skip"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 of 20 frames"), HasSubstr("3 skipped")));
  EXPECT_LT(read_image(folder / "faces.png").cols, read_image(folder / "plain.png").cols);
}

TEST(FacesOptionUsage, MissingCascadesAndOddChoicesAreSaid) {
  TemporaryFolder folder;
  write_file(folder / "data/01-01-03-01-01-01-01.mp4", "x");
  const auto run = [&](const std::vector<std::string>& more) {
    return kFrames.run(folder / "data", folder / "out", more);
  };
  const auto missing = run({"--face", "haar", "--face-cascade", (folder / "gone.xml").string()});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, AllOf(HasSubstr("gone.xml"), HasSubstr("opencv-data")));
  write_file(folder / "text.xml", "hello");
  const auto text = run({"--face", "haar", "--face-cascade", (folder / "text.xml").string()});
  EXPECT_EQ(text.exit_status, 1);
  EXPECT_THAT(text.err, HasSubstr("text.xml is no Haar cascade"));
  EXPECT_FALSE(fs::exists(folder / "out")) << "nothing is begun";
  EXPECT_THAT(run({"--face-cascade", "a.xml"}).err, HasSubstr("--face-cascade needs --face haar"));
  EXPECT_EQ(run({"--face-cascade", "a.xml"}).exit_status, 2);
  EXPECT_EQ(run({"--face", "dnn"}).exit_status, 2);
  EXPECT_EQ(run({"--without-face", "guess"}).exit_status, 2);
}

TEST(FacesOptionUsage, WithoutItFoldersStayAsTheyWere) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_THAT(result.out, Not(HasSubstr("faces")));
  EXPECT_EQ(stage_json(corpus / "out").at("settings"),
            nlohmann::json({{"every", 5}, {"quality", 95}, {"resize", ""}}));
  EXPECT_EQ(read_csv(corpus / "out/manifest.csv").header.back(), "shape");
}

TEST(ContactSheetOption, DrawsTheKeptFramesOfOneClip) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Corpus corpus;
  for (const char* name :
       {"01-01-05-01-01-01-02", "01-01-05-01-01-01-02.mp4", "01-05-01-01-01-02"}) {
    const auto result = kFrames.run(corpus.data(), corpus / "sheet.png", {"--contact-sheet", name});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("3 of 15 frames"));
    EXPECT_GT(read_image(corpus / "sheet.png").cols, 480);
    fs::remove(corpus / "sheet.png");
  }
  const auto typo =
      kFrames.run(corpus.data(), corpus / "sheet.png", {"--contact-sheet", "01-01-05-01-01-01-03"});
  EXPECT_EQ(typo.exit_status, 1);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 01-01-05-01-01-01-02"));
  const auto folder =
      kFrames.run(corpus.data(), corpus / "out", {"--contact-sheet", "01-01-05-01-01-01-02"});
  EXPECT_EQ(folder.exit_status, 2);
  EXPECT_THAT(folder.err, HasSubstr(".png"));
}

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
