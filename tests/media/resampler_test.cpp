#include "media/resampler.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/random.h"

namespace {

using namespace aver;

std::vector<float> sine(std::size_t count, double hertz, double rate) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<float>(
        0.5 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  }
  return samples;
}

std::vector<float> noise(std::size_t count) {
  Random random(3);
  std::vector<float> samples(count);
  for (auto& sample : samples) sample = static_cast<float>(random.uniform(-0.5, 0.5));
  return samples;
}

TEST(Resampler, LengthIsTheRatioRoundedUp) {
  EXPECT_EQ(resampled_length(158'558, 48000, 22050), 72'838u);
  EXPECT_EQ(resampled_length(320, 48000, 22050), 147u);
  EXPECT_EQ(resampled_length(147, 44100, 48000), 160u);  // exactly: no sample more
  EXPECT_EQ(resampled_length(1, 48000, 22050), 1u);
  EXPECT_EQ(resampled_length(0, 48000, 22050), 0u);
  Resampler resampler;
  for (const std::size_t count : {1u, 2u, 3u, 100u, 2047u, 48000u, 100'001u}) {
    EXPECT_EQ(resampler.resample(noise(count), 48000, 22050).size(),
              resampled_length(count, 48000, 22050));
    EXPECT_EQ(resampler.resample(noise(count), 22050, 48000).size(),
              resampled_length(count, 22050, 48000));
  }
}

TEST(Resampler, KeepsASineWhereItIs) {
  const auto resampled = Resampler().resample(sine(48000, 440, 48000), 48000, 22050);
  const auto expected = sine(22050, 440, 22050);
  ASSERT_EQ(resampled.size(), expected.size());
  // HQ holds 20 bits in the pass band; the first and last samples see the edge of the signal.
  for (std::size_t i = 500; i + 500 < expected.size(); ++i) {
    ASSERT_NEAR(resampled[i], expected[i], 2e-6) << i;
  }
}

TEST(Resampler, RemovesWhatTheNewRateCannotHold) {
  const auto resampled = Resampler().resample(sine(48000, 15000, 48000), 48000, 22050);
  for (std::size_t i = 500; i + 500 < resampled.size(); ++i) {
    ASSERT_NEAR(resampled[i], 0, 2e-6) << i;
  }
}

TEST(Resampler, EqualRatesCopy) {
  const auto samples = noise(1000);
  EXPECT_EQ(Resampler().resample(samples, 48000, 48000), samples);
}

TEST(Resampler, UsedAgainGivesTheSameBitsAsANewOne) {
  Resampler used;
  used.resample(noise(30'000), 48000, 22050);
  used.resample(sine(1, 440, 48000), 48000, 22050);
  const auto samples = noise(50'000);
  const auto again = used.resample(samples, 48000, 22050);
  EXPECT_EQ(again, Resampler().resample(samples, 48000, 22050));
  used.resample(samples, 44100, 48000);
  EXPECT_EQ(used.resample(samples, 48000, 22050), again);
}

TEST(Resampler, RefusesRatesThatAreNone) {
  const auto samples = noise(10);
  EXPECT_THAT([&] { Resampler().resample(samples, 0, 48000); },
              testing::ThrowsMessage<Error>(
                  testing::HasSubstr("from 0 to 48000 Hz: both rates must be positive")));
  EXPECT_THAT([&] { Resampler().resample(samples, 48000, -1); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("from 48000 to -1 Hz")));
}

TEST(LiveResampler, GivesPieceByPieceWhatResamplerGivesAtOnce) {
  Random random(8);
  for (const auto& [from, to] :
       {std::pair{48000, 22050}, {44100, 16000}, {16000, 44100}, {16000, 16000}}) {
    for (const std::size_t count : {1U, 700U, 100'001U}) {
      const auto whole = noise(count);
      LiveResampler live(from, to);
      std::vector<float> joined;
      for (std::size_t at = 0; at < count;) {
        const auto piece = std::min<std::size_t>(1 + random.below(3000), count - at);
        live.add(std::span(whole).subspan(at, piece), joined);
        at += piece;
      }
      live.finish(joined);
      EXPECT_EQ(joined, Resampler().resample(whole, from, to)) << from << " to " << to;
    }
  }
}

}  // namespace
