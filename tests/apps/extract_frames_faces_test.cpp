#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/csv.h"
#include "faces.h"
#include "frames_stage.h"
#include "media/ffmpeg_library.h"
#include "media/image_file.h"
#include "stages/extract_frames.h"
#include "store/stage.h"

// --face.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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
  EXPECT_THAT(run({"--face", "yunet"}).err, HasSubstr("--face yunet needs --face-model"));
  EXPECT_THAT(run({"--face", "haar", "--face-model", "a.onnx"}).err,
              HasSubstr("--face-model needs --face yunet"));
  const auto network = run({"--face", "yunet", "--face-model", (folder / "text.xml").string()});
  EXPECT_EQ(network.exit_status, 1);
  EXPECT_THAT(network.err, HasSubstr("text.xml is no YuNet network"));
  EXPECT_EQ(run({"--without-face", "guess"}).exit_status, 2);
}

TEST(FacesOptionUsage, WithoutItFoldersStayAsTheyWere) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  const auto result = kFrames.run(corpus.data(), corpus / "out");
  EXPECT_THAT(result.out, Not(HasSubstr("faces")));
  EXPECT_EQ(stage_json(corpus / "out").at("settings"),
            nlohmann::json({{"every", 5}, {"quality", 95}, {"resize", ""}}));
  EXPECT_EQ(read_csv(corpus / "out/manifest.csv").header.back(), "content");
}

}  // namespace
}  // namespace aver::test
