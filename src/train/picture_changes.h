#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aver {

class Options;
class Random;

/// Random changes to a training picture, each off by default.
struct PictureChanges {
  bool flip = false;      ///< left and right change places every other time
  double crop = 0;        ///< a square up to this share smaller, from anywhere, fills the picture
  double rotation = 0;    ///< up to so many degrees either way
  double brightness = 0;  ///< up to this share brighter or darker, and of more or less contrast
  double erase = 0;       ///< every other time a rectangle of up to this share of it becomes grey

  void describe(Options& options);
  bool any() const;
  /// Changes a picture of `side` x `side` x 3 bytes in place.
  void apply(std::span<std::uint8_t> picture, std::size_t side, Random& random) const;
};

}  // namespace aver
