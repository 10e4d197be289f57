#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "faces.h"
#include "movies.h"
#include "predict_media_fixture.h"

// aver-predict --faces all: every face of a clip has a timeline of its own.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Real clips of 320 x 180 pixels without loss, alone and side by side, and a model of their faces.
class PredictFaces : public testing::Test {
 protected:
  void SetUp() override {
    AVER_REQUIRE_TEST_DATA(data);
    AVER_REQUIRE_FACE_MODEL(network);
    AVER_REQUIRE_PROGRAM("ffmpeg");
    const fs::path originals = data / "ravdess-av-originals";
    const std::vector<std::string> lossless = {"-an", "-c:v", "ffv1", "-pix_fmt", "bgr0"};
    make(lossless,
         {"-i", (originals / "01-01-01-01-02-01-05.mp4").string(), "-vf", "scale=320:180"},
         "a.mkv");
    make(lossless,
         {"-i", (originals / "01-01-03-01-01-02-05.mp4").string(), "-vf", "scale=320:180"},
         "b.mkv");
    make(lossless,
         {"-i", path("a.mkv"), "-i", path("b.mkv"), "-filter_complex", "[0][1]hstack=shortest=1"},
         "both.mkv");
    // The second is hidden for a second.
    make(lossless,
         {"-i", path("both.mkv"), "-vf",
          "drawbox=x=320:w=320:h=180:color=gray:t=fill:enable='between(t,1.05,1.95)'"},
         "away.mkv");
    run({"aver-extract-frames", "-i", originals.string(), "-o", path("frames"), "--every", "5",
         "--face", "yunet", "--face-model", network.string()});
    run({"aver-train-visual", "-i", path("frames"), "-o", path("run"), "--epochs", "8", "--size",
         "32", "--filters", "8", "8", "--dense", "16", "--threads", "1"});
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }
  void make(const std::vector<std::string>& options, std::vector<std::string> words,
            const std::string& name) const {
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(path(name));
    run_ffmpeg(words);
  }
  static void run(std::vector<std::string> words) {
    words.emplace_back("--quiet");
    const auto result = run_command(words);
    ASSERT_EQ(result.exit_status, 0) << result.err;
  }
  CommandResult all_faces(const std::string& name, std::vector<std::string> more) const {
    more.insert(more.end(), {"--visual", path("run"), "--face-model", face_model().string(),
                             "--faces", "all", path(name)});
    return predict(more);
  }
  nlohmann::json faces_of(const std::string& name) const {
    const auto result = all_faces(name, {"--window", "1", "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return nlohmann::json::parse(result.out).at("every_face");
  }

  TemporaryFolder folder;
};

TEST_F(PredictFaces, TwoClipsSideBySideAreTwoTracksWithTheAnswersOfEach) {
  const auto both = faces_of("both.mkv");
  ASSERT_EQ(both.size(), 2U);
  const auto left = both[0].at("x") < 320 ? both[0] : both[1];
  const auto right = both[0].at("x") < 320 ? both[1] : both[0];
  for (const auto& [face, alone, offset] :
       {std::tuple{left, faces_of("a.mkv"), 0}, std::tuple{right, faces_of("b.mkv"), 320}}) {
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_NEAR(face.at("x").get<int>() - offset, alone[0].at("x").get<int>(), 2);
    EXPECT_NEAR(face.at("w").get<int>(), alone[0].at("w").get<int>(), 2);
    // The shorter clip ends both.
    EXPECT_NEAR(face.at("pictures").get<int>(), alone[0].at("pictures").get<int>(), 1);
    ASSERT_EQ(face.at("windows").size(), alone[0].at("windows").size());
    // What stands beside a face moves its box by a pixel here and there.
    for (const auto& [name, p] : alone[0].at("visual").items()) {
      EXPECT_NEAR(face.at("visual").at(name), p.get<double>(), 5e-3) << name;
    }
  }
}

TEST_F(PredictFaces, ASecondOfAbsenceKeepsATrack) {
  const auto faces = faces_of("away.mkv");
  ASSERT_EQ(faces.size(), 2U);
  const auto& right = faces[0].at("x") < 320 ? faces[1] : faces[0];
  const auto& left = faces[0].at("x") < 320 ? faces[0] : faces[1];
  EXPECT_LT(right.at("pictures"), left.at("pictures"));
  EXPECT_EQ(right.at("start"), 0.0);
  EXPECT_GT(right.at("end"), 3.0);
}

TEST_F(PredictFaces, RowsNameFacePlaceAndTime) {
  const auto result = all_faces("both.mkv", {"--window", "1", "--format", "csv"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = parse_csv(result.out, "faces");
  EXPECT_THAT(result.out, HasSubstr("file,start,end,face,x,y,w,h,emotion,confidence,"));
  std::map<std::string, std::string> last_start;
  for (const auto& row : table.rows) {
    const auto& face = row[table.column("face")];
    EXPECT_TRUE(face == "0" || face == "1");
    EXPECT_NE(last_start[face], row[table.column("start")]);
    last_start[face] = row[table.column("start")];
  }
  EXPECT_EQ(last_start.size(), 2U);
  EXPECT_EQ(table.rows.size() % 2, 0U);
  const auto text = all_faces("both.mkv", {});
  EXPECT_THAT(text.out, AllOf(HasSubstr("2 faces"), HasSubstr("face 1, in "), HasSubstr("pixels")));
}

TEST_F(PredictFaces, SharesJoinToTheFileOfAll) {
  for (const char* format : {"csv", "jsonl"}) {
    const auto write = [&](const std::string& output, std::vector<std::string> more) {
      more.insert(more.end(),
                  {"--window", "1", "--format", format, "--output", path(output), path("a.mkv")});
      return all_faces("both.mkv", more).exit_status;
    };
    ASSERT_EQ(write("whole", {}), 0);
    ASSERT_EQ(write("shared", {"--shard", "1/2"}), 0);
    ASSERT_EQ(write("shared", {"--shard", "2/2"}), 0);
    ASSERT_EQ(predict({"--join", "--output", path("shared")}).exit_status, 0);
    EXPECT_EQ(read_file(folder / "shared"), read_file(folder / "whole")) << format;
    fs::remove(folder / "shared");
  }
}

TEST_F(PredictFaces, AnotherDetectorThanTheModelsNeedsNoFileOfIts) {
  AVER_REQUIRE_CASCADE();
  const auto result = predict({"--visual", path("run"), "--face", "haar", path("a.mkv")});
  EXPECT_EQ(result.exit_status, 0) << result.err;
}

TEST_F(PredictFaces, WhatHoldsNoFaceFails) {
  run_ffmpeg({"-f", "lavfi", "-i", "color=gray:size=320x180:duration=1", path("grey.mkv")});
  const auto result = all_faces("grey.mkv", {});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("no face found in any of its"));
}

TEST(PredictFacesOptions, WhatDoesNotGoTogetherIsSaid) {
  const auto result = predict(
      {"--faces", "all", "--audio", "a", "--visual", "v", "--segments", "--window", "1", "c.mp4"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("leave --audio out"), HasSubstr("--segments")));
  EXPECT_EQ(predict({"--faces", "some", "--visual", "v", "c.mp4"}).exit_status, 2);
  const auto whole = predict(
      {"--visual", Models::get().path("visual"), "--faces", "all", Models::get().clip(kClip)});
  EXPECT_EQ(whole.exit_status, 2);
  EXPECT_THAT(whole.err, HasSubstr("--faces all needs a detector"));
}

}  // namespace
}  // namespace aver::test
