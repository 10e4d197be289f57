#include "series/landmarks.h"

#include <gmock/gmock.h>

#include <algorithm>
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

TEST(PreparedSeries, ACourseAddsQuantilesAndThirds) {
  const FloatArray frames{{7, 1}, {1, 2, 4, 8, 16, 32, 64}};
  SeriesOptions options;
  options.summary = "course";
  const auto summary = prepared_series(frames, options);
  ASSERT_EQ(summary.shape, (std::vector<std::size_t>{7, 1}));
  // NumPy 1.24: a.mean(), a.std(), np.quantile(a, [.1, .9]); the thirds are frames 0-1, 2-3, 4-6.
  const double mean = 127.0 / 7;
  const std::vector<double> expected = {mean,     21.236280,       1.6, 44.8, 1.5 - mean,
                                        6 - mean, 112.0 / 3 - mean};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(summary.values[i], expected[i], 1e-3) << i;
  }
  const FloatArray brief{{1, 1}, {5}};
  EXPECT_EQ(prepared_series(brief, options).values, (std::vector<float>{5, 0, 5, 5, 0, 0, 0}));
}

/// A face seen in a mirror: iBUG's points change sides as its drawing numbers them.
FloatArray in_a_mirror(const FloatArray& frames) {
  std::vector<std::size_t> other(kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) other[i] = i;
  const std::vector<std::pair<std::size_t, std::size_t>> pairs = {
      {0, 16},  {1, 15},  {2, 14},  {3, 13},  {4, 12},  {5, 11},  {6, 10},  {7, 9},
      {17, 26}, {18, 25}, {19, 24}, {20, 23}, {21, 22}, {31, 35}, {32, 34}, {36, 45},
      {37, 44}, {38, 43}, {39, 42}, {40, 47}, {41, 46}, {48, 54}, {49, 53}, {50, 52},
      {55, 59}, {56, 58}, {60, 64}, {61, 63}, {65, 67}};
  for (const auto& [one, two] : pairs) {
    other[one] = two;
    other[two] = one;
  }
  FloatArray mirror = frames;
  for (std::size_t t = 0; t < frames.rows(); ++t) {
    const float* from = &frames.values[t * kLandmarkNumbers];
    for (std::size_t i = 0; i < kPoints; ++i) {
      mirror.values[t * kLandmarkNumbers + i] = 640 - from[other[i]];
      mirror.values[t * kLandmarkNumbers + kPoints + i] = from[kPoints + other[i]];
    }
  }
  return mirror;
}

TEST(MirroredSeries, IsWhatAMirroredFaceGives) {
  FloatArray frames = FloatArray::matrix(9, kLandmarkNumbers);
  for (std::size_t t = 0; t < 9; ++t) {
    std::ranges::copy(face(t).values,
                      frames.values.begin() + static_cast<std::ptrdiff_t>(t * kLandmarkNumbers));
  }
  for (const char* summary : {"none", "mean-deviation", "course"}) {
    for (const int differences : {0, 2}) {
      SeriesOptions options;
      options.align = "eyes";
      options.summary = summary;
      options.differences = differences;
      const auto own = prepared_series(frames, options);
      const auto mirror = prepared_series(in_a_mirror(frames), options);
      const auto mirrored = mirrored_series(options);
      ASSERT_EQ(mirrored.size(), own.rows()) << summary << differences;
      double furthest = 0;
      for (std::size_t c = 0; c < own.rows(); ++c) {
        for (std::size_t t = 0; t < own.columns(); ++t) {
          const float value = mirrored[c].sign * own.row(mirrored[c].source)[t];
          furthest = std::max<double>(furthest, std::abs(value - mirror.row(c)[t]));
        }
      }
      EXPECT_LT(furthest, 1e-4) << summary << " " << differences;
    }
  }
  EXPECT_TRUE(mirrored_series(SeriesOptions{}).empty()) << "of what is no face";
}

}  // namespace
}  // namespace aver
