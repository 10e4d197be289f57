#include "media/sound_identity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace aver {
namespace {

Sound tone(int channels, float loudness, std::size_t samples = 400) {
  Sound sound;
  sound.sample_rate_hz = 16000;
  sound.channels = channels;
  for (std::size_t i = 0; i < samples; ++i) {
    sound.samples.push_back(loudness * std::sin(static_cast<float>(i)));
  }
  return sound;
}

TEST(SoundIdentity, IsThatOfTheSixteenBitSamples) {
  const std::string one = sound_identity(tone(1, .5F));
  EXPECT_NE(one, "");
  EXPECT_EQ(sound_identity(tone(2, .5F)), one) << "channels were averaged before";
  Sound rounded = tone(1, .5F);
  for (float& sample : rounded.samples) sample = std::nearbyint(sample * 32768) / 32768;
  EXPECT_EQ(sound_identity(rounded), one) << "as a lossless copy in 16 bits";
  EXPECT_NE(sound_identity(tone(1, .4F)), one);
  EXPECT_NE(sound_identity(tone(1, .5F, 399)), one);
}

TEST(SoundIdentity, SilencesHaveNone) {
  EXPECT_EQ(sound_identity(tone(1, 0)), "");
  EXPECT_EQ(sound_identity(tone(1, .5F, 0)), "");
}

}  // namespace
}  // namespace aver
