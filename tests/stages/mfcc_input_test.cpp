#include "features/mfcc_input.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "stages/mfcc_stage.h"
#include "support.h"

using namespace aver;
using aver::test::TemporaryFolder;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

namespace {

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ReadMfcc, NamesTheFileAndThePlaceOfANan) {
  const TemporaryFolder folder;
  FloatArray clip{{2, 3}, {1, 2, 3, 4, std::numeric_limits<float>::quiet_NaN(), 6}};
  write_npy(folder / "clip.npy", clip);
  const auto message = error_of([&] { read_mfcc(folder / "clip.npy", 2); });
  EXPECT_THAT(message, HasSubstr("clip.npy"));
  EXPECT_THAT(message, HasSubstr("row 1, frame 1"));
}

TEST(ReadMfcc, RefusesAnotherShape) {
  const TemporaryFolder folder;
  write_npy(folder / "flat.npy", {{6}, {1, 2, 3, 4, 5, 6}});
  write_npy(folder / "empty.npy", {{2, 0}, {}});
  write_npy(folder / "good.npy", {{2, 3}, {1, 2, 3, 4, 5, 6}});
  EXPECT_THAT(error_of([&] { read_mfcc(folder / "flat.npy", 0); }), HasSubstr("flat.npy"));
  EXPECT_THAT(error_of([&] { read_mfcc(folder / "empty.npy", 0); }), HasSubstr("shape 2x0"));
  EXPECT_THAT(error_of([&] { read_mfcc(folder / "good.npy", 3); }), HasSubstr("[3 rows"));
  EXPECT_EQ(read_mfcc(folder / "good.npy", 2).values.size(), 6U);
}

TEST(Normalisation, LooksAtTheGivenClipsOnly) {
  const std::vector<FloatArray> clips = {
      {{2, 2}, {1, 3, 5, 5}}, {{2, 1}, {5, 5}}, {{2, 2}, {1000, 1000, 1000, 1000}}};
  const auto normalisation =
      fit_normalisation({&clips[0], &clips[1], &clips[2]}, std::vector<std::size_t>{0, 1});
  EXPECT_THAT(normalisation.mean, ElementsAre(3.0F, 5.0F));
  // Population deviation of 1, 3, 5; a coefficient that never varies is only centred.
  EXPECT_THAT(normalisation.deviation, ElementsAre(FloatNear(std::sqrt(8.0F / 3.0F), 1e-6F), 1.0F));
}

TEST(PrepareMfcc, TransposesNormalisesAndPadsWithZeros) {
  const FloatArray clip{{2, 2}, {1, 3, 10, 30}};  // coefficient 0: 1, 3; coefficient 1: 10, 30
  std::vector<float> out(6, -1.0F);
  prepare_mfcc(clip, {{1, 10}, {2, 10}}, 3, out);
  EXPECT_THAT(out, ElementsAre(0, 0, 1, 2, 0, 0));
  prepare_mfcc(clip, {}, 3, out);
  EXPECT_THAT(out, ElementsAre(1, 10, 3, 30, 0, 0));
}

TEST(PrepareMfcc, CutsALongerClipAtItsEnd) {
  const FloatArray clip{{1, 4}, {1, 2, 3, 4}};
  std::vector<float> out(2);
  prepare_mfcc(clip, {}, 2, out);
  EXPECT_THAT(out, ElementsAre(1, 2));
}

// Three people whose clips differ by 1 and who differ by much or nothing.
TEST(ClipsWorthOfPrior, IsWhatAPersonsClipsDifferOverWhatPeopleDiffer) {
  std::vector<FloatArray> clips;
  std::vector<std::vector<std::size_t>> speakers;
  for (int person = 0; person < 3; ++person) {
    speakers.emplace_back();
    for (int clip = 0; clip < 4; ++clip) {
      const float own = clip % 2 == 0 ? 1.0F : -1.0F;
      speakers.back().push_back(clips.size());
      // Two frames, whose mean counts.
      clips.push_back({{2, 2},
                       {static_cast<float>(10 * person) + own,
                        static_cast<float>(10 * person) + own, own + 3, own - 3}});
    }
  }
  ClipFeatures features;
  for (const FloatArray& clip : clips) features.push_back(&clip);
  const auto worth = clips_worth_of_prior(features, speakers);
  // Within: 12 / 9; between: 100 less what the means of four clips differ by, 12 / 9 / 4.
  EXPECT_NEAR(worth[0], (12.0 / 9) / (100 - 12.0 / 36), 1e-6);
  EXPECT_EQ(worth[1], 1000) << "people do not differ here: nothing is known of a person";
}

TEST(MoveMean, MovesEachCoefficientByItsOwnWay) {
  FloatArray clip{{2, 2}, {1, 2, 3, 4}};
  move_mean(clip, std::vector<float>{1, 0}, std::vector<float>{0, 5});
  EXPECT_EQ(clip.values, (std::vector<float>{0, 1, 8, 9}));
}
}  // namespace
