#include "train/picture_changes.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgproc.hpp>

#include "base/options.h"
#include "base/random.h"

namespace aver {
namespace {

/// Flip, rotation and crop are one map from the places of the new picture to those of the old one,
/// so that pixels are interpolated once.
void move(cv::Mat& picture, const PictureChanges& changes, Random& random) {
  const double side = picture.cols;
  const bool flipped = changes.flip && random.uniform() < 0.5;
  const double angle = random.uniform(-changes.rotation, changes.rotation) * std::numbers::pi / 180;
  const double scale = 1 - random.uniform() * changes.crop;  // of the square that is kept
  const double room = side * (1 - scale) / 2;
  const double right = random.uniform(-room, room), down = random.uniform(-room, room);
  const double across = scale * std::cos(angle), slant = scale * std::sin(angle);
  const double mirror = flipped ? -1 : 1;
  const double middle = (side - 1) / 2;
  // From a place of the new picture, counted from its middle: mirrored, turned, made smaller,
  // moved.
  const cv::Matx23d map(mirror * across, -slant,
                        middle + right - mirror * across * middle + slant * middle, mirror * slant,
                        across, middle + down - mirror * slant * middle - across * middle);
  cv::Mat moved;
  cv::warpAffine(picture, moved, map, picture.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  moved.copyTo(picture);
}

void light(cv::Mat& picture, double most, Random& random) {
  const double contrast = 1 + random.uniform(-most, most);
  const double brightness = 255 * random.uniform(-most, most) / 2;
  picture.convertTo(picture, -1, contrast, 127.5 * (1 - contrast) + brightness);
}

/// Zhong et al. 2020: of 2 % of the picture or more, up to three times as wide as high.
void erase(cv::Mat& picture, double most, Random& random) {
  constexpr double kLeast = 0.02;
  if (random.uniform() < 0.5) return;
  const double share = random.uniform(std::min(kLeast, most), most);
  const double shape = std::exp(random.uniform(-std::log(3.0), std::log(3.0)));
  const auto sized = [&](double ratio) {
    return std::clamp(static_cast<int>(std::lround(picture.cols * std::sqrt(share * ratio))), 1,
                      picture.cols);
  };
  const int width = sized(shape), height = sized(1 / shape);
  const auto within = [&](int size) {
    return static_cast<int>(random.below(static_cast<std::uint64_t>(picture.cols - size + 1)));
  };
  const int x = within(width), y = within(height);
  picture(cv::Rect(x, y, width, height))
      .setTo(cv::Scalar::all(static_cast<double>(random.below(256))));
}

}  // namespace

void PictureChanges::describe(Options& options) {
  options.heading("Changes to training pictures");
  options.result("flip", flip, "Mirror every other picture").unsaid_at(false);
  options
      .result("crop", crop, "A square up to this share smaller, from anywhere, fills the picture")
      .from_to_below(0, 1)
      .unsaid_at(0.0);
  options.result("rotation", rotation, "Turn by up to so many degrees either way")
      .from_to(0, 180)
      .unsaid_at(0.0);
  options
      .result("brightness", brightness,
              "Up to this share brighter or darker, with more or less contrast")
      .from_to_below(0, 1)
      .unsaid_at(0.0);
  options.result("erase", erase, "Every other time, a rectangle of up to this share becomes grey")
      .from_to_below(0, 1)
      .unsaid_at(0.0);
}

bool PictureChanges::any() const {
  return flip || crop > 0 || rotation > 0 || brightness > 0 || erase > 0;
}

void PictureChanges::apply(std::span<std::uint8_t> picture, std::size_t side,
                           Random& random) const {
  const int pixels = static_cast<int>(side);
  cv::Mat view(pixels, pixels, CV_8UC3, picture.data());
  if (flip || crop > 0 || rotation > 0) move(view, *this, random);
  if (brightness > 0) light(view, brightness, random);
  if (erase > 0) aver::erase(view, erase, random);
}

}  // namespace aver
