#include "synthesis/canvas.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>

#include "synthesis/coverage.h"

namespace aver {
namespace {

std::vector<Point> pixels_of(std::span<const Point> outline, const Placement& placement) {
  std::vector<Point> points;
  points.reserve(outline.size());
  for (const auto& p : outline) points.push_back(placement(p));
  return points;
}

void blend(std::uint8_t& value, double ink, float share) {
  value = cv::saturate_cast<std::uint8_t>(value + share * (static_cast<float>(ink) - value));
}

void fill_pixels(cv::Mat& image, const Coverage& coverage, const Colour& colour) {
  coverage.for_each(image.cols, [&](int y, int x, float share) {
    auto* pixel = image.ptr<std::uint8_t>(y) + 3 * x;
    blend(pixel[0], colour.blue, share);
    blend(pixel[1], colour.green, share);
    blend(pixel[2], colour.red, share);
  });
}

Point catmull_rom(const Point& a, const Point& b, const Point& c, const Point& d, double t) {
  const double t2 = t * t, t3 = t2 * t;
  return .5 *
         (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t2 + (3 * b - a - 3 * c + d) * t3);
}

}  // namespace

Colour Colour::scaled(double factor) const {
  return {red * factor, green * factor, blue * factor};
}

Colour Colour::mixed(const Colour& other, double share) const {
  const double s = std::clamp(share, 0.0, 1.0);
  return {red + s * (other.red - red), green + s * (other.green - green),
          blue + s * (other.blue - blue)};
}

Point Placement::operator()(const Point& p) const {
  const double c = std::cos(radians), s = std::sin(radians);
  return {origin.x + scale * (c * p.x - s * p.y), origin.y + scale * (s * p.x + c * p.y)};
}

cv::Matx23d Placement::moving(const Placement& from) const {
  const double k = scale / from.scale;
  const double c = k * std::cos(radians - from.radians), s = k * std::sin(radians - from.radians);
  return {c, -s, origin.x - c * from.origin.x + s * from.origin.y,
          s, c,  origin.y - s * from.origin.x - c * from.origin.y};
}

Layer::Layer(cv::Size size, const Placement& placement)
    : placement_(placement),
      colour_(size, CV_8UC3, cv::Scalar()),
      alpha_(size, CV_8UC1, cv::Scalar()) {}

void Layer::fill(std::span<const Point> outline, const Colour& colour) {
  const Coverage coverage(pixels_of(outline, placement_), colour_.rows);
  fill_pixels(colour_, coverage, colour);
  coverage.for_each(alpha_.cols, [&](int y, int x, float share) {
    blend(alpha_.at<std::uint8_t>(y, x), 255, share);
  });
}

void Layer::soft_ellipse(const Point& centre, double rx, double ry, const Colour& colour,
                         double opacity, double softness) {
  aver::soft_ellipse(colour_, placement_, centre, rx, ry, colour, opacity, softness);
}

void Layer::apply_shade(std::span<const Point> outline,
                        const std::function<double(const Point&)>& factor) {
  const Coverage coverage(pixels_of(outline, placement_), colour_.rows);
  coverage.for_each(colour_.cols, [&](int y, int x, float share) {
    const Point unit{(x - placement_.origin.x) / placement_.scale,
                     (y - placement_.origin.y) / placement_.scale};
    const double f = 1 + share * (factor(unit) - 1);
    auto& pixel = colour_.at<cv::Vec3b>(y, x);
    for (int k = 0; k < 3; ++k) pixel[k] = cv::saturate_cast<std::uint8_t>(pixel[k] * f);
  });
}

Layer Layer::halved() const {
  Layer half;
  half.placement_ = placement_;
  // Pixel centres: position p of the large picture is (p - 0.5) / 2 of the small one.
  half.placement_.origin = (placement_.origin - Point(.5, .5)) / 2;
  half.placement_.scale = placement_.scale / 2;
  const cv::Size size(colour_.cols / 2, colour_.rows / 2);
  cv::resize(colour_, half.colour_, size, 0, 0, cv::INTER_AREA);
  cv::resize(alpha_, half.alpha_, size, 0, 0, cv::INTER_AREA);
  return half;
}

Layer Layer::moved_to(const Placement& placement) const {
  Layer moved;
  moved.placement_ = placement;
  const auto matrix = placement.moving(placement_);
  cv::warpAffine(colour_, moved.colour_, matrix, colour_.size(), cv::INTER_LINEAR,
                 cv::BORDER_REPLICATE);
  cv::warpAffine(alpha_, moved.alpha_, matrix, alpha_.size(), cv::INTER_LINEAR,
                 cv::BORDER_REPLICATE);
  return moved;
}

void Layer::compose_onto(cv::Mat& picture) const {
  for (int y = 0; y < picture.rows; ++y) {
    auto* below = picture.ptr<std::uint8_t>(y);
    const auto* above = colour_.ptr<std::uint8_t>(y);
    const auto* alpha = alpha_.ptr<std::uint8_t>(y);
    for (int x = 0; x < picture.cols; ++x) {
      const int rest = 255 - alpha[x];
      for (int k = 3 * x; k < 3 * x + 3; ++k) {
        const int product = below[k] * rest + 128;
        below[k] =
            static_cast<std::uint8_t>(std::min(255, above[k] + ((product + (product >> 8)) >> 8)));
      }
    }
  }
}

void fill(cv::Mat& picture, const Placement& placement, std::span<const Point> outline,
          const Colour& colour) {
  fill_pixels(picture, Coverage(pixels_of(outline, placement), picture.rows), colour);
}

void soft_ellipse(cv::Mat& picture, const Placement& placement, const Point& centre, double rx,
                  double ry, const Colour& colour, double opacity, double softness) {
  if (opacity <= 0 || rx <= 0 || ry <= 0) return;
  const Point middle = placement(centre);
  const double reach = placement.scale * std::max(rx, ry);
  const int x0 = std::max(0, static_cast<int>(std::floor(middle.x - reach)));
  const int x1 = std::min(picture.cols - 1, static_cast<int>(std::ceil(middle.x + reach)));
  const int y0 = std::max(0, static_cast<int>(std::floor(middle.y - reach)));
  const int y1 = std::min(picture.rows - 1, static_cast<int>(std::ceil(middle.y + reach)));
  const double c = std::cos(placement.radians), s = std::sin(placement.radians);
  const double ix = 1 / (placement.scale * rx), iy = 1 / (placement.scale * ry);
  const float ink[3] = {static_cast<float>(colour.blue), static_cast<float>(colour.green),
                        static_cast<float>(colour.red)};
  for (int y = y0; y <= y1; ++y) {
    auto* row = picture.ptr<std::uint8_t>(y);
    for (int x = x0; x <= x1; ++x) {
      const double dx = x - middle.x, dy = y - middle.y;
      const double u = (c * dx + s * dy) * ix, v = (c * dy - s * dx) * iy;
      const double inside = 1 - std::sqrt(u * u + v * v);
      if (inside <= 0) continue;
      const double edge = std::min(1.0, inside / softness);
      const auto a = static_cast<float>(opacity * edge * edge * (3 - 2 * edge));
      for (int k = 0; k < 3; ++k) {
        auto& value = row[3 * x + k];
        value = cv::saturate_cast<std::uint8_t>(value + a * (ink[k] - value));
      }
    }
  }
}

Outline closed_curve(std::span<const Point> points, int steps) {
  Outline curve;
  const std::size_t n = points.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (int k = 0; k < steps; ++k) {
      curve.push_back(catmull_rom(points[(i + n - 1) % n], points[i], points[(i + 1) % n],
                                  points[(i + 2) % n], static_cast<double>(k) / steps));
    }
  }
  return curve;
}

