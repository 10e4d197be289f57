#include "conditions/picture_conditions.h"

#include <gmock/gmock.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace aver {
namespace {

const PictureCondition& condition(std::string_view name) {
  for (const PictureCondition& one : picture_conditions()) {
    if (one.scale.name == name) return one;
  }
  throw std::out_of_range(std::string(name));
}

/// Three frames of 120 x 100, each of another grey, with a face box in the middle.
ClipPictures grey_clip() {
  ClipPictures clip;
  for (const int grey : {60, 128, 200}) {
    clip.frames.emplace_back(100, 120, CV_8UC3, cv::Scalar::all(grey));
    clip.faces.emplace_back(40, 20, 50, 50);
  }
  return clip;
}

int value_at(const cv::Mat& frame, int row, int column) {
  return frame.at<cv::Vec3b>(row, column)[0];
}

TEST(Gamma, DarkensByThePower) {
  const auto dark = condition("gamma").apply(grey_clip(), 2);
  ASSERT_EQ(dark.size(), 3U);
  // 255 · (128/255)² = 64.25, 255 · (200/255)² = 156.86
  EXPECT_EQ(value_at(dark[1], 0, 0), 64);
  EXPECT_EQ(value_at(dark[2], 5, 7), 157);
}

TEST(Covered, HidesTheEyesOrTheMouthOfTheFaceAndNothingElse) {
  const ClipPictures clip = grey_clip();
  const auto glasses = condition("eyes-covered").apply(clip, 1).front();
  const auto mask = condition("mouth-covered").apply(clip, 1).front();
  // Eyes: rows 20 + .22 · 50 = 31 to before 20 + .48 · 50 = 44; mouth: 51 to before 67 or 68.
  for (const auto& [row, covered] : {std::pair{30, false}, {31, true}, {43, true}, {44, false}}) {
    EXPECT_EQ(value_at(glasses, row, 60), covered ? 0 : 60) << row;
  }
  for (const auto& [row, covered] : {std::pair{50, false}, {51, true}, {66, true}, {69, false}}) {
    EXPECT_EQ(value_at(mask, row, 60), covered ? 0 : 60) << row;
  }
  EXPECT_EQ(value_at(glasses, 35, 39), 60);  // beside the face
  EXPECT_EQ(value_at(glasses, 35, 40), 0);
  EXPECT_EQ(value_at(clip.frames.front(), 35, 60), 60);  // the clip's own frames stay
}

TEST(Blur, SpreadsAnEdgeAsFarAsItSays) {
  ClipPictures clip;
  cv::Mat frame(200, 300, CV_8UC3, cv::Scalar::all(0));
  frame.colRange(150, 300).setTo(cv::Scalar::all(200));
  clip.frames = {frame};
  clip.faces = {cv::Rect(0, 0, 300, 200)};
  const auto blurred = condition("blur").apply(clip, 4).front();  // sigma 8
  // One deviation from the edge a Gaussian has taken 84.1 % of the step; the edge itself lies half
  // a pixel before column 150.
  EXPECT_NEAR(value_at(blurred, 100, 158), 200 * .8556, 2);
  EXPECT_NEAR(value_at(blurred, 100, 149), 200 * .4751, 2);
}

TEST(FrameRate, KeepsEveryNthFrameAndNeverNone) {
  const auto kept = condition("frame-rate").apply(grey_clip(), 2);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(value_at(kept[1], 0, 0), 200);
  EXPECT_EQ(condition("frame-rate").apply(grey_clip(), 16).size(), 1U);
}

TEST(Jpeg, LosesMoreTheLowerTheQuality) {
  ClipPictures clip;
  cv::Mat frame(96, 96, CV_8UC3);
  for (int row = 0; row < 96; ++row) {
    for (int column = 0; column < 96; ++column) {
      const int wave = static_cast<int>(128 + 100 * std::sin(row * .5) * std::cos(column * .3));
      frame.at<cv::Vec3b>(row, column) = cv::Vec3b::all(static_cast<std::uint8_t>(wave));
    }
  }
  clip.frames = {frame};
  clip.faces = {cv::Rect(0, 0, 96, 96)};
  double before = 0;
  for (const double quality : {50.0, 10.0, 2.0}) {
    const double lost = cv::norm(condition("jpeg").apply(clip, quality).front(), frame);
    EXPECT_GT(lost, before) << quality;
    before = lost;
  }
}

}  // namespace
}  // namespace aver
