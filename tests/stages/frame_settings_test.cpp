#include "stages/frame_settings.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "faces.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

std::string error_of(const nlohmann::json& input, const FaceFiles& files = {}) {
  try {
    frame_settings_of(input, files);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(FrameSettings, AModelThatSaysNothingWasTrainedAsThePaper) {
  for (const nlohmann::json& input :
       {nlohmann::json{{"picture_size", 64}}, nlohmann::json{{"frames", {{"every", 5}}}}}) {
    const FrameSettings settings = frame_settings_of(input);
    EXPECT_EQ(settings.every, 5);
    EXPECT_EQ(settings.quality, 95);
    EXPECT_EQ(settings.resize, "");
    EXPECT_EQ(settings.face.mode, FaceMode::none);
  }
}

TEST(FrameSettings, AreReadBackFromWhatTheStageWrote) {
  AVER_REQUIRE_CASCADE();
  FrameSettings settings{2, 80, "96x96", {FaceMode::haar, WithoutFace::skip, {}}};
  const FrameSettings read = frame_settings_of({{"frames", to_json(settings)}});
  EXPECT_EQ(read.every, 2);
  EXPECT_EQ(read.quality, 80);
  EXPECT_EQ(read.resize, "96x96");
  EXPECT_EQ(read.face.mode, FaceMode::haar);
  EXPECT_EQ(read.face.without, WithoutFace::skip);
  EXPECT_EQ(read.face.files.cascade, default_face_cascade());
}

TEST(FrameSettings, WithoutAFaceTheyAreThoseOfFoldersMadeBeforeThereWereAny) {
  EXPECT_EQ(to_json(FrameSettings{}),
            nlohmann::json({{"every", 5}, {"quality", 95}, {"resize", ""}}));
}

TEST(FrameSettings, OnlyTheModelsOwnCascadeWillDo) {
  TemporaryFolder folder;
  write_file(folder / "mine.xml", "one");
  const nlohmann::json input = {
      {"frames",
       to_json({5, 95, "", {FaceMode::haar, WithoutFace::whole, {folder / "mine.xml", {}}}})}};
  EXPECT_EQ(input["frames"]["face-cascade"], "mine.xml") << "no absolute path";
  EXPECT_EQ(frame_settings_of(input, {folder / "mine.xml", {}}).face.files.cascade,
            folder / "mine.xml");
  EXPECT_THAT(error_of(input), AllOf(HasSubstr("mine.xml"), HasSubstr("no such face cascade")));
  write_file(folder / "mine.xml", "two");
  EXPECT_THAT(error_of(input, {folder / "mine.xml", {}}), HasSubstr("another face cascade"));
}

TEST(FrameSettings, DamagedOnesAreRefusedInASentence) {
  const auto with = [](const nlohmann::json& frames) { return error_of({{"frames", frames}}); };
  EXPECT_THAT(with({{"face", "dnn"}}), HasSubstr("dnn"));
  EXPECT_THAT(with({{"face", "haar"}}), HasSubstr("face-cascade"));
  EXPECT_THAT(with({{"every", "five"}}), HasSubstr("every"));
  EXPECT_THAT(with({{"every", 0}}), HasSubstr("every must be at least 1, not 0"));
  EXPECT_THAT(with({{"quality", 101}}), HasSubstr("quality must be 1 to 100, not 101"));
  EXPECT_THAT(with("text"), HasSubstr("frames"));
}

TEST(FrameSettings, FaceKeysAreToldFromTheOthers) {
  EXPECT_EQ(face_settings({{"every", 5}}), nlohmann::json({{"face", "none"}}));
  EXPECT_EQ(face_settings(nlohmann::json::object()), nlohmann::json({{"face", "none"}}));
  EXPECT_EQ(face_settings({{"every", 5}, {"face", "haar"}, {"without-face", "skip"}}),
            nlohmann::json({{"face", "haar"}, {"without-face", "skip"}}));
}

}  // namespace
}  // namespace aver
