#include "conditions/sound_versions.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace aver {
namespace {

constexpr int kRate = 16000;

std::vector<std::int16_t> tone(std::size_t count) {
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::int16_t>(
        9000 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / kRate));
  }
  return samples;
}

std::vector<std::int16_t> version(const std::vector<std::int16_t>& samples, int number,
                                  const std::string& key = "a", std::uint64_t seed = 42) {
  Resampler resampler;
  return sound_version(samples, kRate, key, number, seed, resampler);
}

TEST(SoundVersions, EachIsChangedByTheNextOfTheTableRoundAndRound) {
  EXPECT_EQ(change_of_version(2).name, "white-noise");
  EXPECT_EQ(change_of_version(5).name, "pitch-shift");
  EXPECT_EQ(change_of_version(6).name, "white-noise");
  const auto own = tone(32000);
  EXPECT_NE(version(own, 2), version(own, 6)) << "with another draw";
}

TEST(SoundVersions, FollowSeedClipAndNumberAlone) {
  const auto own = tone(32000);
  for (int number = 2; number <= 5; ++number) {
    const auto made = version(own, number);
    EXPECT_EQ(made, version(own, number));
    EXPECT_NE(made, own) << number;
    EXPECT_NE(made, version(own, number, "b")) << number;
    EXPECT_NE(made, version(own, number, "a", 43)) << number;
  }
}

TEST(SoundVersions, KeepTheLengthUnlessTheyStretch) {
  for (const std::size_t count : {1U, 300U, 32000U}) {
    for (int number = 2; number <= 5; ++number) {
      const auto made = version(tone(count), number);
      if (change_of_version(number).name == "time-stretch") {
        const auto given = static_cast<double>(count);
        EXPECT_GE(static_cast<double>(made.size()), std::floor(given / 1.25)) << count;
        EXPECT_LE(static_cast<double>(made.size()), std::ceil(given / .8)) << count;
      } else {
        EXPECT_EQ(made.size(), count) << number;
      }
    }
  }
}

TEST(SoundVersions, AShiftLosesNoSample) {
  std::vector<std::int16_t> own(32000);
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<std::int16_t>(i);
  auto shifted = version(own, 4);
  EXPECT_NE(shifted, own);
  std::ranges::sort(shifted);
  std::ranges::sort(own);
  EXPECT_EQ(shifted, own);
}

}  // namespace
}  // namespace aver
