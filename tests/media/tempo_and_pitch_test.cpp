#include "media/tempo_and_pitch.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace aver {
namespace {

constexpr int kRate = 22050;

std::vector<float> tone(double hertz, std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<float>(
        .3 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate));
  }
  return samples;
}

/// Of a tone, from how often it rises through zero away from its ends.
double pitch_of(const std::vector<float>& samples) {
  const std::size_t begin = samples.size() / 4, end = 3 * samples.size() / 4;
  std::size_t rises = 0, first = 0, last = 0;
  for (std::size_t i = begin + 1; i < end; ++i) {
    if (samples[i - 1] >= 0 || samples[i] < 0) continue;
    if (rises++ == 0) first = i;
    last = i;
  }
  return static_cast<double>(rises - 1) * kRate / static_cast<double>(last - first);
}

TEST(TempoAndPitch, TempoChangesTheLengthAndNotThePitch) {
  const auto sound = tone(300, 44100);
  for (const double tempo : {.8, 1.25}) {
    const auto changed = with_tempo_and_pitch(sound, kRate, tempo, 0);
    EXPECT_EQ(changed.size(), static_cast<std::size_t>(std::llround(44100 / tempo)));
    // Where two pieces meet, a wave may be a sample longer or shorter.
    EXPECT_NEAR(pitch_of(changed), 300, 3) << tempo;
  }
}

TEST(TempoAndPitch, SemitonesChangeThePitchAndNotTheLength) {
  const auto sound = tone(300, 44100);
  for (const double semitones : {-2.0, 2.0}) {
    const auto changed = with_tempo_and_pitch(sound, kRate, 1, semitones);
    EXPECT_EQ(changed.size(), sound.size());
    const double expected = 300 * std::pow(2, semitones / 12);
    EXPECT_NEAR(pitch_of(changed), expected, .01 * expected) << semitones;
  }
}

TEST(TempoAndPitch, TheShortestSoundsAndSilenceComeOutWithTheirLength) {
  for (const std::size_t count : {0U, 1U, 500U}) {
    EXPECT_EQ(with_tempo_and_pitch(tone(300, count), kRate, 1, 1).size(), count);
  }
  const auto silence = with_tempo_and_pitch(std::vector<float>(9000, 0.0F), kRate, .9, 1);
  EXPECT_EQ(silence.size(), 10000U);
  EXPECT_TRUE(std::ranges::all_of(silence, [](float sample) { return sample == 0; }));
}

TEST(TempoAndPitch, ARateThatSoundTouchRefusesIsSaid) {
  EXPECT_THAT([] { with_tempo_and_pitch(tone(300, 9000), 384'000, .9, 0); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("384000 Hz")));
}

}  // namespace
}  // namespace aver