Outline open_curve(std::span<const Point> points, int steps) {
  Outline curve;
  const std::size_t n = points.size();
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const Point& before = points[i == 0 ? 0 : i - 1];
    const Point& after = points[std::min(n - 1, i + 2)];
    for (int k = 0; k < steps; ++k) {
      curve.push_back(
          catmull_rom(before, points[i], points[i + 1], after, static_cast<double>(k) / steps));
    }
  }
  curve.push_back(points.back());
  return curve;
}

Outline ribbon(std::span<const Point> line, double start, double middle, double end) {
  Outline band(2 * line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Point along = line[std::min(i + 1, line.size() - 1)] - line[i == 0 ? 0 : i - 1];
    const double length = std::max(1e-9, std::hypot(along.x, along.y));
    const Point across{-along.y / length, along.x / length};
    const double t = static_cast<double>(i) / static_cast<double>(line.size() - 1);
    const double width =
        t < .5 ? start + (middle - start) * 2 * t : middle + (end - middle) * (2 * t - 1);
    band[i] = line[i] + .5 * width * across;
    band[band.size() - 1 - i] = line[i] - .5 * width * across;
  }
  return band;
}

Outline ellipse(const Point& centre, double rx, double ry, int steps) {
  Outline points;
  for (int i = 0; i < steps; ++i) {
    const double angle = 2 * CV_PI * i / steps;
    points.push_back({centre.x + rx * std::cos(angle), centre.y + ry * std::sin(angle)});
  }
  return points;
}

Outline mirrored(std::span<const Point> right_side) {
  Outline points(right_side.begin(), right_side.end());
  for (std::size_t i = right_side.size(); i-- > 0;) {
    const Point& p = right_side[i];
    if (std::abs(p.x) > 1e-9) points.push_back({-p.x, p.y});
  }
  return points;
}

}  // namespace aver
