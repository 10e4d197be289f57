#include "synthesis/face.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <vector>

namespace aver {
namespace {

constexpr PictureSize kSize{160, 120};

Performance performance(Emotion emotion, int actor = 1) {
  return plan_performance(42, {.emotion = emotion, .actor = actor},
                          {.picture_ambiguity = 0, .voice_ambiguity = 0, .seconds = 2});
}

std::vector<std::uint8_t> painted(const Performance& plan, double seconds, double mouth = 0) {
  FacePainter painter(plan, kSize);
  const auto pixels = painter.paint(seconds, mouth, 7);
  return {pixels.begin(), pixels.end()};
}

double mean_difference(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int(a[i]) - int(b[i]));
  return sum / static_cast<double>(a.size());
}

TEST(Face, FillsTheWholePicture) {
  EXPECT_EQ(painted(performance(Emotion::calm), 1).size(), 3U * 160 * 120);
}

TEST(Face, DependsOnTheTimeAndNotOnWhatWasPaintedBefore) {
  const auto plan = performance(Emotion::fearful);
  FacePainter painter(plan, kSize);
  painter.paint(.2, .5, 1);
  painter.paint(1.7, 0, 2);
  const auto late = painter.paint(1, 0, 7);
  EXPECT_EQ(std::vector<std::uint8_t>(late.begin(), late.end()), painted(plan, 1));
}

TEST(Face, MovesDuringTheClip) {
  const auto plan = performance(Emotion::happy);
  EXPECT_GT(mean_difference(painted(plan, .3), painted(plan, 1.4)), 1.0);
}

TEST(Face, MouthOpensWithSpeech) {
  const auto plan = performance(Emotion::neutral);
  EXPECT_GT(mean_difference(painted(plan, 1, 0), painted(plan, 1, 1)), .15);
}

TEST(Face, SurpriseShowsMoreDarkMouthThanNeutral) {
  // Dark red pixels in the lower half of the picture.
  const auto dark_red = [](const std::vector<std::uint8_t>& pixels) {
    int count = 0;
    for (std::size_t i = pixels.size() / 2; i + 2 < pixels.size(); i += 3) {
      const int blue = pixels[i], green = pixels[i + 1], red = pixels[i + 2];
      count += red > 55 && red < 125 && green < 55 && blue < 60 && red > 2 * green;
    }
    return count;
  };
  for (int actor = 1; actor <= 6; ++actor) {
    EXPECT_GT(dark_red(painted(performance(Emotion::surprised, actor), 1)),
              dark_red(painted(performance(Emotion::neutral, actor), 1)) + 10)
        << "actor " << actor;
  }
}

TEST(Face, ActorsLookDifferent) {
  for (int actor = 1; actor < 6; ++actor) {
    EXPECT_GT(mean_difference(painted(performance(Emotion::neutral, actor), 1),
                              painted(performance(Emotion::neutral, actor + 1), 1)),
              6.0)
        << "actors " << actor << " and " << actor + 1;
  }
}

}  // namespace
}  // namespace aver
