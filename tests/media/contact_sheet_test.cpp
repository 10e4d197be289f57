#include "media/contact_sheet.h"

#include <gmock/gmock.h>

#include <opencv2/core.hpp>

#include "base/error.h"

namespace {

using namespace aver;

TEST(ContactSheet, ShowsEveryPictureInReadingOrder) {
  std::vector<SheetCell> cells;
  for (int i = 0; i < 7; ++i) {
    cells.push_back({cv::Mat(30, 40, CV_8UC3, cv::Scalar(20 * i, 0, 200)), "cell"});
  }
  const cv::Mat sheet = draw_contact_sheet("heading", cells, 3, 80);
  std::vector<cv::Point> corners;  // the first pixel of each picture, row by row
  for (int i = 0; i < 7; ++i) {
    const cv::Vec3b colour(static_cast<uchar>(20 * i), 0, 200);
    for (int y = 0; y < sheet.rows && static_cast<int>(corners.size()) == i; ++y) {
      for (int x = 0; x < sheet.cols; ++x) {
        if (sheet.at<cv::Vec3b>(y, x) == colour) {
          corners.push_back({x, y});
          break;
        }
      }
    }
    ASSERT_EQ(static_cast<int>(corners.size()), i + 1) << "picture " << i << " is not there";
  }
  EXPECT_EQ(corners[0].y, corners[2].y);
  EXPECT_LT(corners[0].x, corners[1].x);
  EXPECT_LT(corners[2].y, corners[3].y);
  EXPECT_EQ(corners[0].x, corners[6].x);
}

/// Where nearly nothing is brighter than a black picture.
cv::Mat dark(const cv::Mat& sheet) {
  cv::Mat mask;
  cv::inRange(sheet, cv::Scalar::all(0), cv::Scalar::all(5), mask);
  return mask;
}

TEST(ContactSheet, TakesPicturesOfDifferentShapeAndLongWords) {
  const std::vector<SheetCell> cells = {
      {cv::Mat(300, 10, CV_8UC3, cv::Scalar(0, 0, 0)), ""},
      {cv::Mat(10, 300, CV_8UC3, cv::Scalar(0, 0, 0)), std::string(300, 'w')}};
  const cv::Mat sheet = draw_contact_sheet(std::string(500, 'h'), cells, 2, 50);
  // One picture is 50 wide and 1500 high, the other a line below 2 pixels.
  EXPECT_GT(sheet.rows, 1500);
  EXPECT_LT(sheet.cols, 3 * 50);
  EXPECT_GE(cv::countNonZero(dark(sheet)), 50 * 1500);
  EXPECT_LT(cv::countNonZero(dark(sheet)), 50 * 1500 + 50 * 10);
  const int height = sheet.rows;
  for (const int margin : {0, sheet.cols - 8}) {
    const cv::Mat edge = sheet(cv::Rect(margin, 0, 8, height));
    EXPECT_EQ(cv::norm(edge, cv::Mat(edge.size(), CV_8UC3, cv::Scalar::all(255)), cv::NORM_INF), 0)
        << "words as wide as they like stay off the edge";
  }
}

TEST(ContactSheet, NeedsAPicture) {
  EXPECT_THAT([&] { draw_contact_sheet("heading", {}, 3); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("needs at least one picture")));
}

}  // namespace
