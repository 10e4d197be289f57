#include "synthesis/face.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "synthesis/expression.h"
#include "synthesis/face_features.h"
#include "synthesis/face_identity.h"
#include "synthesis/face_layers.h"

namespace aver {
namespace {

constexpr int kNoiseSide = 256;

// Camera noise is cut from one tile per clip: drawing it anew would cost more than the face.
cv::Mat noise_tile(std::uint64_t seed, double deviation) {
  Random random(seed);
  cv::Mat tile(kNoiseSide, kNoiseSide, CV_8SC3);
  for (auto it = tile.begin<cv::Vec<schar, 3>>(); it != tile.end<cv::Vec<schar, 3>>(); ++it) {
    const double grey = deviation * random.normal();
    for (int k = 0; k < 3; ++k) {
      (*it)[k] = cv::saturate_cast<schar>(grey + .4 * deviation * random.uniform(-1, 1));
    }
  }
  return tile;
}

double smooth(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

// A slow, never repeating movement in -1 … 1.
struct Sway {
  double rate, phase, rate2, phase2;
  explicit Sway(Random& random)
      : rate(random.uniform(1.2, 2.2)),
        phase(random.uniform(0, 6.28)),
        rate2(random.uniform(2.8, 4.6)),
        phase2(random.uniform(0, 6.28)) {}
  double at(double t) const {
    return .7 * std::sin(rate * t + phase) + .3 * std::sin(rate2 * t + phase2);
  }
};

cv::Mat backdrop(cv::Size size, const Colour& colour, double light, double warmth, double level) {
  cv::Mat picture(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double u = 2.0 * x / size.width - 1, v = 2.0 * y / size.height - 1;
      const double glow = std::exp(-(std::pow(u - .3 * light, 2) + std::pow(v + .25, 2)) / 1.3);
      const double f = level * (.78 + .26 * glow);
      auto& pixel = picture.at<cv::Vec3b>(y, x);
      pixel[0] = cv::saturate_cast<std::uint8_t>(colour.blue * f * (1 - warmth));
      pixel[1] = cv::saturate_cast<std::uint8_t>(colour.green * f);
      pixel[2] = cv::saturate_cast<std::uint8_t>(colour.red * f * (1 + warmth));
    }
  }
  return picture;
}

}  // namespace

struct FacePainter::Impl {
  Impl(const Performance& performance, PictureSize picture_size);

  Expression expression_at(double seconds, double mouth) const;
  Placement placement_at(double seconds, const Expression& e) const;
  double blink_at(double seconds) const;
  void add_noise(int frame_index);

