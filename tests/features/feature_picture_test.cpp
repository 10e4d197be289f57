#include "features/feature_picture.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/random.h"
#include "features/log_mel.h"
#include "media/image_file.h"

namespace {

using namespace aver;

FloatArray pattern(std::size_t rows, std::size_t columns) {
  Random random(rows * 1000 + columns);
  FloatArray matrix = FloatArray::matrix(rows, columns);
  for (float& value : matrix.values) {
    value = static_cast<float>(random.uniform(-50, 50));
  }
  return matrix;
}

const RowAxis kMfcc = {.name = "coefficient", .unit = "dB", .marks = {}, .first_apart = true};

TEST(FeaturePicture, HasTheSameBytesForTheSameInputWhateverCameBefore) {
  FeaturePainter fresh, used;
  used.png(pattern(13, 50), kMfcc, 0.02, "another clip");
  const auto once = fresh.png(pattern(40, 170), kMfcc, 0.0232, "01-03-01-01-01-01   happy");
  EXPECT_EQ(used.png(pattern(40, 170), kMfcc, 0.0232, "01-03-01-01-01-01   happy"), once);
  EXPECT_NE(used.png(pattern(40, 170), kMfcc, 0.0232, "01-04-01-01-01-01   sad"), once);
}

TEST(FeaturePicture, IsPaintedForAnyShapeAndForEqualValues) {
  FeaturePainter painter;
  for (const auto& [rows, columns] : std::vector<std::pair<std::size_t, std::size_t>>{
           {1, 1}, {1, 200}, {2, 1}, {3, 3}, {40, 5000}, {900, 2}}) {
    for (FloatArray matrix : {pattern(rows, columns), FloatArray{{rows, columns}, {}}}) {
      matrix.values.resize(rows * columns, -7.0f);
      const auto bytes = painter.png(matrix, kMfcc, 0.0232, "any shape");
      const cv::Mat picture = decode_image(bytes, "picture");
      EXPECT_EQ(picture.cols, FeaturePainter::kWidth);
      EXPECT_EQ(picture.rows, FeaturePainter::kHeight);
    }
  }
}

TEST(FeaturePicture, HigherValuesAreBrighterAndHigherCoefficientsLieAbove) {
  FloatArray matrix{{3, 2}, {0, 0, -10, 10, 10, -10}};  // row 2 (on top): high, low
  FeaturePainter painter;
  const cv::Mat picture = decode_image(painter.png(matrix, kMfcc, 0.5, "two frames"), "picture");
  const auto brightness = [&](int x, int y) {
    const auto pixel = picture.at<cv::Vec3b>(y, x);
    return pixel[0] + pixel[1] + pixel[2];
  };
  EXPECT_GT(brightness(250, 180), brightness(700, 180));
  EXPECT_LT(brightness(250, 320), brightness(700, 320));
}

TEST(FeaturePicture, OfLogMelShowsTheLevelsOverTheWholeHeightAndNoSlopes) {
  LogMelOptions options;
  options.mel_bands = 4;
  options.deltas = 1;
  const RowAxis axis = LogMel(options).row_axis();
  EXPECT_EQ(axis.shown, 4u);
  ASSERT_THAT(axis.marks, testing::Not(testing::IsEmpty()));
  EXPECT_EQ(axis.marks.back().text, "5") << "11025 Hz is the end of the last band";

  FloatArray levels{{8, 2}, {0, 0, 0, 0, 0, 0, -80, 0}};  // of the highest band low, then high
  levels.values.resize(16, 1000.0f);                      // slopes, which would take all contrast
  FeaturePainter painter;
  const cv::Mat picture = decode_image(painter.png(levels, axis, 0.5, "two frames"), "picture");
  const auto brightness = [&](int x, int y) {
    const auto pixel = picture.at<cv::Vec3b>(y, x);
    return pixel[0] + pixel[1] + pixel[2];
  };
  EXPECT_LT(brightness(250, 60), brightness(700, 60)) << "where the curve of MFCCs would be";
  EXPECT_EQ(brightness(250, 370), brightness(700, 370));
}

TEST(FeaturePicture, OfTwoSignsIsWhiteAtZero) {
  FeaturePainter painter;
  RowAxis axis;
  axis.two_signs = true;
  // Nothing, much, and less than nothing by less.
  const auto picture =
      decode_image(painter.png(FloatArray{{1, 3}, {0, 4, -2}}, axis, 0, "signs"), "signs.png");
  const auto at = [&](int third) {
    return picture.at<cv::Vec3b>(
        200, FeaturePainter::kLeft + FeaturePainter::kPlotWidth * (2 * third + 1) / 6);
  };
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(at(0)[c], 247, 2);
  EXPECT_GT(at(1)[2], at(1)[0] + 100) << "red";
  EXPECT_GT(at(2)[0], at(2)[2] + 30) << "blue";
  EXPECT_GT(at(2)[2], 100) << "and less of it";
}

TEST(FeaturePicture, RefusesNothing) {
  EXPECT_THAT([&] { FeaturePainter().png(FloatArray::matrix(0, 0), kMfcc, 0.02, "nothing"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("there are no features to paint")));
}

}  // namespace
