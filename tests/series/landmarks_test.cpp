#include "series/landmarks.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "series/series_options.h"

namespace aver {
namespace {

constexpr std::size_t kPoints = 68;

/// A face of 68 points at random, whose eyes are apart.
FloatArray face(std::uint64_t seed) {
  FloatArray frame = FloatArray::matrix(1, kLandmarkNumbers);
  Random random(seed);
  for (float& value : frame.values) value = static_cast<float>(random.uniform(-30, 30));
  for (std::size_t i = 36; i < 42; ++i) frame.values[i] -= 100;
  for (std::size_t i = 42; i < 48; ++i) frame.values[i] += 100;
  return frame;
}

FloatArray moved(const FloatArray& from, double angle, double scale, double x, double y) {
  FloatArray to = from;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double a = from.values[i], b = from.values[kPoints + i];
    to.values[i] = static_cast<float>(scale * (a * std::cos(angle) - b * std::sin(angle)) + x);
    to.values[kPoints + i] =
        static_cast<float>(scale * (a * std::sin(angle) + b * std::cos(angle)) + y);
  }
  return to;
}

TEST(AlignByEyes, TakesOutPlaceTurnAndSizeOfTheHead) {
  FloatArray one = face(1), other = moved(one, 0.3, 2.5, 640, 360);
  align_by_eyes(one, false);
  align_by_eyes(other, false);
  for (std::size_t k = 0; k < kLandmarkNumbers; ++k) {
    EXPECT_NEAR(one.values[k], other.values[k], 1e-4) << k;
  }
}

TEST(AlignByEyes, PutsTheEyesAtADistanceOfOneOnALevelLine) {
  FloatArray frame = face(2);
  align_by_eyes(frame, false);
  const auto mean = [&](std::size_t first) {
    double sum = 0;
    for (std::size_t i = first; i < first + 6; ++i) sum += frame.values[i];
    return sum / 6;
  };
  EXPECT_NEAR(mean(36), -0.5, 1e-5);
  EXPECT_NEAR(mean(42), 0.5, 1e-5);
  EXPECT_NEAR(mean(kPoints + 36), 0, 1e-5);
  EXPECT_NEAR(mean(kPoints + 42), 0, 1e-5);
}

TEST(AlignByEyes, WithTheScaleOfTheClipAFaceThatComesNearerGrows) {
  const FloatArray far = face(3), near = moved(far, 0, 2, 0, 0);
  FloatArray clip = FloatArray::matrix(3, kLandmarkNumbers);
  for (std::size_t t = 0; t < 3; ++t) {
    const auto& frame = t == 2 ? near : far;
    std::copy(frame.values.begin(), frame.values.end(),
              clip.values.begin() + static_cast<std::ptrdiff_t>(t * kLandmarkNumbers));
  }
  align_by_eyes(clip, true);
  EXPECT_NEAR(clip.row(2)[0], 2 * clip.row(0)[0], 1e-4);
}

TEST(AlignByEyes, AFaceWithoutAnyDistanceStaysFinite) {
  FloatArray frame = FloatArray::matrix(1, kLandmarkNumbers);
  align_by_eyes(frame, false);
  for (const float value : frame.values) EXPECT_TRUE(std::isfinite(value));
}

TEST(AlignByEyes, RefusesOtherNumbersOfValues) {
  FloatArray frame = FloatArray::matrix(2, 100);
  EXPECT_THROW(align_by_eyes(frame, false), Error);
}

TEST(PreparedSeries, IsFeaturesByFrames) {
  const FloatArray frames{{2, 3}, {1, 2, 3, 11, 12, 13}};
  SeriesOptions options;
  options.summary = "none";
  const auto plain = prepared_series(frames, options);
  EXPECT_EQ(plain.shape, (std::vector<std::size_t>{3, 2}));
  EXPECT_EQ(plain.values, (std::vector<float>{1, 11, 2, 12, 3, 13}));
}

TEST(PreparedSeries, DifferencesFollowTheFeaturesAndBeginWithZeros) {
  const FloatArray frames{{3, 1}, {1, 4, 9}};
  SeriesOptions options;
  options.summary = "none";
  options.differences = 1;
  EXPECT_EQ(prepared_series(frames, options).values, (std::vector<float>{1, 4, 9, 0, 3, 5}));
  options.differences = 2;
  EXPECT_EQ(prepared_series(frames, options).values, (std::vector<float>{1, 4, 9, 0, 0, 8}));
}

TEST(PreparedSeries, ASummaryIsMeansThenDeviations) {
  const FloatArray frames{{2, 2}, {1, 10, 3, 10}};
  SeriesOptions options;
  options.summary = "mean-deviation";
  const auto summary = prepared_series(frames, options);
  EXPECT_EQ(summary.shape, (std::vector<std::size_t>{4, 1}));
  EXPECT_EQ(summary.values, (std::vector<float>{2, 10, 1, 0}));
}

}  // namespace
}  // namespace aver