  cv::Size size;
  Random random;
  FaceIdentity identity;
  Expression full;
  double seconds;
  double onset, attack;
  double light, level;
  Sway sway_x, sway_y, sway_angle, mood;
  double blink_start;
  double blink_period;
  Placement rest;
  FaceLayers layers;
  cv::Mat empty;  // backdrop
  cv::Mat picture;
  cv::Mat noise;
  std::uint64_t noise_seed;
};

FacePainter::Impl::Impl(const Performance& performance, PictureSize picture_size)
    : size(picture_size.width, picture_size.height),
      random(performance.picture_seed),
      identity(identity_of(performance)),
      full(mixed_expression(performance.picture)),
      seconds(performance.seconds),
      onset(random.uniform(-.35, .05)),
      attack(random.uniform(.25, .5)),
      light((random.below(2) == 0 ? -1 : 1) * random.uniform(.5, 1)),
      level(random.uniform(.93, 1.05)),
      sway_x(random),
      sway_y(random),
      sway_angle(random),
      mood(random),
      blink_start(random.uniform(.2, 2.2)),
      blink_period(random.uniform(1.8, 3.5)),
      rest{.origin = {size.width * (.5 + random.uniform(-.012, .012)),
                      size.height * (.50 + random.uniform(-.01, .01))},
           .scale = .372 * size.height * random.uniform(.98, 1.02),
           .radians = 0},
      layers(draw_layers(identity, size, rest, light)),
      noise(noise_tile(random.next(), 2.2)),
      noise_seed(random.next()) {
  // Nobody moves every muscle by the book.
  Expression wobble;
  for (const auto member : {&Expression::brow_inner, &Expression::brow_outer, &Expression::lids,
                            &Expression::smile, &Expression::stretch, &Expression::open}) {
    wobble.*member = .06 * random.normal();
  }
  wobble.nod = .15 * random.normal();
  wobble.tilt = .2 * random.normal();
  full = full + wobble;
  empty = backdrop(size, identity.backdrop, light, random.uniform(-.03, .03), level);
}

Expression FacePainter::Impl::expression_at(double time, double mouth) const {
  const double in = smooth((time - onset) / attack);
  const double out = 1 - .35 * smooth((time - (seconds - .35)) / .35);
  Expression e = (in * out * (1 + .08 * mood.at(2 * time))) * full;
  e.open = std::max(0.0, e.open) + .34 * mouth * (1 - .3 * std::clamp(e.press, 0.0, 1.0));
  return e;
}

Placement FacePainter::Impl::placement_at(double time, const Expression& e) const {
  const double pace = std::exp2(.6 * e.speed);
  const double tremble = .006 * std::max(0.0, e.tremble) * std::sin(2 * CV_PI * 7.3 * time);
  Placement placement = rest;
  placement.scale *= 1 + .045 * e.lean;
  placement.origin.x += rest.scale * (.045 * sway_x.at(pace * time) + tremble + .03 * e.tilt);
  placement.origin.y += rest.scale * (.025 * sway_y.at(pace * time) + .06 * e.nod);
  placement.radians = .035 * sway_angle.at(pace * time) + .07 * e.tilt + .5 * tremble;
  return placement;
}

double FacePainter::Impl::blink_at(double time) const {
  const double since = std::fmod(time - blink_start + 8 * blink_period, blink_period);
  constexpr double kBlink = .18;  // seconds
  return since < kBlink ? std::sin(CV_PI * since / kBlink) : 0;
}

void FacePainter::Impl::add_noise(int frame_index) {
  Random offsets(derive_seed(noise_seed, {static_cast<std::uint64_t>(frame_index)}));
  const auto shift_x = static_cast<int>(offsets.below(kNoiseSide));
  const auto shift_y = static_cast<int>(offsets.below(kNoiseSide));
  for (int y = 0; y < size.height; ++y) {
    auto* row = picture.ptr<std::uint8_t>(y);
    const auto* grain = noise.ptr<schar>((y + shift_y) % kNoiseSide);
    for (int x = 0; x < size.width; ++x) {
      const auto* g = grain + 3 * ((x + shift_x) % kNoiseSide);
      for (int k = 0; k < 3; ++k) {
        row[3 * x + k] = cv::saturate_cast<std::uint8_t>(row[3 * x + k] + g[k]);
      }
    }
  }
}

FacePainter::FacePainter(const Performance& performance, PictureSize size)
    : impl_(std::make_unique<Impl>(performance, size)) {}
FacePainter::~FacePainter() = default;
FacePainter::FacePainter(FacePainter&&) noexcept = default;

std::span<const std::uint8_t> FacePainter::paint(double seconds, double mouth, int frame_index) {
  auto& self = *impl_;
  const Expression expression = self.expression_at(seconds, mouth);
  const Placement placement = self.placement_at(seconds, expression);
  self.empty.copyTo(self.picture);
  self.layers.back_hair.moved_to(placement).compose_onto(self.picture);
  self.layers.body.compose_onto(self.picture);
  self.layers.head.moved_to(placement).compose_onto(self.picture);
  const double gaze_x = .6 * self.sway_x.at(1.4 * seconds);
  draw_features(self.picture, placement, self.identity, expression, self.blink_at(seconds), gaze_x);
  self.add_noise(frame_index);
  return {self.picture.data, self.picture.total() * 3};
}

}  // namespace aver
