#include "eval/calibration.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/error.h"
#include "base/random.h"

namespace aver {
namespace {

TEST(CalibrationBins, AreRightClosedAndTakeEveryAnswer) {
  // 0.2, 0.4 and 1.0 close bins 2, 5 and 14 of 15; 0 belongs to the first one.
  const auto bins =
      calibration_bins({{0.0, false}, {0.2, true}, {0.2000001, true}, {0.4, false}, {1.0, true}});
  ASSERT_EQ(bins.size(), 15u);
  EXPECT_EQ(bins[0].count, 1u);
  EXPECT_EQ(bins[2].count, 1u);
  EXPECT_EQ(bins[3].count, 1u);
  EXPECT_EQ(bins[5].count, 1u);
  EXPECT_EQ(bins[14].count, 1u);
}

TEST(CalibrationBins, KeepEveryBinEndInTheBinItCloses) {
  for (std::size_t count = 1; count <= 40; ++count) {
    for (std::size_t i = 1; i <= count; ++i) {
      const double end = static_cast<double>(i) / static_cast<double>(count);
      const auto bins = calibration_bins({{end, true}}, count);
      EXPECT_EQ(bins[i - 1].count, 1u) << i << " of " << count;
    }
  }
}

TEST(ExpectedCalibrationError, IsTheGapOfOneBin) {
  // Four answers at .9, three right: |.75 - .9|.
  EXPECT_NEAR(expected_calibration_error({{.9, true}, {.9, true}, {.9, true}, {.9, false}}), .15,
              1e-12);
}

TEST(ExpectedCalibrationError, WeighsBinsByTheirAnswers) {
  // Bin (.4667, .5333]: one answer, wrong, gap .5. Last bin: three answers at 1, right, gap 0.
  EXPECT_NEAR(expected_calibration_error({{.5, false}, {1.0, true}, {1.0, true}, {1.0, true}}),
              .125, 1e-12);
}

TEST(ExpectedCalibrationError, IsSmallForAnswersThatAreRightAsOftenAsTheySay) {
  Random random(3);
  std::vector<Answer> answers;
  for (int i = 0; i < 20000; ++i) {
    const double confidence = random.uniform(.2, 1);
    answers.push_back({confidence, random.uniform() < confidence});
  }
  // Each bin's mean has a standard error near sqrt(.25 / 1500) = .013.
  EXPECT_LT(expected_calibration_error(answers), .02);
}

TEST(ExpectedCalibrationError, IsZeroWithoutAnswersAndNeedsBins) {
  EXPECT_EQ(expected_calibration_error({}), 0);
  EXPECT_THAT(
      [&] {
        expected_calibration_error({{.5, true}}, 0);
      },
      testing::ThrowsMessage<Error>(testing::HasSubstr("at least one bin")));
}

}  // namespace
}  // namespace aver
