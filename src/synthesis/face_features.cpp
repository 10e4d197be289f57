#include "synthesis/face_features.h"

#include <algorithm>
#include <cmath>

namespace aver {
namespace {

constexpr Colour kInk{38, 26, 26};

struct Features {
  cv::Mat& picture;
  const Placement& placement;
  const FaceIdentity& face;
  const Expression& e;

  void draw(std::span<const Point> outline, const Colour& colour) const {
    fill(picture, placement, outline, colour);
  }
  void soft(const Point& centre, double rx, double ry, const Colour& colour, double opacity,
            double softness = 1) const {
    soft_ellipse(picture, placement, centre, rx, ry, colour, opacity, softness);
  }
  Colour shadow() const { return face.skin.scaled(.55).mixed({96, 30, 24}, .25); }

  void eye(double side, double blink, double gaze_x) const;
  void brow(double side) const;
  void nose() const;
  void mouth() const;
  void folds() const;
  void glasses(double side) const;
};

// Lids as functions of x across the eye, so that iris and pupil can be cut by them exactly.
struct Lids {
  Point centre;
  double half_width, upper, lower, slant;

  double arc(double x) const {
    const double u = std::clamp((x - centre.x) / half_width, -1.0, 1.0);
    return std::pow(std::max(0.0, 1 - u * u), .75);
  }
  double axis(double x) const { return centre.y + slant * (x - centre.x); }
  double top(double x) const { return axis(x) - upper * arc(x); }
  double bottom(double x) const { return axis(x) + lower * arc(x); }
  Outline cut(Outline shape) const {
    for (auto& p : shape) p.y = std::clamp(p.y, top(p.x), std::max(top(p.x), bottom(p.x)));
    return shape;
  }
  Outline line(bool upper_lid) const {
    Outline points;
    for (int i = 0; i <= 12; ++i) {
      const double x = centre.x + half_width * (i / 6.0 - 1);
      points.push_back({x, upper_lid ? top(x) : bottom(x)});
    }
    return points;
  }
};

void Features::eye(double side, double blink, double gaze_x) const {
  const double size = face.eye_size;
  const double rest = .088 * size;
  const double opening = std::max(0.0, 1 + .62 * e.lids - .25 * e.squint) * (1 - blink);
  const double lower = .050 * size * (1 + .35 * e.lids - .75 * e.squint) * (1 - .6 * blink);
  const Lids lids{.centre = {side * face.eye_spacing, face.eye_height},
                  .half_width = .158 * size,
                  .upper = rest * opening,
                  .lower = std::max(.004, lower),
                  .slant = -.08 * side};
  soft({lids.centre.x, lids.centre.y - .02}, .25, .19, shadow(), .20);
  Outline white = lids.line(true);
  const Outline bottom = lids.line(false);
  white.insert(white.end(), bottom.rbegin(), bottom.rend());
  draw(white, {246, 242, 238});
  const Point pupil{lids.centre.x + .03 * gaze_x, lids.centre.y - .018 * size + .045 * e.gaze};
  draw(lids.cut(ellipse(pupil, .083 * size, .083 * size)), face.iris.scaled(.62));
  draw(lids.cut(ellipse(pupil, .070 * size, .070 * size)), face.iris);
  draw(lids.cut(ellipse(pupil, .036 * size, .036 * size)), {16, 12, 12});
  if (opening > .4) {
    draw(lids.cut(ellipse({pupil.x - .028, pupil.y - .030}, .017, .017, 12)), {252, 252, 252});
  }
  const double lash = face.lips.red > 195 ? .034 : .028;
  draw(ribbon(lids.line(true), .010, lash, side > 0 ? lash : .010), kInk);
  draw(ribbon(lids.line(false), .004, .010, .004), shadow());
  Outline crease = lids.line(true);
  for (auto& p : crease) p.y -= .040 + .012 * e.lids;
  if (blink < .5) draw(ribbon(crease, .003, .013, .003), shadow().mixed(face.skin, .35));
}

void Features::brow(double side) const {
  const double y = face.eye_height - .235 + face.brow_height;
  const double drop = .085 * e.brow_lower + .02 * e.squint;
  const double inner_x = face.eye_spacing - .175 - .035 * e.brow_lower;
  const Outline points = {
      {side * inner_x, y + .030 - .125 * e.brow_inner + 1.35 * drop},
      {side * (face.eye_spacing - .03), y - .025 - .085 * e.brow_inner - .07 * e.brow_outer + drop},
      {side * (face.eye_spacing + .19),
       y + .030 - .120 * e.brow_outer + .03 * e.brow_inner + .3 * drop}};
  const double t = face.brow_thickness;
  draw(ribbon(open_curve(points), t * .95, t * 1.1, t * .25),
       face.hair.scaled(.80).mixed(kInk, .25));
}

void Features::nose() const {
  const double tip = face.nose_length + .02 - .035 * e.nose;
  const double w = face.nose_width * (1 + .22 * e.nose);
  soft({.035, tip - .20}, .07, .22, shadow(), .22);
  soft({-.02, tip - .05}, .05, .07, face.skin.mixed({255, 250, 245}, .7), .45);
  soft({0, tip + .035}, 1.7 * w, .055, shadow(), .55);
  for (const double side : {-1.0, 1.0}) {
    soft({side * .55 * w, tip + .025}, .038, .024, kInk, .75, .7);
    const Outline wing = {
        {side * w, tip - .06}, {side * 1.28 * w, tip}, {side * 1.05 * w, tip + .04}};
    draw(ribbon(open_curve(wing), .004, .016, .006), shadow().mixed(face.skin, .25));
  }
}

void Features::folds() const {
  const Colour fold = shadow();
  // Folds run from nose to the corners of the mouth, with a smile or a raised lip.
  const double laugh = std::clamp(.7 * e.smile + .8 * e.lip_raise + .2 * e.stretch, 0.0, 1.0);
  const double cheeks = std::clamp(.8 * e.smile, 0.0, 1.0);
  for (const double side : {-1.0, 1.0}) {
    const Point cheek{side * .43, .30 - .04 * cheeks};
    soft(cheek, .24, .17, Colour{226, 92, 84}, .10 + .26 * std::max(0.0, e.blush));
    soft({cheek.x, cheek.y - .05}, .16, .10, face.skin.mixed({255, 246, 238}, .6), .45 * cheeks);
    if (laugh > .05) {
      const Outline line = {{side * 1.45 * face.nose_width, face.nose_length},
                            {side * .30, .40},
                            {side * (.36 + .03 * laugh), .56}};
      draw(ribbon(open_curve(line), .004, .024 * laugh, .004),
           face.skin.mixed(fold, .15 + .35 * laugh));
    }
    const double frown = std::clamp(e.brow_lower, 0.0, 1.2);
    if (frown > .1) {
      const Outline line = {{side * .055, face.eye_height - .26},
                            {side * .045, face.eye_height - .10}};
      draw(ribbon(line, .004, .022 * frown, .004), face.skin.mixed(fold, .15 + .4 * frown));
    }
    const double wrinkle = std::clamp(e.nose, 0.0, 1.2);
    if (wrinkle > .1) {
      for (int i = 0; i < 2; ++i) {
        const double y = face.eye_height + .06 + .065 * i;
        const Outline line = {{side * .02, y}, {side * .06, y - .012}, {side * .10, y + .02}};
        draw(ribbon(open_curve(line), .004, .020 * wrinkle, .004),
             face.skin.mixed(fold, .15 + .4 * wrinkle));
      }
    }
  }
  const double raised = std::clamp(.5 * (e.brow_inner + e.brow_outer), 0.0, 1.2);
  if (raised > .25 && face.style != HairStyle::bob) {
    for (int i = 0; i < 2; ++i) {
      const double y = -.50 - .085 * i;
      const double half = .28 - .05 * i;
      const Outline line = {
          {-half, y + .012}, {-half / 2, y - .008}, {0, y}, {half / 2, y - .008}, {half, y + .012}};
      draw(ribbon(open_curve(line), .002, .015 * raised, .002),
           face.skin.mixed(fold, .15 + .35 * raised));
    }
  }
}

// The mouth as four curves over x: outer and inner edge of either lip.
struct Mouth {
  double half_width, corner, middle_top, middle_bottom, roundness;

