#include <gtest/gtest.h>

#include "features/golden.h"
#include "media/audio_file.h"
#include "media/resampler.h"
#include "support/support.h"

namespace {

using namespace aver;
using namespace aver::test;

TEST(MfccGolden, OfTenRealRecordingsEqualLibrosas) {
  AVER_REQUIRE_TEST_DATA(data);
  Resampler resampler;
  const auto cases = golden_cases("mfcc-recordings");
  ASSERT_EQ(cases.size(), 10u);
  for (const auto& item : cases) {
    const std::string name = item.at("name");
    const fs::path path = data / "ravdess-speech-audio" /
                          ("Actor_" + name.substr(name.size() - 2)) / (name + ".flac");
    const MfccOptions options = options_from(item.at("parameters"));
    const Sound sound = read_sound_file(path);
    EXPECT_EQ(sound.channels, item.at("channels")) << name;
    const auto samples =
        resampler.resample(sound.samples, sound.sample_rate_hz, options.sample_rate_hz);
    EXPECT_EQ(samples.size(), item.at("samples")) << name;
    const FloatArray actual = Mfcc(options).compute(samples);
    const FloatArray expected = golden_array("mfcc-recordings", item.at("mfcc"));
    EXPECT_EQ(actual.shape, expected.shape) << name;
    const double error = largest_difference(actual.values, expected.values);
    RecordProperty(name, std::to_string(error));
    EXPECT_LE(error, 1e-3) << name;
  }
}

}  // namespace
