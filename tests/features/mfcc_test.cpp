#include "features/mfcc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"
#include "base/random.h"
#include "features/golden.h"

namespace {

using namespace aver;
using namespace aver::test;
using ::testing::HasSubstr;

std::vector<float> noise(std::size_t count, std::uint64_t seed = 1) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    value = static_cast<float>(random.uniform(-0.5, 0.5));
  }
  return values;
}

MfccOptions without_floor() {
  MfccOptions options;
  options.top_db = 0;
  return options;
}

TEST(Mfcc, GivesTheSameBytesWhateverClipsCameBefore) {
  const auto one = noise(50'000, 1), other = noise(3'001, 2);
  Mfcc used{MfccOptions{}};
  used.compute(one);
  const FloatArray after_a_longer_clip = used.compute(other);
  EXPECT_EQ(Mfcc(MfccOptions{}).compute(other).values, after_a_longer_clip.values);
  EXPECT_EQ(Mfcc(MfccOptions{}).compute(one).values, used.compute(one).values);
}

TEST(Mfcc, HasOneFrameMoreThanWholeHops) {
  Mfcc mfcc{MfccOptions{}};
  for (const auto& [samples, frames] : std::vector<std::pair<std::size_t, std::size_t>>{
           {1, 1}, {511, 1}, {512, 2}, {2047, 4}, {2048, 5}, {22050, 44}}) {
    const FloatArray result = mfcc.compute(noise(samples));
    EXPECT_EQ(result.rows(), 40u);
    EXPECT_EQ(result.columns(), frames) << samples;
    EXPECT_EQ(result.values.size(), result.rows() * result.columns());
  }
}

TEST(Mfcc, OfSilenceIsTheLowestLevelAndNothingElse) {
  Mfcc mfcc{MfccOptions{}};
  const FloatArray result = mfcc.compute(std::vector<float>(10'000));
  for (std::size_t t = 0; t < result.columns(); ++t) {
    EXPECT_NEAR(result.row(0)[t], -100 * std::sqrt(128.0), 1e-3);
    for (std::size_t k = 1; k < result.rows(); ++k) {
      ASSERT_EQ(result.row(k)[t], 0.0f);
    }
  }
}

TEST(Mfcc, OfAPrefixHasTheSameLeadingFrames) {
  // Without top_db, which looks at the whole clip; frames that reach beyond the prefix differ.
  const auto samples = noise(40'000);
  const std::size_t prefix = 20'000;
  Mfcc mfcc(without_floor());
  const FloatArray whole = mfcc.compute(samples);
  const FloatArray part = mfcc.compute(std::span(samples).first(prefix));
  const std::size_t inside = (prefix - 1024) / 512;
  for (std::size_t k = 0; k < whole.rows(); ++k) {
    for (std::size_t t = 0; t <= inside; ++t) {
      ASSERT_NEAR(part.row(k)[t], whole.row(k)[t], 2e-4) << k << ' ' << t;
    }
  }
  EXPECT_GT(std::abs(part.row(0)[part.columns() - 1] - whole.row(0)[part.columns() - 1]), 1);
}

TEST(Mfcc, OfASignalTenTimesAsLoudDiffersInTheZerothCoefficientOnly) {
  const auto quiet = noise(20'000);
  auto loud = quiet;
  for (float& value : loud) {
    value *= 10;
  }
  Mfcc mfcc{MfccOptions{}};
  const FloatArray a = mfcc.compute(quiet), b = mfcc.compute(loud);
  for (std::size_t t = 0; t < a.columns(); ++t) {
    EXPECT_NEAR(b.row(0)[t] - a.row(0)[t], 20 * std::sqrt(128.0), 1e-3);
    for (std::size_t k = 1; k < a.rows(); ++k) {
      ASSERT_NEAR(b.row(k)[t], a.row(k)[t], 1e-3);
    }
  }
}

TEST(Mfcc, RefusesNoSamplesAndValuesThatAreNotFinite) {
  Mfcc mfcc{MfccOptions{}};
  EXPECT_THAT([&] { mfcc.compute({}); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("there is not one sample")));
  auto samples = noise(3000);
  samples[1234] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT([&] { mfcc.compute(samples); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("a sample is not a finite number")));
  samples[1234] = std::numeric_limits<float>::infinity();
  EXPECT_THAT([&] { mfcc.compute(samples); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("a sample is not a finite number")));
}

TEST(MfccOptions, ListsAllProblemsAtOnce) {
  MfccOptions options;
  options.fft_length = 2047;
  options.hop_length = 0;
  options.coefficients = 129;
  options.window = "hanning";
  options.top_db = -1;
  EXPECT_EQ(options.problems().size(), 5u);
  try {
    options.validate();
    FAIL() << "bad options were taken";
  } catch (const UsageError& error) {
    for (const char* flag : {"--n-fft", "--hop-length", "--coefficients", "--window", "--top-db"}) {
      EXPECT_THAT(error.what(), HasSubstr(flag));
    }
  }
}

TEST(MfccOptions, WantTheMelRangeInsideHalfTheSampleRate) {
  MfccOptions options;
  EXPECT_TRUE(options.problems().empty());
  options.highest_hz = 11025;
  EXPECT_TRUE(options.problems().empty());
  options.highest_hz = 12000;
  EXPECT_EQ(options.problems().size(), 1u);
  options.sample_rate_hz = 48000;
  EXPECT_TRUE(options.problems().empty());
  options.lowest_hz = 12000;
  EXPECT_EQ(options.problems().size(), 1u);
}

TEST(Mfcc, NeedsASampleRate) {
  MfccOptions options;
  options.sample_rate_hz = 0;
  EXPECT_TRUE(options.problems().empty()) << "a stage may take each file's own";
  EXPECT_THAT([&] { Mfcc{options}; },
              testing::ThrowsMessage<UsageError>(testing::HasSubstr("sample rate must be known")));
}

}  // namespace
