#include "media/face_finder.h"

#include <gmock/gmock.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "base/option_value.h"
#include "faces.h"
#include "media/ffmpeg_library.h"
#include "media/video_decoder.h"
#include "media/yunet_detector.h"
#include "support.h"

namespace aver {
namespace {

using test::drawn_face;
using test::error_of;
using test::no_face;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

FaceOptions haar(WithoutFace without) {
  return {FaceMode::haar, without, {}};
}

/// Puts the drawn picture, `width` pixels wide, with its corner at a point of a larger one.
void place(cv::Mat& wall, cv::Point corner, int width) {
  cv::Mat face;
  cv::resize(drawn_face(), face, cv::Size(width, width * 3 / 4), 0, 0, cv::INTER_AREA);
  face.copyTo(wall(cv::Rect(corner, face.size())));
}

TEST(FaceFinder, FindsADrawnFaceInTheMiddleOfItsPicture) {
  AVER_REQUIRE_CASCADE();
  FaceFinder finder(haar(WithoutFace::skip));
  const auto box = finder.largest(drawn_face());
  ASSERT_TRUE(box);
  const cv::Point middle = (box->tl() + box->br()) / 2;
  EXPECT_NEAR(middle.x, 96, 20);
  EXPECT_NEAR(middle.y, 72, 25);
  EXPECT_GT(box->width, 60);
  EXPECT_LE(box->width, 144);
  EXPECT_EQ(*box & cv::Rect(0, 0, 192, 144), *box) << "within the picture";
}

TEST(FaceFinder, FindsNothingOnAWallOrInNoise) {
  AVER_REQUIRE_CASCADE();
  FaceFinder finder(haar(WithoutFace::skip));
  EXPECT_FALSE(finder.largest(no_face()));
  cv::Mat noise(144, 192, CV_8UC3);
  cv::RNG random(7);
  random.fill(noise, cv::RNG::UNIFORM, 0, 256);
  EXPECT_FALSE(finder.largest(noise));
}

TEST(FaceFinder, TakesTheLargestAndGivesItInPixelsOfALargePicture) {
  AVER_REQUIRE_CASCADE();
  FaceFinder finder(haar(WithoutFace::skip));
  cv::Mat wall(720, 1280, CV_8UC3, cv::Scalar(190, 200, 205));
  place(wall, {40, 60}, 420);
  place(wall, {620, 100}, 600);
  const auto box = finder.largest(wall);
  ASSERT_TRUE(box);
  const cv::Point middle = (box->tl() + box->br()) / 2;
  EXPECT_NEAR(middle.x, 920, 60);
  EXPECT_NEAR(middle.y, 325, 75);
  EXPECT_GT(box->width, 600 / 3);
}

TEST(FaceFinder, TheSamePictureGivesTheSameBoxWhateverCameBefore) {
  AVER_REQUIRE_CASCADE();
  FaceFinder first(haar(WithoutFace::skip)), second(haar(WithoutFace::skip));
  const auto box = first.largest(drawn_face(0.5));
  second.largest(drawn_face(1.5));
  second.largest(no_face());
  EXPECT_EQ(second.largest(drawn_face(0.5)), box);
}

TEST(FaceFinder, SaysWhatIsNoCascade) {
  test::TemporaryFolder folder;
  write_file(folder / "text.xml", "hello");
  write_file(folder / "other.xml",
             "<?xml version=\"1.0\"?>\n<opencv_storage><a>1</a></opencv_storage>\n");
  for (const char* name : {"text.xml", "other.xml"}) {
    EXPECT_THAT(error_of([&] {
                  FaceFinder finder(FaceOptions{FaceMode::haar, {}, {folder / name, {}}});
                }),
                AllOf(HasSubstr(name), HasSubstr("no Haar cascade")));
  }
}

TEST(FaceCropper, WithoutAFaceTheBoxOfTheLastOneOfThisClipServes) {
  AVER_REQUIRE_CASCADE();
  FaceCropper faces(haar(WithoutFace::previous));
  faces.start_clip();
  EXPECT_EQ(faces.crop(no_face())->size(), cv::Size(192, 144)) << "there is no box yet";
  const cv::Mat found = *faces.crop(drawn_face());
  EXPECT_LT(found.cols, 192);
  EXPECT_EQ(faces.crop(no_face())->size(), found.size());
  EXPECT_EQ(faces.counts(), (FaceCounts{1, 1, 1, 0}));
  faces.start_clip();
  EXPECT_EQ(faces.counts(), FaceCounts{});
  EXPECT_EQ(faces.crop(no_face())->size(), cv::Size(192, 144)) << "another clip's box is no help";
  EXPECT_EQ(faces.counts(), (FaceCounts{0, 0, 1, 0}));
}

TEST(FaceCropper, ABoxThatDoesNotFitASmallerFrameIsNotUsed) {
  AVER_REQUIRE_CASCADE();
  FaceCropper faces(haar(WithoutFace::previous));
  faces.start_clip();
  faces.crop(drawn_face());
  const cv::Mat small(40, 50, CV_8UC3, cv::Scalar::all(90));
  EXPECT_EQ(faces.crop(small)->size(), small.size());
  EXPECT_EQ(faces.counts(), (FaceCounts{1, 0, 1, 0}));
}

TEST(FaceCropper, WithoutAFaceTheFrameIsLeftOutOrStaysWhole) {
  AVER_REQUIRE_CASCADE();
  FaceCropper skipping(haar(WithoutFace::skip)), keeping(haar(WithoutFace::whole));
  skipping.start_clip();
  keeping.start_clip();
  EXPECT_LT(skipping.crop(drawn_face())->cols, 192);
  EXPECT_LT(keeping.crop(drawn_face())->cols, 192);
  EXPECT_FALSE(skipping.crop(no_face()));
  EXPECT_EQ(keeping.crop(no_face())->size(), cv::Size(192, 144));
  EXPECT_EQ(skipping.counts(), (FaceCounts{1, 0, 0, 1}));
  EXPECT_EQ(keeping.counts(), (FaceCounts{1, 0, 1, 0}));
}

TEST(FaceCropper, CropsNothingAndCountsNothingUnlessAsked) {
  FaceCropper faces(FaceOptions{});
  faces.start_clip();
  const cv::Mat picture = drawn_face();
  EXPECT_EQ(faces.crop(picture)->data, picture.data);
  EXPECT_EQ(faces.crop(picture)->size(), picture.size());
  EXPECT_EQ(faces.counts(), FaceCounts{});
}

TEST(FaceOptions, AMissingCascadeSaysWhichPackageBringsOne) {
  const FaceOptions gone{FaceMode::haar, WithoutFace::previous, {"/no/such/cascade.xml", {}}};
  EXPECT_THAT(error_of([&] { FaceCropper faces(gone); }),
              AllOf(HasSubstr("/no/such/cascade.xml"), HasSubstr("opencv-data"),
                    HasSubstr("--face-cascade")));
}

TEST(FaceOptions, NamesAreReadBack) {
  for (const auto mode : {FaceMode::none, FaceMode::haar}) {
    EXPECT_EQ(value_named<FaceMode>(name_of(mode)), mode);
  }
  for (const auto policy : {WithoutFace::skip, WithoutFace::previous, WithoutFace::whole}) {
    EXPECT_EQ(value_named<WithoutFace>(name_of(policy)), policy);
  }
  EXPECT_EQ(value_named<FaceMode>("dnn"), std::nullopt);
  EXPECT_EQ(value_named<WithoutFace>("none"), std::nullopt);
}

// Head and shoulders before a wall: a crop that is right lies around the middle (one actor leans
// far to the side) and has a plausible size.
TEST(FaceCropper, FindsTheFacesOfRealClips) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_CASCADE();
  quiet_ffmpeg();
  FaceFinder finder(haar(WithoutFace::skip));
  std::size_t frames = 0, found = 0;
  for (const auto& path : list_files(data / "ravdess-av-clips")) {
    VideoDecoder decoder(path, {.every = 10});
    while (decoder.next()) {
      const cv::Mat picture = decoder.picture();
      ++frames;
      const auto box = finder.largest(picture);
      if (!box) continue;
      ++found;
      const cv::Point middle = (box->tl() + box->br()) / 2;
      EXPECT_NEAR(middle.x, picture.cols / 2, picture.cols * 0.3) << path << decoder.index();
      EXPECT_NEAR(middle.y, picture.rows / 2, picture.rows * 0.2) << path << decoder.index();
      EXPECT_GT(box->width, picture.rows / 3) << path << decoder.index();
      EXPECT_LE(box->height, picture.rows) << path << decoder.index();
      EXPECT_NEAR(box->width, box->height, picture.rows / 8) << path << decoder.index();
    }
  }
  EXPECT_GT(frames, 60u);
  EXPECT_GE(found * 100, frames * 95) << found << " of " << frames;
}

TEST(FaceSquare, GrowsTheLargerSideAndEndsWithThePicture) {
  const cv::Size picture(200, 100);
  EXPECT_EQ(face_square({50, 20, 30, 40}, 0.05, picture), cv::Rect(43, 18, 44, 44));
  EXPECT_EQ(face_square({-10, 80, 40, 40}, 0, picture), cv::Rect(0, 80, 30, 20));
  EXPECT_TRUE(face_square({500, 500, 40, 40}, 0, picture).empty());
  EXPECT_TRUE(face_square({1e300, 0, 40, 40}, 0, picture).empty());
}

TEST(Yunet, SaysWhatIsNoNetworkOfIts) {
  const TemporaryFolder folder;
  write_file(folder / "text.onnx", "no network");
  write_file(folder / "empty.onnx", "");
  for (const char* name : {"text.onnx", "empty.onnx"}) {
    EXPECT_THAT(error_of([&] {
                  FaceFinder finder(FaceOptions{FaceMode::yunet, {}, {{}, folder / name}});
                }),
                AllOf(HasSubstr(name), HasSubstr("no YuNet network")));
  }
  EXPECT_THAT(error_of([] {
                FaceFinder finder(FaceOptions{FaceMode::yunet, {}, {}});
              }),
              AllOf(HasSubstr("needs its network"), HasSubstr("--face-model")));
}

TEST(Yunet, FindsTheFacesOfRealClipsWhereTheCascadeFindsThemAndWhereTheyAreTurned) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_CASCADE();
  AVER_REQUIRE_FACE_MODEL(model);
  quiet_ffmpeg();
  FaceFinder finder(FaceOptions{FaceMode::yunet, {}, {{}, model}});
  FaceFinder cascade(haar(WithoutFace::skip));
  std::size_t clips = 0;
  for (const auto& clip : fs::directory_iterator(data / "ravdess-av-originals")) {
    if (clip.path().extension() != ".mp4") continue;
    VideoDecoder decoder(clip.path(), {.every = 30});
    while (decoder.next()) {
      const cv::Mat picture = decoder.picture();
      const auto box = finder.largest(picture), other = cascade.largest(picture);
      ASSERT_TRUE(box && other) << clip.path() << " " << decoder.index();
      EXPECT_GT((*box & *other).area(), 0.5 * (*box | *other).area());
      // As a selfie taken askew: the cascade wants upright faces.
      cv::Mat turned;
      const auto turn = cv::getRotationMatrix2D(
          {static_cast<float>(picture.cols) / 2, static_cast<float>(picture.rows) / 2}, 35, 1);
      cv::warpAffine(picture, turned, turn, picture.size());
      EXPECT_TRUE(finder.largest(turned));
      cv::Mat two;
      cv::hconcat(picture, picture, two);
      EXPECT_EQ(make_yunet_detector(model)->find(two).size(), 2U);
    }
    ++clips;
  }
  EXPECT_GT(clips, 0U);
}

}  // namespace
}  // namespace aver
