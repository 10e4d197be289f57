#include "train/series_changes.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace aver {
namespace {

constexpr std::size_t kFrames = 6, kMost = 9, kRows = 4;

/// Frame t, row c holds 10·t + c + 1.
std::vector<float> counting() {
  std::vector<float> values(kMost * kRows, 0.0F);
  for (std::size_t t = 0; t < kFrames; ++t) {
    for (std::size_t c = 0; c < kRows; ++c) {
      values[t * kRows + c] = static_cast<float>(10 * t + c + 1);
    }
  }
  return values;
}

struct Changed {
  std::vector<float> values;
  std::size_t frames;
};

Changed change(const SeriesChanges& changes, std::uint64_t seed,
               const Normalisation& normalisation = {}) {
  Changed result{counting(), 0};
  Random random(seed);
  result.frames = changes.apply({result.values, kFrames, kMost, kRows}, normalisation, random);
  return result;
}

TEST(SeriesChanges, NoneLeavesAClipAlone) {
  const SeriesChanges none;
  EXPECT_FALSE(none.any());
  EXPECT_EQ(change(none, 1).values, counting());
  EXPECT_EQ(change(none, 1).frames, kFrames);
}

TEST(SeriesChanges, EachFollowsFromTheSeedAloneAndLeavesThePaddingZero) {
  std::vector<SeriesChanges> each(10);
  each[0].tempo = 0.3;
  each[1].band_warp = 0.3;
  each[2].gain_db = 6;
  each[3].noise_snr_db = 5;
  each[4].time_shift = 2;
  each[5].time_masks = 1;
  each[5].time_mask_frames = 4;
  each[6].band_masks = 1;
  each[6].band_mask_rows = 3;
  each[7].jitter = 0.5;
  each[8].amplitude = 0.5;
  each[9].mirror = true;
  each[9].mirrored = {{1, -1}, {0, -1}, {2, 1}, {3, -1}};
  for (std::size_t i = 0; i < each.size(); ++i) {
    EXPECT_TRUE(each[i].any()) << i;
    bool ever = false;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const Changed one = change(each[i], seed);
      EXPECT_EQ(one.values, change(each[i], seed).values) << i;
      ever = ever || one.values != counting();
      ASSERT_LE(one.frames, kMost) << i;
      for (std::size_t k = one.frames * kRows; k < one.values.size(); ++k) {
        EXPECT_EQ(one.values[k], 0) << "change " << i << ", place " << k;
      }
      for (const float value : one.values) EXPECT_TRUE(std::isfinite(value)) << i;
    }
    EXPECT_TRUE(ever) << i;
  }
}

TEST(SeriesChanges, TempoReadsBetweenTheFrames) {
  SeriesChanges changes;
  changes.tempo = 0.4;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Changed one = change(changes, seed);
    // The clip rises by 10 a frame; faster or slower it rises evenly by more or less.
    ASSERT_GE(one.frames, 4U);
    const float step = one.values[kRows] - one.values[0];
    EXPECT_GE(step, 10 * 0.59F);
    EXPECT_LE(step, 10 * 1.41F);
    EXPECT_NEAR(one.values[2 * kRows] - one.values[kRows], step, 1e-3);
  }
}

TEST(SeriesChanges, GainIsInDecibelsWhateverTheNormalisation) {
  SeriesChanges changes;
  changes.gain_db = 6;
  const Normalisation scale{{1, 2, 3, 4}, {2, 4, 8, 16}};
  const Changed one = change(changes, 3, scale);
  const auto before = counting();
  const double gain = (one.values[0] - before[0]) * 2;
  EXPECT_LE(std::abs(gain), 6);
  EXPECT_NE(gain, 0);
  for (std::size_t c = 0; c < kRows; ++c) {
    EXPECT_NEAR((one.values[c] - before[c]) * scale.deviation[c], gain, 1e-4) << c;
  }
}

TEST(SeriesChanges, NoiseRaisesWhatIsQuietAndHardlyWhatIsLoud) {
  SeriesChanges changes;
  changes.noise_snr_db = 10;
  const Changed one = change(changes, 3);
  const auto before = counting();
  const std::size_t loud = (kFrames - 1) * kRows;
  EXPECT_GT(one.values[0] - before[0], 3);
  EXPECT_LT(one.values[loud] - before[loud], 3);
  for (std::size_t k = 0; k < kFrames * kRows; ++k) EXPECT_GE(one.values[k], before[k]);
}

TEST(SeriesChanges, AMirroredClipIsThatOfWhatWasMeasured) {
  SeriesChanges changes;
  changes.mirror = true;
  changes.mirrored = {{1, -1}, {0, -1}, {2, 1}, {3, -1}};
  const Normalisation scale{{1, 2, 3, 4}, {2, 4, 5, 10}};
  std::size_t mirrored = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto values = change(changes, seed, scale).values;
    if (values == counting()) continue;
    ++mirrored;
    const auto before = counting();
    for (std::size_t t = 0; t < kFrames; ++t) {
      const auto measured = [&](const std::vector<float>& of, std::size_t c) {
        return of[t * kRows + c] * scale.deviation[c] + scale.mean[c];
      };
      EXPECT_NEAR(measured(values, 0), -measured(before, 1), 1e-3);
      EXPECT_NEAR(measured(values, 1), -measured(before, 0), 1e-3);
      EXPECT_NEAR(measured(values, 2), measured(before, 2), 1e-3);
      EXPECT_NEAR(measured(values, 3), -measured(before, 3), 1e-3);
    }
  }
  EXPECT_GT(mirrored, 10u) << "every other time";
  EXPECT_LT(mirrored, 30u);
}

TEST(SeriesChanges, AShiftMovesWholeFrames) {
  SeriesChanges changes;
  changes.time_shift = 2;
  bool earlier = false, later = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Changed one = change(changes, seed);
    earlier = earlier || one.frames < kFrames;
    later = later || one.frames > kFrames;
    const float first_frame =
        one.frames <= kFrames ? 10 * static_cast<float>(kFrames - one.frames) : 0;
    EXPECT_EQ(one.values[0], one.frames > kFrames ? 0 : first_frame + 1);
  }
  EXPECT_TRUE(earlier);
  EXPECT_TRUE(later);
}

TEST(SeriesChanges, MasksBlankRunsNoLongerThanAllowed) {
  SeriesChanges changes;
  changes.band_masks = 1;
  changes.band_mask_rows = 2;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Changed one = change(changes, seed);
    std::size_t blank = 0;
    for (std::size_t c = 0; c < kRows; ++c) blank += one.values[c] == 0 ? 1 : 0;
    EXPECT_LE(blank, 2U);
    for (std::size_t t = 1; t < kFrames; ++t) {
      for (std::size_t c = 0; c < kRows; ++c) {
        EXPECT_EQ(one.values[t * kRows + c] == 0, one.values[c] == 0) << "the same rows throughout";
      }
    }
  }
}

}  // namespace
}  // namespace aver
