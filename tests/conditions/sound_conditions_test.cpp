#include "conditions/sound_conditions.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "base/error.h"
#include "conditions/convolution.h"
#include "conditions/sound_under_conditions.h"
#include "media/audio_file.h"
#include "media/opus_codec.h"
#include "media/pcm16.h"
#include "support.h"

namespace aver {
namespace {

constexpr int kRate = 16000;

std::vector<float> sine(double hertz, std::size_t count, double amplitude = .3, int rate = kRate) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<float>(
        amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  }
  return samples;
}

std::vector<float> noise_of(std::size_t count, std::uint64_t seed, double amplitude = .1) {
  Random random(seed);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = static_cast<float>(amplitude * random.normal());
  return samples;
}

double decibels(double ratio) {
  return 20 * std::log10(ratio);
}

/// Far from the ends, where filters see silence.
std::span<const float> middle(const std::vector<float>& samples) {
  return std::span(samples).subspan(samples.size() / 4, samples.size() / 2);
}

std::vector<float> changed(std::string_view name, const std::vector<float>& samples, double level) {
  Random random(1);
  Resampler resampler;
  return sound_condition(name).apply({samples, kRate, {}, random, resampler}, level);
}

/// Clips of three speakers in a folder, each a tone of its own, and a folder of one noise.
class Mixing : public testing::Test {
 protected:
  Mixing() {
    fs::create_directory(folder / "noise");
    write_wav(folder / "noise/rain.wav", to_pcm16(noise_of(3000, 7)), kRate);
    for (const auto& [clip, speaker, hertz] :
         {std::tuple{"a", "01", 500.0}, {"b", "02", 1000.0}, {"c", "03", 2000.0}}) {
      const fs::path file = folder / (std::string(clip) + ".wav");
      write_wav(file, to_pcm16(sine(hertz, 20000)), kRate);
      voices.push_back({clip, speaker, file.string()});
    }
  }

  std::vector<std::int16_t> under(std::string_view condition, double level,
                                  const std::string& key = "a", const std::string& speaker = "01",
                                  std::uint64_t seed = 42) {
    const OtherSounds others(folder / "noise", voices, {}, {});
    Resampler resampler;
    return SoundUnderConditions(own, kRate, {key, speaker}, others, seed, resampler)
        .under(sound_condition(condition), level);
  }

  /// What was mixed in.
  std::vector<float> added(const std::vector<std::int16_t>& mixed) const {
    std::vector<float> difference = from_pcm16(mixed);
    const auto before = from_pcm16(own);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= before[i];
    return difference;
  }

