#include "explain/heat_pictures.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "series/landmarks.h"

namespace aver {
namespace {

/// The grey picture, and in the colours of a flame what was looked at.
cv::Mat heated(const cv::Mat& picture, const cv::Mat& heat) {
  cv::Mat grey, levels, colours;
  cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
  heat.convertTo(levels, CV_8UC1, 255);
  cv::applyColorMap(levels, colours, cv::COLORMAP_INFERNO);
  cv::Mat result(picture.size(), CV_8UC3);
  constexpr float kMost = .75F;
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const float share = kMost * heat.at<float>(y, x);
      const auto& under = grey.at<cv::Vec3b>(y, x);
      const auto& over = colours.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        result.at<cv::Vec3b>(y, x)[c] =
            cv::saturate_cast<std::uint8_t>((1 - share) * under[c] + share * over[c]);
      }
    }
  }
  return result;
}

}  // namespace

cv::Mat faces_with_heat(const std::vector<std::vector<std::uint8_t>>& pictures,
                        const FloatArray& places, bool are_shares,
                        const std::vector<std::size_t>& shown) {
  const int size = static_cast<int>(places.shape[1]);
  const int count = static_cast<int>(shown.size());
  cv::Mat strip(2 * kHeatSide, count * kHeatSide, CV_8UC3);
  // What speaks against the class is not shown.
  const float most = places.values.empty() ? 0 : std::ranges::max(places.values);
  const double scale = are_shares || most <= 0 ? 1 : 1 / most;
  for (int i = 0; i < count; ++i) {
    const std::size_t place = shown[static_cast<std::size_t>(i)];
    const cv::Mat small(size, size, CV_8UC3, const_cast<std::uint8_t*>(pictures[place].data()));
    const cv::Mat own(size, size, CV_32FC1,
                      const_cast<float*>(places.values.data()) +
                          place * static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
    cv::Mat picture, heat;
    cv::resize(small, picture, {kHeatSide, kHeatSide}, 0, 0, cv::INTER_CUBIC);
    cv::resize(own, heat, {kHeatSide, kHeatSide}, 0, 0, cv::INTER_LINEAR);
    heat = cv::max(heat * scale, 0);
    picture.copyTo(strip({i * kHeatSide, 0, kHeatSide, kHeatSide}));
    heated(picture, heat).copyTo(strip({i * kHeatSide, kHeatSide, kHeatSide, kHeatSide}));
  }
  return strip;
}

cv::Mat landmarks_with_heat(const FloatArray& features, const FloatArray& places,
                            const std::vector<std::size_t>& frames) {
  constexpr std::size_t kPoints = kLandmarkNumbers / 2;
  const auto value = [&](std::size_t row, std::size_t frame) { return features.row(row)[frame]; };
  float low_x = value(0, 0), high_x = low_x, low_y = value(kPoints, 0), high_y = low_y;
  for (const std::size_t frame : frames) {
    for (std::size_t point = 0; point < kPoints; ++point) {
      low_x = std::min(low_x, value(point, frame));
      high_x = std::max(high_x, value(point, frame));
      low_y = std::min(low_y, value(kPoints + point, frame));
      high_y = std::max(high_y, value(kPoints + point, frame));
    }
  }
  const auto share = [&](std::size_t point, std::size_t frame) {
    float sum = 0;
    for (std::size_t row = 0; row < places.rows(); ++row) {
      if (row % kPoints == point) sum += places.row(row)[frame];
    }
    return sum;
  };
  float most = 0;
  for (const std::size_t frame : frames) {
    for (std::size_t p = 0; p < kPoints; ++p) most = std::max(most, std::abs(share(p, frame)));
  }
  constexpr float kMargin = 22, kRadius = 13;
  const float unit = (kHeatSide - 2 * kMargin) / std::max({high_x - low_x, high_y - low_y, 1e-6F});
  const float left = (kHeatSide - unit * (high_x - low_x)) / 2;
  const float top = (kHeatSide - unit * (high_y - low_y)) / 2;
  cv::Mat strip(kHeatSide, static_cast<int>(frames.size()) * kHeatSide, CV_8UC3,
                cv::Scalar::all(255));
  constexpr int kBits = 4;  // of parts of a pixel
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto draw = [&](std::size_t point, float radius, const cv::Scalar& colour) {
      const float x =
          static_cast<float>(i) * kHeatSide + left + unit * (value(point, frames[i]) - low_x);
      const float y = top + unit * (value(kPoints + point, frames[i]) - low_y);
      const auto fine = [](float at) { return static_cast<int>(std::lround(at * (1 << kBits))); };
      cv::circle(strip, {fine(x), fine(y)}, fine(radius), colour, cv::FILLED, cv::LINE_AA, kBits);
    };
    for (std::size_t point = 0; point < kPoints; ++point) {
      const float own = most > 0 ? share(point, frames[i]) / most : 0;
      // Areas, not radii, are in proportion.
      draw(point, kRadius * std::sqrt(std::abs(own)),
           own > 0 ? cv::Scalar(0, 120, 230) : cv::Scalar(200, 140, 70));
    }
    for (std::size_t point = 0; point < kPoints; ++point) {
      draw(point, 1.3F, cv::Scalar::all(40));
    }
  }
  return strip;
}

}  // namespace aver
