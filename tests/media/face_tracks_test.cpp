#include "media/face_tracks.h"

#include <gmock/gmock.h>

namespace aver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A face of 100 pixels.
cv::Rect face(double x, double y) {
  return {cvRound(x), cvRound(y), 100, 100};
}

TEST(FaceTracker, KeepsFacesApartWhateverTheirOrder) {
  FaceTracker tracker;
  EXPECT_THAT(tracker.follow({face(0, 0), face(300, 0)}, 0), ElementsAre(0, 1));
  EXPECT_THAT(tracker.follow({face(290, 5), face(10, 5)}, .2), ElementsAre(1, 0));
  EXPECT_THAT(tracker.follow({face(285, 5), face(600, 0), face(15, 5)}, .4), ElementsAre(1, 2, 0));
  EXPECT_THAT(tracker.follow({}, .6), IsEmpty());
}

TEST(FaceTracker, ASecondOfAbsenceKeepsATrackAndALongOneDoesNot) {
  FaceTracker tracker;
  EXPECT_THAT(tracker.follow({face(0, 0), face(300, 0)}, 0), ElementsAre(0, 1));
  for (const double seconds : {.2, .4, .6, .8}) {
    EXPECT_THAT(tracker.follow({face(300, 0)}, seconds), ElementsAre(1));
  }
  EXPECT_THAT(tracker.follow({face(12, 4), face(300, 0)}, 1), ElementsAre(0, 1));
  EXPECT_THAT(tracker.follow({face(300, 0)}, 2.4), ElementsAre(1));
  EXPECT_THAT(tracker.follow({face(12, 4), face(300, 0)}, 2.6), ElementsAre(2, 1))
      << "who comes back after that long may be anybody";
}

TEST(FaceTracker, FacesThatPassEachOtherKeepTheirNumbers) {
  // Two that walk towards each other at 300 pixels a second, and hide one another for a moment.
  FaceTracker tracker;
  for (int i = 0; i <= 20; ++i) {
    const double seconds = .1 * i, left = 300 * seconds, right = 600 - 300 * seconds;
    const bool hidden = i == 10;  // both at 300
    const auto numbers = hidden ? tracker.follow({face(300, 0)}, seconds)
                                : tracker.follow({face(left, 0), face(right, 20)}, seconds);
    if (hidden) continue;
    EXPECT_THAT(numbers, ElementsAre(0, 1)) << seconds;
  }
}

TEST(FaceTracker, MovesAreFollowedThatAloneWouldOverlapTooLittle) {
  // 90 pixels from picture to picture: the boxes share a twentieth, and the motion tells.
  FaceTracker tracker;
  EXPECT_THAT(tracker.follow({face(0, 0)}, 0), ElementsAre(0));
  EXPECT_THAT(tracker.follow({face(50, 0)}, .2), ElementsAre(0));
  EXPECT_THAT(tracker.follow({face(110, 0)}, .4), ElementsAre(0));
  EXPECT_THAT(tracker.follow({face(185, 0)}, .6), ElementsAre(0));
  EXPECT_THAT(tracker.follow({face(270, 0)}, .8), ElementsAre(0));
}

}  // namespace
}  // namespace aver