  test::TemporaryFolder folder;
  std::vector<Voice> voices;
  // Soft enough that nothing is mixed beyond full scale, where all would be made softer.
  const std::vector<std::int16_t> own = to_pcm16(sine(500, 16000, .05));
};

TEST_F(Mixing, TheRatioIsWhatIsAskedForToATenthOfADecibel) {
  for (const char* condition : {"noise", "white-noise", "babble"}) {
    for (const double snr : {20.0, 15.0, 10.0, 5.0, 0.0, -5.0}) {
      const auto noise = added(under(condition, snr));
      EXPECT_NEAR(decibels(rms_of(from_pcm16(own)) / rms_of(noise)), snr, .1)
          << condition << " " << snr;
    }
  }
}

TEST_F(Mixing, WhatWouldLieBeyondFullScaleIsMadeSofterAsAWhole) {
  const auto loud = to_pcm16(sine(500, 16000, .9));
  const OtherSounds others({}, voices, {}, {});
  Resampler resampler;
  SoundUnderConditions sound(loud, kRate, {"a", "01"}, others, 42, resampler);
  const auto mixed = from_pcm16(sound.under(sound_condition("white-noise"), 0));
  const auto at_limit = std::ranges::count_if(mixed, [](float s) { return std::abs(s) > .9999F; });
  EXPECT_GE(at_limit, 1) << "the loudest";
  EXPECT_LE(at_limit, 3) << "and hardly another: nothing is cut";
}

TEST_F(Mixing, ANoiseIsTheSameAtEveryLevelAndAnotherForAnotherClipOrSeed) {
  const auto loud = added(under("noise", 0)), soft = added(under("noise", 20));
  double product = 0;
  for (std::size_t i = 0; i < loud.size(); ++i) product += loud[i] * soft[i];
  product /= static_cast<double>(loud.size()) * rms_of(loud) * rms_of(soft);
  EXPECT_NEAR(product, 1, 1e-3);
  EXPECT_EQ(under("noise", 0), under("noise", 0));
  EXPECT_NE(under("noise", 0), under("noise", 0, "b"));
  EXPECT_NE(under("noise", 0), under("noise", 0, "a", "01", 43));
}

TEST_F(Mixing, BabbleIsOtherSpeakersAlone) {
  // Speaker 02's own tone of 1000 Hz is not in what is mixed in, those of 01 and 03 are.
  const auto babble = added(under("babble", -5, "b", "02"));
  const auto share = [&](double hertz) {
    double re = 0, im = 0;
    for (std::size_t i = 0; i < babble.size(); ++i) {
      const double at = 2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate;
      re += babble[i] * std::cos(at);
      im += babble[i] * std::sin(at);
    }
    return std::hypot(re, im) / static_cast<double>(babble.size()) / rms_of(babble);
  };
  EXPECT_GT(share(500), .3);
  EXPECT_GT(share(2000), .3);
  EXPECT_LT(share(1000), .01);
}

TEST_F(Mixing, WhatCannotBeSaysWhy) {
  const OtherSounds others({}, {voices.front()}, {}, {});
  EXPECT_FALSE(others.has_other_speakers());
  Resampler resampler;
  SoundUnderConditions nobody(own, kRate, {"a", ""}, others, 1, resampler);
  EXPECT_THROW(nobody.under(sound_condition("babble"), 0), Error);
  SoundUnderConditions alone(own, kRate, {"a", "01"}, others, 1, resampler);
  EXPECT_THROW(alone.under(sound_condition("babble"), 0), Error);
  EXPECT_THROW(alone.under(sound_condition("noise"), 0), Error);
  EXPECT_THROW(OtherSounds(folder / "nowhere", {}, {}, {}), Error);
}

TEST(Convolution, IsTheSumThatItSays) {
  const std::vector<float> sound = {1, 2, -1, .5, 3}, filter = {.5, -1, 2};
  // By hand: y[0] = .5; y[1] = 1 - 1; y[2] = -.5 - 2 + 2; y[3] = .25 + 1 + 4; y[4] = 1.5 - .5 - 2
  const std::vector<float> expected = {.5, 0, -.5, 5.25, -1};
  const auto result = convolved(sound, filter);
  ASSERT_EQ(result.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(result[i], expected[i], 1e-6);
  const auto ahead = convolved(sound, filter, 1);
  for (std::size_t i = 0; i + 1 < expected.size(); ++i) {
    EXPECT_NEAR(ahead[i], expected[i + 1], 1e-6);
  }
}

TEST(Telephone, PassesFrom300To3400Hertz) {
  for (const double hertz : {400.0, 1000.0, 3000.0}) {
    const auto tone = sine(hertz, 32000);
    EXPECT_NEAR(decibels(rms_of(middle(changed("telephone", tone, 1))) / rms_of(middle(tone))), 0,
                .1)
        << hertz;
  }
  for (const double hertz : {100.0, 3900.0, 6000.0}) {
    const auto tone = sine(hertz, 32000);
    EXPECT_LT(decibels(rms_of(middle(changed("telephone", tone, 1))) / rms_of(middle(tone))), -40)
        << hertz;
  }
}

TEST(Reverberation, FallsBySixtyDecibelsInTheTimeThatIsAskedFor) {
  for (const double seconds : {.3, .9}) {
    std::vector<float> click(3 * kRate, 0.0F);
    click[0] = .5F;
    const auto heard = changed("reverberation", click, seconds);
    ASSERT_EQ(heard.size(), click.size());
    EXPECT_NEAR(rms_of(heard), rms_of(click), 1e-6);  // as loud as before
    // Schroeder's integral: the energy that is still to come, from -5 to -25 dB.
    std::vector<double> left(heard.size() + 1, 0);
    for (std::size_t i = heard.size(); i-- > 1;) left[i] = left[i + 1] + heard[i] * heard[i];
    const auto when = [&](double db) {
      std::size_t i = 1;
      while (10 * std::log10(left[i] / left[1]) > db) ++i;
      return static_cast<double>(i) / kRate;
    };
    // The noise that stands for echoes strays: by 3 % here, with this seed.
    EXPECT_NEAR(3 * (when(-25) - when(-5)), seconds, .1 * seconds);
    EXPECT_NEAR(heard[0] * heard[0] / left[1], 1, 1e-3);  // what comes directly is half of it
  }
}

TEST(Clipping, AsManySamplesAsAskedForLieAtTheLimit) {
  const auto sound = noise_of(20000, 5);
  float peak = 0;
  for (const float sample : sound) peak = std::max(peak, std::abs(sample));
  for (const double percent : {1.0, 20.0}) {
    const auto result = changed("clipping", sound, percent);
    const auto at_limit = std::ranges::count_if(
        result, [&](float sample) { return std::abs(sample) > .999999F * peak; });
    EXPECT_NEAR(static_cast<double>(at_limit), percent / 100 * 20000, 2);
  }
}

TEST(Opus, KeepsASoundAtItsPlaceAndItsLength) {
  const auto tone = sine(440, 48000, .3, kOpusRateHz);
  const auto heard = through_opus(tone, 24'000);
  ASSERT_EQ(heard.size(), tone.size());
  double own = 0, other = 0, both = 0;
  for (std::size_t i = 4800; i + 4800 < tone.size(); ++i) {
    own += tone[i] * tone[i];
    other += heard[i] * heard[i];
    both += tone[i] * heard[i];
  }
  // A shift of two samples of this tone would leave .993.
  EXPECT_GT(both / std::sqrt(own * other), .995);
  EXPECT_NE(through_opus(tone, 6'000), heard);
  EXPECT_EQ(through_opus(tone, 24'000), heard);
}

TEST(SoundConditions, KeepTheLengthOfEverySound) {
  Resampler resampler;
  for (const SoundCondition& condition : sound_conditions()) {
    for (const std::size_t count : {1U, 300U, 16'001U}) {
      Random random(3);
      const auto sound = noise_of(count, 9), other = noise_of(count, 10);
      const auto result =
          condition.apply({sound, 22050, other, random, resampler}, condition.scale.levels.back());
      EXPECT_EQ(result.size(), count) << condition.scale.name;
      EXPECT_TRUE(std::ranges::all_of(result, [](float s) { return std::isfinite(s); }))
          << condition.scale.name << " of " << count;
    }
  }
}

TEST(SoundConditions, SilenceStaysSilence) {
  Resampler resampler;
  const std::vector<float> silence(4000, 0.0F), other = noise_of(4000, 3);
  for (const SoundCondition& condition : sound_conditions()) {
    Random random(3);
    const auto result =
        condition.apply({silence, kRate, other, random, resampler}, condition.scale.levels.back());
    EXPECT_LT(rms_of(result), 1e-4) << condition.scale.name;
  }
}

}  // namespace
}  // namespace aver
