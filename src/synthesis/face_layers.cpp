#include "synthesis/face_layers.h"

#include <algorithm>
#include <cmath>

namespace aver {
namespace {

// Right half of the head from crown to chin.
Outline head_outline(const FaceIdentity& face) {
  const double w = face.width, j = face.width * face.jaw;
  const Outline right = {{0, -1},        {.42 * w, -.93}, {.66 * w, -.66},
                         {.73 * w, -.2}, {.70 * w, .2},   {.60 * j, .56},
                         {.40 * j, .84}, {.18 * j, .97},  {0, 1}};
  return closed_curve(mirrored(right));
}

// A ball lit from above and from one side.
double lambert(const Point& p, double width, double light) {
  const double x = p.x / (.98 * width), y = p.y / 1.25;
  const double z = std::sqrt(std::max(0.05, 1 - x * x - y * y));
  const double lit = (.42 * light * x - .34 * y + .84 * z);
  return .60 + .47 * lit;
}

void fill_sides(Layer& layer, const Outline& right, const Colour& colour) {
  layer.fill(right, colour);
  Outline left = right;
  for (auto& p : left) p.x = -p.x;
  layer.fill(left, colour);
}

Outline lock(double w, double bottom, double outer) {
  const Outline points = {{.0, -1.12},
                          {.55 * w, -1.02},
                          {.86 * w, -.6},
                          {.93 * w, 0},
                          {outer * w, std::min(.75, bottom * .6)},
                          {outer * w, bottom},
                          {.5 * w, bottom},
                          {.5 * w, 0},
                          {0, -.5}};
  return closed_curve(points);
}

void draw_back_hair(Layer& layer, const FaceIdentity& face) {
  const Colour dark = face.hair.scaled(.82);
  const double w = face.width;
  switch (face.style) {
    case HairStyle::long_straight:
      fill_sides(layer, lock(w, 2.3, 1.02), dark);
      break;
    case HairStyle::bob:
      fill_sides(layer, lock(w, .78, 1.06), dark);
      break;
    case HairStyle::bun:
      layer.fill(ellipse({.05, -1.18}, .34, .27), dark);
      layer.fill(ellipse({0, -.35}, .8 * w, .76), dark);
      break;
    case HairStyle::curly:
      layer.fill(ellipse({0, -.42}, .93 * w, .80), dark);
      break;
    default:
      layer.fill(ellipse({0, -.40}, .80 * w, .72), dark);
      break;
  }
}

void draw_body(Layer& layer, const FaceIdentity& face, double light) {
  const double neck = .34 * face.width;
  const Outline shoulders = closed_curve(mirrored(Outline{
      {0, 1.22}, {.36, 1.20}, {.75, 1.34}, {1.25, 1.50}, {1.55, 1.85}, {1.6, 2.6}, {0, 2.7}}));
  layer.fill(shoulders, face.shirt);
  layer.shade(shoulders,
              [&](const Point& p) { return 1.06 + .14 * light * p.x - .12 * (p.y - 1.3); });
  const Outline throat = closed_curve(mirrored(Outline{
      {0, .55}, {neck, .6}, {neck * 1.02, 1.08}, {neck * 1.25, 1.24}, {.2, 1.40}, {0, 1.47}}));
  layer.fill(throat, face.skin.scaled(.94));
  layer.shade(throat, [&](const Point& p) {
    const double below_chin = std::exp(-std::pow((p.y - .95) / .2, 2));
    return 1 - .25 * below_chin + .15 * light * p.x;
  });
  const Outline collar = open_curve(
      Outline{{-neck * 1.25, 1.235}, {-.2, 1.40}, {0, 1.475}, {.2, 1.40}, {neck * 1.25, 1.235}});
  layer.fill(ribbon(collar, .03, .05, .03), face.shirt.scaled(.78));
}

void draw_head(Layer& layer, const FaceIdentity& face, double light) {
  const double w = face.width;
  for (const double side : {-1.0, 1.0}) {
    const Point ear{side * .735 * w, .02};
    layer.fill(ellipse(ear, .095, .19), face.skin.scaled(.90));
    layer.fill(ellipse({ear.x + side * .012, ear.y}, .05, .12), face.skin.scaled(.76));
  }
  const Outline head = head_outline(face);
  layer.fill(head, face.skin);
  layer.shade(head, [&](const Point& p) { return lambert(p, w, light); });
  if (face.beard) {
    const Outline beard = closed_curve(mirrored(Outline{{0, .70},
                                                        {.17, .66},
                                                        {.30 * w, .50},
                                                        {.56 * w, .22},
                                                        {.69 * w, .10},
                                                        {.64 * w * face.jaw, .5},
                                                        {.42 * w * face.jaw, .83},
                                                        {.19 * w * face.jaw, .97},
                                                        {0, 1.0}}));
    layer.shade(beard,
                [](const Point& p) { return 1 - .24 * std::clamp((p.y - .08) / .4, 0.0, 1.0); });
  }
}

Outline fringe(const FaceIdentity& face) {
  const double w = face.width;
  switch (face.style) {
    case HairStyle::side_part:
      return {{-.77 * w, -.12}, {-.80 * w, -.55}, {-.55 * w, -1.0}, {0, -1.14},
              {.52 * w, -1.03}, {.80 * w, -.6},   {.77 * w, -.12},  {.69 * w, -.34},
              {.62 * w, -.56},  {.3, -.56},       {-.15, -.66},     {-.40, -.74},
              {-.60 * w, -.54}, {-.70 * w, -.34}};
    case HairStyle::curly:
      return {{-.82 * w, -.10}, {-.93 * w, -.5},  {-.72 * w, -1.0}, {-.3, -1.22},
              {.1, -1.24},      {.55 * w, -1.12}, {.90 * w, -.7},   {.88 * w, -.2},
              {.72 * w, -.28},  {.62 * w, -.58},  {.35, -.66},      {.05, -.60},
              {-.25, -.68},     {-.52 * w, -.60}, {-.70 * w, -.30}};
    case HairStyle::long_straight:
      return {{-.78 * w, .35}, {-.86 * w, -.3}, {-.68 * w, -.9},  {-.1, -1.15},    {.5 * w, -1.04},
              {.83 * w, -.5},  {.78 * w, .35},  {.68 * w, -.1},   {.58 * w, -.48}, {.25, -.70},
              {-.02, -.86},    {-.22, -.68},    {-.56 * w, -.46}, {-.68 * w, -.1}};
    case HairStyle::bob:
      return {{-.82 * w, .3}, {-.88 * w, -.3}, {-.68 * w, -.92}, {0, -1.16},      {.68 * w, -.92},
              {.88 * w, -.3}, {.82 * w, .3},   {.68 * w, .0},    {.64 * w, -.42}, {.35, -.54},
              {0, -.56},      {-.35, -.54},    {-.64 * w, -.42}, {-.68 * w, .0}};
    case HairStyle::bun:
      return {{-.74 * w, -.05}, {-.80 * w, -.45}, {-.58 * w, -.95}, {0, -1.10},
              {.58 * w, -.95},  {.80 * w, -.45},  {.74 * w, -.05},  {.66 * w, -.4},
              {.46, -.66},      {.1, -.76},       {-.35, -.72},     {-.62 * w, -.46}};
    default:
      return {{-.75 * w, -.10}, {-.78 * w, -.5}, {-.56 * w, -.96}, {0, -1.09},
              {.56 * w, -.96},  {.78 * w, -.5},  {.75 * w, -.10},  {.68 * w, -.40},
              {.52 * w, -.66},  {.2, -.70},      {-.2, -.70},      {-.52 * w, -.66},
              {-.68 * w, -.40}};
  }
}

void draw_fringe(Layer& layer, const FaceIdentity& face, double light) {
  const Outline hair = closed_curve(fringe(face));
  layer.fill(hair, face.hair);
  if (face.style == HairStyle::curly) {
    for (int i = 0; i < 13; ++i) {
      const double angle = CV_PI * (1.02 + .96 * i / 12);
      layer.fill(
          ellipse({.86 * face.width * std::cos(angle), -.40 + .80 * std::sin(angle)}, .17, .17),
          face.hair.scaled(i % 2 ? .93 : 1.0));
    }
  }
  layer.shade(hair, [&](const Point& p) {
    const double sheen = std::exp(-std::pow((p.y + .80 + .25 * p.x * p.x) / .09, 2));
    return .93 + .16 * light * p.x + .28 * sheen;
  });
}

}  // namespace

FaceLayers draw_layers(const FaceIdentity& identity, cv::Size size, const Placement& rest,
                       double light) {
  // Drawn at twice the size, on pixel centres that halving maps back onto `rest`.
  Placement large = rest;
  large.scale = 2 * rest.scale;
  large.origin = 2 * rest.origin + Point(.5, .5);
  const cv::Size doubled(2 * size.width, 2 * size.height);
  Layer back(doubled, large), body(doubled, large), head(doubled, large);
  draw_back_hair(back, identity);
  draw_body(body, identity, light);
  draw_head(head, identity, light);
  draw_fringe(head, identity, light);
  return {back.halved(), body.halved(), head.halved()};
}

}  // namespace aver
