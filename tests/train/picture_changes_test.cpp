#include "train/picture_changes.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/random.h"

namespace aver {
namespace {

constexpr std::size_t kSide = 16;
using Picture = std::vector<std::uint8_t>;

/// Brighter from left to right and, less so, from top to bottom.
Picture slope() {
  Picture picture;
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        picture.push_back(static_cast<std::uint8_t>(20 + 10 * x + 3 * y + c));
      }
    }
  }
  return picture;
}

Picture changed(const PictureChanges& changes, std::uint64_t seed, Picture picture = slope()) {
  Random random(seed);
  changes.apply(picture, kSide, random);
  return picture;
}

int at(const Picture& picture, std::size_t x, std::size_t y) {
  return picture[(y * kSide + x) * 3];
}

TEST(PictureChanges, NoneLeavesAPictureAlone) {
  EXPECT_FALSE(PictureChanges().any());
  EXPECT_EQ(changed({}, 1), slope());
}

TEST(PictureChanges, EachFollowsFromTheSeedAlone) {
  for (const PictureChanges& changes :
       {PictureChanges{.flip = true}, PictureChanges{.crop = 0.2}, PictureChanges{.rotation = 15},
        PictureChanges{.brightness = 0.3}, PictureChanges{.erase = 0.2}}) {
    EXPECT_TRUE(changes.any());
    int moved = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      EXPECT_EQ(changed(changes, seed), changed(changes, seed));
      moved += changed(changes, seed) != slope();
    }
    EXPECT_GT(moved, 1);
  }
}

TEST(PictureChanges, AFlipIsTheMirroredPictureToTheByte) {
  Picture mirrored;
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = kSide; x-- > 0;) {
      for (std::size_t c = 0; c < 3; ++c) mirrored.push_back(slope()[(y * kSide + x) * 3 + c]);
    }
  }
  int flipped = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Picture picture = changed({.flip = true}, seed);
    ASSERT_TRUE(picture == slope() || picture == mirrored) << seed;
    flipped += picture == mirrored;
  }
  EXPECT_GT(flipped, 8);
  EXPECT_LT(flipped, 32);
}

TEST(PictureChanges, ACropEnlargesASquareFromWithin) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Picture picture = changed({.crop = 0.5}, seed);
    const int wide = at(picture, kSide - 1, 8) - at(picture, 0, 8);
    EXPECT_LE(wide, 10 * (static_cast<int>(kSide) - 1) + 1) << seed;
    EXPECT_GE(wide, 10 * static_cast<int>(kSide) / 2 - 12) << seed;
    const auto [least, most] = std::ranges::minmax(picture);
    EXPECT_GE(least, 20);
    EXPECT_LE(most, 20 + 10 * 15 + 3 * 15 + 2);
  }
}

TEST(PictureChanges, ARotationKeepsTheMiddle) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Picture picture = changed({.rotation = 30}, seed);
    EXPECT_NEAR(at(picture, 7, 7) + at(picture, 8, 8), at(slope(), 7, 7) + at(slope(), 8, 8), 4);
  }
}

TEST(PictureChanges, WhatIsErasedIsOneRectangleOfOneGrey) {
  int erased = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Picture picture = changed({.erase = 0.25}, seed);
    std::size_t different = 0;
    for (std::size_t i = 0; i < picture.size(); i += 3) {
      if (std::equal(&picture[i], &picture[i] + 3, &slope()[i])) continue;
      ++different;
      EXPECT_EQ(picture[i], picture[i + 1]);
      EXPECT_EQ(picture[i], picture[i + 2]);
    }
    EXPECT_LE(different, kSide * kSide * 3 / 10) << seed;
    erased += different > 0;
  }
  EXPECT_GT(erased, 8);
  EXPECT_LT(erased, 32);
}

}  // namespace
}  // namespace aver
