#include <gtest/gtest.h>

#include <string>

#include "features/golden.h"
#include "support/support.h"

namespace {

using namespace aver;
using namespace aver::test;

// The project's bound. librosa transforms in double precision, aver in single: what remains is the
// rounding of levels near the floor, a few 1e-4.
constexpr double kBound = 1e-3;

TEST(MfccGolden, EveryCoefficientOfEverySignalIsWithinOneThousandthOfLibrosa) {
  const auto cases = golden_cases("mfcc");
  ASSERT_GE(cases.size(), 8u);
  for (const auto& item : cases) {
    const std::string name = item.at("name");
    const FloatArray samples = golden_array("mfcc", item.at("samples"));
    const FloatArray expected = golden_array("mfcc", item.at("mfcc"));
    Mfcc mfcc(options_from(item.at("parameters")));
    const FloatArray actual = mfcc.compute(samples.values);
    EXPECT_EQ(actual.shape, expected.shape) << name;
    const double error = largest_difference(actual.values, expected.values);
    RecordProperty(name, std::to_string(error));
    EXPECT_LE(error, kBound) << name;
  }
}

TEST(MfccGolden, MelFiltersEqualLibrosas) {
  const auto cases = golden_cases("mel");
  ASSERT_GE(cases.size(), 2u);
  for (const auto& item : cases) {
    const auto& given = item.at("parameters");
    const FloatArray expected = golden_array("mel", item.at("filters"));
    const FloatArray actual = mel_filterbank(given.at("sr"), given.at("n_fft"), given.at("n_mels"),
                                             given.at("fmin"), given.at("fmax"));
    ASSERT_EQ(actual.shape, expected.shape);
    // librosa rounds to single precision twice (before and after scaling) and weights are below
    // 0.1.
    EXPECT_LE(largest_difference(actual.values, expected.values), 1e-8) << item.at("name");
  }
}

}  // namespace