  double bow(double x) const {
    const double u = std::clamp(x / half_width, -1.0, 1.0);
    return std::pow(std::max(0.0, 1 - u * u), roundness);
  }
  double inner_top(double x) const { return corner + (middle_top - corner) * bow(x); }
  double inner_bottom(double x) const { return corner + (middle_bottom - corner) * bow(x); }
};

void Features::mouth() const {
  const double open = std::max(0.0, e.open) * (1 - .55 * std::clamp(e.press, 0.0, 1.0));
  const double width = face.mouth_width * (1 + .32 * e.stretch + .20 * std::max(0.0, e.smile));
  const double y = face.mouth_height - .018 * e.lip_raise;
  const double curve = .105 * e.smile;
  const Mouth m{
      .half_width = std::max(.10, width),
      .corner = y - curve + .02 * open,
      .middle_top = y + .35 * curve - .045 * e.lip_raise - .030 * open,
      .middle_bottom = y + .42 * curve + .004 + .245 * open + .02 * std::max(0.0, e.lip_raise),
      .roundness = .78 - .22 * std::clamp(open - e.stretch, 0.0, 1.0)};
  const double lips = face.lip_thickness * (1 - .55 * std::clamp(e.press, 0.0, 1.0)) *
                      (1 - .22 * std::max(0.0, e.smile));
  const double upper = .052 * lips, lower = .068 * lips;
  constexpr int kSteps = 24;
  Outline upper_lip, lower_lip, inside, teeth;
  const auto x_at = [&](int i) { return m.half_width * (2.0 * i / kSteps - 1); };
  for (int i = 0; i <= kSteps; ++i) {
    const double x = x_at(i);
    const double dip = .018 * lips * std::exp(-std::pow(x / .035, 2));
    upper_lip.push_back({x, m.inner_top(x) - upper * m.bow(x) + dip});
    lower_lip.push_back({x, m.inner_top(x)});
    inside.push_back({x, m.inner_top(x)});
    teeth.push_back({.9 * x, m.inner_top(.9 * x)});
  }
  for (int i = kSteps; i >= 0; --i) {
    const double x = x_at(i);
    upper_lip.push_back({x, m.inner_bottom(x)});
    lower_lip.push_back({x, m.inner_bottom(x) + lower * m.bow(x)});
    inside.push_back({x, m.inner_bottom(x)});
    const double row = m.inner_top(.9 * x) + .060 * m.bow(x);
    teeth.push_back({.9 * x, std::min(row, m.inner_bottom(.9 * x))});
  }
  soft({0, m.middle_bottom + lower + .055}, .17, .05, shadow(), .38);
  draw(lower_lip, face.lips.mixed({255, 225, 215}, .12));
  draw(upper_lip, face.lips.scaled(.86));
  if (open > .03 || e.lip_raise > .3) {
    draw(inside, {84, 26, 30});
    draw(teeth, {242, 238, 230});
    if (open > .3) {
      const double tongue = m.middle_bottom - .03;
      Outline shape = ellipse({0, tongue}, .55 * m.half_width, .06);
      for (auto& p : shape) p.y = std::min(p.y, m.inner_bottom(p.x) - .004);
      draw(shape, {176, 84, 84});
    }
  } else {
    Outline line;
    for (int i = 0; i <= kSteps; ++i) line.push_back({x_at(i), m.inner_top(x_at(i)) + .004});
    draw(ribbon(line, .014, .018, .014), face.lips.scaled(.5));
  }
  soft({-.02, m.middle_bottom + .45 * lower}, .09, .022, {255, 236, 228}, .30);
  for (const double side : {-1.0, 1.0}) {
    soft({side * (m.half_width + .012), m.corner}, .035, .035, shadow(), .55);
  }
}

void Features::glasses(double side) const {
  const Point centre{side * (face.eye_spacing + .005), face.eye_height + .01};
  Outline ring;
  for (int i = 0; i <= 40; ++i) {
    const double a = 2 * CV_PI * i / 40;
    const auto square = [](double v) { return std::copysign(std::pow(std::abs(v), .7), v); };
    ring.push_back({centre.x + .235 * square(std::cos(a)), centre.y + .19 * square(std::sin(a))});
  }
  draw(ribbon(ring, .024, .024, .024), {44, 40, 44});
  const Outline bridge = {
      {0, centre.y - .035}, {side * .04, centre.y - .03}, {side * .08, centre.y - .01}};
  draw(ribbon(bridge, .024, .024, .024), {44, 40, 44});
  const Outline temple = {{side * .545, centre.y - .05}, {side * .72 * face.width, centre.y - .06}};
  draw(ribbon(temple, .024, .024, .024), {44, 40, 44});
}

}  // namespace

void draw_features(cv::Mat& picture, const Placement& placement, const FaceIdentity& identity,
                   const Expression& expression, double blink, double gaze_x) {
  const Features features{picture, placement, identity, expression};
  features.folds();
  for (const double side : {-1.0, 1.0}) {
    features.eye(side, blink, gaze_x);
    features.brow(side);
  }
  features.nose();
  features.mouth();
  if (identity.glasses) {
    for (const double side : {-1.0, 1.0}) features.glasses(side);
  }
}

}  // namespace aver
