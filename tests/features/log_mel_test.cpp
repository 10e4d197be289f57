#include "features/log_mel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "features/golden.h"

namespace {

using namespace aver;
using namespace aver::test;

FloatArray row_of(std::vector<float> values) {
  const std::size_t columns = values.size();
  return {{1, columns}, std::move(values)};
}

// The bound that MFCCs have: librosa transforms in double precision, aver in single.
TEST(LogMelGolden, EveryLevelSlopeAndCurvatureIsWithinOneThousandthOfLibrosa) {
  const auto cases = golden_cases("log-mel");
  ASSERT_GE(cases.size(), 8u);
  int with_deltas = 0;
  for (const auto& item : cases) {
    const std::string name = item.at("name");
    const auto& parameters = item.at("parameters");
    LogMelOptions options;
    set_bands(options, parameters);
    options.deltas = parameters.at("deltas");
    with_deltas += options.deltas > 0 ? 1 : 0;
    const FloatArray expected = golden_array("log-mel", item.at("levels"));
    const FloatArray actual =
        LogMel(options).compute(golden_array("mfcc", item.at("samples")).values);
    EXPECT_EQ(actual.shape, expected.shape) << name;
    EXPECT_LE(largest_difference(actual.values, expected.values), 1e-3) << name;
  }
  EXPECT_GE(with_deltas, 4);
}

TEST(LogMel, DeltasOfALineAreItsSlopeAndOfAParabolaItsCurvature) {
  std::vector<float> line, parabola;
  for (int t = 0; t < 20; ++t) {
    line.push_back(static_cast<float>(3 * t - 7));
    parabola.push_back(static_cast<float>(t * t));
  }
  const FloatArray slopes = deltas_of(row_of(line), 1), curvatures = deltas_of(row_of(parabola), 2);
  for (std::size_t t = 0; t < line.size(); ++t) {
    EXPECT_NEAR(slopes.values[t], 3, 1e-5) << t;
    EXPECT_NEAR(curvatures.values[t], 2, 1e-4) << t;
  }
}

TEST(LogMel, DeltasOfAClipTooShortForNineFramesTakeTheFramesThereAre) {
  for (const std::size_t frames : {3u, 4u, 8u}) {
    std::vector<float> line;
    for (std::size_t t = 0; t < frames; ++t) line.push_back(2.0F * static_cast<float>(t));
    for (const float slope : deltas_of(row_of(line), 1).values) EXPECT_NEAR(slope, 2, 1e-5);
  }
  EXPECT_THAT(deltas_of(row_of({1, 5}), 1).values, testing::Each(0.0F));
  EXPECT_THAT(deltas_of(row_of({4}), 2).values, testing::Each(0.0F));
}

TEST(LogMel, NeedsASampleRateAndSamples) {
  LogMelOptions options;
  options.sample_rate_hz = 0;
  EXPECT_THAT([&] { LogMel{options}; },
              testing::ThrowsMessage<UsageError>(testing::HasSubstr("sample rate must be known")));
  EXPECT_THROW(LogMel(LogMelOptions{}).compute({}), Error);
}

}  // namespace
