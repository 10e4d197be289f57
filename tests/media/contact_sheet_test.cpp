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

TEST(ContactSheet, TakesPicturesOfDifferentShapeAndLongWords) {
  const std::vector<SheetCell> cells = {
      {cv::Mat(300, 10, CV_8UC3, cv::Scalar(0, 0, 0)), ""},
      {cv::Mat(10, 300, CV_8UC3, cv::Scalar(0, 0, 0)), std::string(300, 'w')}};
  EXPECT_NO_THROW(draw_contact_sheet(std::string(500, 'h'), cells, 2, 50));
}

TEST(ContactSheet, NeedsAPicture) {
  EXPECT_THROW(draw_contact_sheet("heading", {}, 3), Error);
}

}  // namespace
