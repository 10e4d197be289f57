#include "series/landmarks.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace aver {
namespace {

constexpr std::size_t kPoints = kLandmarkNumbers / 2;
constexpr std::size_t kRightEye = 36, kLeftEye = 42, kEyePoints = 6;  // the person's own right

struct Point {
  double x = 0, y = 0;
};

Point middle(const float* frame, std::size_t first) {
  Point sum;
  for (std::size_t i = first; i < first + kEyePoints; ++i) {
    sum.x += frame[i];
    sum.y += frame[kPoints + i];
  }
  return {sum.x / kEyePoints, sum.y / kEyePoints};
}

struct Eyes {
  Point between;
  double across = 0, down = 0, distance = 0;

  explicit Eyes(const float* frame) {
    const Point one = middle(frame, kRightEye), other = middle(frame, kLeftEye);
    between = {(one.x + other.x) / 2, (one.y + other.y) / 2};
    across = other.x - one.x;
    down = other.y - one.y;
    distance = std::hypot(across, down);
  }
};

/// Points that stand side by side, from one to the other across: jaw, brows, nostrils, eyes, lips.
struct Row {
  std::size_t first, last;
};
constexpr Row kRows[] = {{0, 16}, {17, 26}, {31, 35}, {36, 45}, {48, 54}, {60, 64}};

/// The point on the other side of the face.
std::size_t opposite(std::size_t point) {
  // What lies under the upper row of an eye or a mouth runs the other way round.
  if (point == 40 || point == 41 || point == 46 || point == 47) return 87 - point;
  if (point >= 55 && point <= 59) return 114 - point;
  if (point >= 65) return 132 - point;
  for (const Row row : kRows) {
    if (point >= row.first && point <= row.last) return row.first + row.last - point;
  }
  return point;  // the bridge of the nose
}

}  // namespace

std::vector<MirroredFeature> mirrored_landmarks() {
  std::vector<MirroredFeature> from(kLandmarkNumbers);
  for (std::size_t i = 0; i < kPoints; ++i) {
    from[i] = {opposite(i), -1};
    from[kPoints + i] = {kPoints + opposite(i), 1};
  }
  return from;
}

void align_by_eyes(FloatArray& frames, bool scale_of_clip) {
  if (frames.columns() != kLandmarkNumbers) {
    throw Error(
        "--align eyes needs the x of 68 facial landmarks and then their y, {} numbers a frame; "
        "this has {}",
        kLandmarkNumbers, frames.columns());
  }
  std::vector<double> distances;
  for (std::size_t t = 0; t < frames.rows(); ++t) {
    distances.push_back(Eyes(&frames.values[t * kLandmarkNumbers]).distance);
  }
  const auto median = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), median, distances.end());
  for (std::size_t t = 0; t < frames.rows(); ++t) {
    float* frame = &frames.values[t * kLandmarkNumbers];
    const Eyes eyes(frame);
    const bool apart = eyes.distance > 0;
    const double cosine = apart ? eyes.across / eyes.distance : 1;
    const double sine = apart ? eyes.down / eyes.distance : 0;
    const double unit = scale_of_clip ? *median : eyes.distance;
    for (std::size_t i = 0; i < kPoints; ++i) {
      const double x = frame[i] - eyes.between.x, y = frame[kPoints + i] - eyes.between.y;
      frame[i] = static_cast<float>((x * cosine + y * sine) / (unit > 0 ? unit : 1));
      frame[kPoints + i] = static_cast<float>((y * cosine - x * sine) / (unit > 0 ? unit : 1));
    }
  }
}

}  // namespace aver
