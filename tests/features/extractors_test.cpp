#include "features/extractors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/options.h"
#include "features/log_mel.h"
#include "features/mfcc.h"

namespace {

using namespace aver;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<float> noise() {
  std::vector<float> values;
  unsigned state = 1;
  for (int i = 0; i < 9000; ++i) {
    state = state * 1664525U + 1013904223U;
    values.push_back(static_cast<float>(state >> 16) / 65536.0F - 0.5F);
  }
  return values;
}

TEST(FeatureChoice, OfEveryKindComputesWhatItsRecordedSettingsCompute) {
  for (const FeatureKind& kind : feature_kinds()) {
    FeatureChoice choice(kind.name);
    Options options;
    choice.describe(options);
    const fs::path encoder = fs::path(AVER_GOLDEN_DIR) / "speaker-states/encoder.safetensors";
    if (choice.needs_encoder()) {
      options.find("encoder")->read({encoder.string()});
      options.find("summary")->read({"none"});
    } else {
      ASSERT_NE(options.find("hop-length"), nullptr) << kind.name;
      options.find("hop-length")->read({"300"});
    }
    auto recorded = FeatureChoice::recorded(options.to_json());
    EXPECT_EQ(recorded.name(), kind.name);
    recorded.take_encoder(encoder);
    const FloatArray here = choice.make(16000)->compute(noise());
    EXPECT_GT(here.columns(), 30U) << kind.name;
    EXPECT_EQ(recorded.make(16000)->compute(noise()).values, here.values) << kind.name;
  }
}

TEST(FeatureChoice, ThatNamesNoKindIsOfMfccs) {
  nlohmann::json settings = Options::of(MfccOptions()).to_json();
  settings["coefficients"] = 13;
  const auto recorded = FeatureChoice::recorded(settings);
  EXPECT_EQ(recorded.name(), "mfcc");
  EXPECT_EQ(recorded.make(22050)->compute(noise()).rows(), 13U);
}

TEST(FeatureChoice, IsACopyOfItsOwn) {
  FeatureChoice one("log-mel");
  FeatureChoice other = one;
  Options options;
  other.describe(options);
  options.find("mels")->read({"20"});
  EXPECT_EQ(one.make(22050)->compute(noise()).rows(), 128U);
  EXPECT_EQ(other.make(22050)->compute(noise()).rows(), 20U);
}

TEST(FeatureChoice, TakesEachFilesOwnRateWhenItIsGivenNone) {
  LogMelOptions options;
  EXPECT_EQ(FeatureChoice("log-mel", &options).rate_for(44100), 22050);
  options.sample_rate_hz = 0;
  EXPECT_EQ(FeatureChoice("log-mel", &options).rate_for(44100), 44100);
}

TEST(FeatureChoice, RecordedNumbersAreCheckedAsThoseOfACommandLineAre) {
  nlohmann::json good = {{"features", "log-mel"}};
  FeatureChoice chosen("log-mel");
  Options options;
  chosen.describe(options);
  good = options.to_json();
  EXPECT_EQ(FeatureChoice::recorded(good).name(), "log-mel");
  for (const auto& [key, value, sentence] :
       {std::tuple{"n-fft", nlohmann::json(4294969344), "n-fft: 4294969344 is no whole number"},
        {"n-fft", 1 << 20, "--n-fft must be 4 to 131072"},
        {"hop-length", 0, "--hop-length must be 1 to 131072"},
        {"mels", -1, "--mels must be 1 to 4096"},
        {"sample-rate", 1 << 30, "--sample-rate must be 0 to 1000000"},
        {"top-db", -80, "--top-db must be at least 0"}}) {
    nlohmann::json bad = good;
    bad[key] = value;
    EXPECT_THAT([&] { FeatureChoice::recorded(bad); },
                testing::ThrowsMessage<Error>(testing::HasSubstr(sentence)));
  }
}

TEST(FeatureChoice, RefusesAKindThatThereIsNotAndNamesThoseThereAre) {
  EXPECT_THAT([] { FeatureChoice("log-mell"); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("did you mean log-mel?"),
                                              HasSubstr("known: mfcc, log-mel, speaker-states"))));
  EXPECT_THAT(
      [] {
        FeatureChoice::recorded({{"features", "plp"}});
      },
      ThrowsMessage<Error>(AllOf(HasSubstr("plp"), HasSubstr("mfcc, log-mel, speaker-states"))));
  EXPECT_THAT(
      [] {
        FeatureChoice::recorded({{"features", "log-mel"}});
      },
      ThrowsMessage<Error>(HasSubstr("log-mel cannot be used: sample-rate")));
}

}  // namespace
