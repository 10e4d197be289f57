#include "synthesis/voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aver {
namespace {

constexpr PerformanceOptions kClear{.picture_ambiguity = 0, .voice_ambiguity = 0, .seconds = 2};

Performance performance(Emotion emotion, int actor = 1, int statement = 1) {
  return plan_performance(42, {.emotion = emotion, .statement = statement, .actor = actor}, kClear);
}

double root_mean_square(const std::vector<float>& samples) {
  double sum = 0;
  for (const float x : samples) sum += double(x) * x;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

// The period between 70 and 500 Hz at which the loudest tenth of a second repeats best.
double pitch_hz(const std::vector<float>& samples) {
  constexpr std::size_t kWindow = 4800;
  std::size_t loudest = 0;
  double best_energy = -1;
  for (std::size_t start = 0; start + 2 * kWindow < samples.size(); start += 480) {
    double energy = 0;
    for (std::size_t i = 0; i < kWindow; ++i)
      energy += double(samples[start + i]) * samples[start + i];
    if (energy > best_energy) {
      best_energy = energy;
      loudest = start;
    }
  }
  double best = -1;
  std::size_t period = 1;
  for (std::size_t lag = kSpeechSampleRateHz / 500; lag < kSpeechSampleRateHz / 70; ++lag) {
    double product = 0, energy = 1e-12;
    for (std::size_t i = 0; i < kWindow; ++i) {
      product += double(samples[loudest + i]) * samples[loudest + i + lag];
      energy += double(samples[loudest + i + lag]) * samples[loudest + i + lag];
    }
    // A multiple of the period repeats as well: prefer the shorter.
    const double score =
        product / std::sqrt(energy * best_energy) - 2e-4 * static_cast<double>(lag);
    if (score > best) {
      best = score;
      period = lag;
    }
  }
  return double(kSpeechSampleRateHz) / static_cast<double>(period);
}

TEST(Voice, IsFiniteAndWithinFullScale) {
  for (int code = 0; code < 8; ++code) {
    for (const float x : speak(performance(static_cast<Emotion>(code))).samples) {
      ASSERT_TRUE(std::isfinite(x));
      ASSERT_LE(std::abs(x), 1.0F);
    }
  }
}

TEST(Voice, IsAsLongAsTheClip) {
  const auto plan = performance(Emotion::happy);
  EXPECT_EQ(speak(plan).samples.size(),
            static_cast<std::size_t>(std::lround(plan.seconds * kSpeechSampleRateHz)));
}

TEST(Voice, IsTheSameEveryTime) {
  EXPECT_EQ(speak(performance(Emotion::sad)).samples, speak(performance(Emotion::sad)).samples);
}

TEST(Voice, AngerIsLouderThanSadness) {
  for (int actor = 1; actor <= 6; ++actor) {
    EXPECT_GT(root_mean_square(speak(performance(Emotion::angry, actor)).samples),
              2 * root_mean_square(speak(performance(Emotion::sad, actor)).samples))
        << "actor " << actor;
  }
}

TEST(Voice, WomenSpeakHigherThanMen) {
  for (int pair = 1; pair <= 5; pair += 2) {
    EXPECT_GT(pitch_hz(speak(performance(Emotion::neutral, pair + 1)).samples),
              1.2 * pitch_hz(speak(performance(Emotion::neutral, pair)).samples));
  }
}

TEST(Voice, FearIsHigherThanNeutral) {
  for (int actor = 1; actor <= 6; ++actor) {
    EXPECT_GT(pitch_hz(speak(performance(Emotion::fearful, actor)).samples),
              1.15 * pitch_hz(speak(performance(Emotion::neutral, actor)).samples))
        << "actor " << actor;
  }
}

TEST(Voice, SentencesDiffer) {
  EXPECT_NE(speak(performance(Emotion::calm, 1, 1)).samples,
            speak(performance(Emotion::calm, 1, 2)).samples);
}

TEST(Voice, MouthIsShutBeforeAndOpenWhileSpeaking) {
  const auto speech = speak(performance(Emotion::neutral));
  EXPECT_EQ(speech.mouth_at(0), 0);
  EXPECT_GT(*std::max_element(speech.mouth.begin(), speech.mouth.end()), .4F);
  EXPECT_LT(speech.mouth_at(1e6), .1);
}

}  // namespace
}  // namespace aver
