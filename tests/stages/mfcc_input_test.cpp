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

}  // namespace
