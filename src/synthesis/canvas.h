#pragma once

#include <functional>
#include <opencv2/core.hpp>
#include <span>
#include <utility>
#include <vector>

namespace aver {

using Point = cv::Point2d;
using Outline = std::vector<Point>;

/// 0 … 255 each.
struct Colour {
  double red = 0, green = 0, blue = 0;

  Colour scaled(double factor) const;
  /// `share` of the other colour.
  Colour mixed(const Colour& other, double share) const;
};

/// The way from drawing units to pixels: turned, scaled, moved.
struct Placement {
  Point origin;        ///< where (0, 0) lies, pixels
  double scale = 1;    ///< pixels per unit
  double radians = 0;  ///< clockwise on the screen

  Point operator()(const Point& p) const;
  /// The 2 × 3 matrix that moves what was drawn with `from` to where this placement has it.
  cv::Matx23d moving(const Placement& from) const;
};

/// A picture with a premultiplied alpha channel, drawn with anti-aliased edges.
class Layer {
 public:
  Layer(cv::Size size, const Placement& placement);

  void fill(std::span<const Point> outline, const Colour& colour);
  /// An ellipse whose edge fades over the outer `softness` (0 … 1) of its radius; on what is there.
  void soft_ellipse(const Point& centre, double rx, double ry, const Colour& colour, double opacity,
                    double softness);
  /// Multiplies colours inside an outline by `factor(point)`.
  template <typename Factor>
  void shade(std::span<const Point> outline, Factor factor) {
    apply_shade(outline, [&](const Point& p) -> double { return factor(p); });
  }

  /// Half the width and height, averaged: drawing large and reducing gives smooth edges.
  Layer halved() const;
  /// Moved to another placement.
  Layer moved_to(const Placement& placement) const;
  /// Over another picture (8-bit, three channels) of equal size.
  void compose_onto(cv::Mat& picture) const;

  const Placement& placement() const { return placement_; }
  void set_placement(const Placement& placement) { placement_ = placement; }
  cv::Mat& colour() { return colour_; }

 private:
  Layer() = default;
  void apply_shade(std::span<const Point> outline, const std::function<double(const Point&)>& f);

  Placement placement_;
  cv::Mat colour_;  // CV_8UC3, premultiplied
  cv::Mat alpha_;   // CV_8UC1
};

/// Draws straight onto an opaque picture.
void fill(cv::Mat& picture, const Placement& placement, std::span<const Point> outline,
          const Colour& colour);
void soft_ellipse(cv::Mat& picture, const Placement& placement, const Point& centre, double rx,
                  double ry, const Colour& colour, double opacity, double softness);

/// A smooth closed curve through the points (Catmull-Rom).
Outline closed_curve(std::span<const Point> points, int steps = 8);
/// A smooth open curve through the points.
Outline open_curve(std::span<const Point> points, int steps = 8);
/// A band along a line, with a width at its start, middle and end.
Outline ribbon(std::span<const Point> line, double start, double middle, double end);
Outline ellipse(const Point& centre, double rx, double ry, int steps = 28);
/// The points and their mirror images (x → -x), in order around a shape that begins and ends on the
/// axis.
Outline mirrored(std::span<const Point> right_side);

}  // namespace aver
