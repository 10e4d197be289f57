#include "conditions/condition_scale.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "conditions/sound_conditions.h"

namespace aver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> words_of(const std::vector<std::string>& named) {
  std::vector<std::string> words;
  for (const auto& [scale, level] : named_conditions(named, sound_condition_scales())) {
    words.push_back(scale->words(level));
  }
  return words;
}

std::string refusal_of(const std::string& named) {
  try {
    named_conditions({named}, sound_condition_scales());
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(NamedConditions, StandInTheOrderOfTheTableAndFromMildToHard) {
  EXPECT_THAT(
      words_of({"opus=12,noise=0", "noise=20", "telephone", "noise=0"}),
      ElementsAre("noise at 20 dB SNR", "noise at 0 dB SNR", "telephone", "opus at 12 kbit/s"));
}

TEST(NamedConditions, ANameAloneIsAllItsLevels) {
  EXPECT_THAT(words_of({"clipping"}),
              ElementsAre("clipping at 1 % of samples", "clipping at 5 % of samples",
                          "clipping at 20 % of samples", "clipping at 50 % of samples"));
}

TEST(NamedConditions, WhatIsNoneIsRefusedWithWhatThereIs) {
  EXPECT_THAT(refusal_of("rain"), HasSubstr("there are noise, white-noise, babble"));
  EXPECT_THAT(refusal_of("opus=loud"), HasSubstr("from 6 to 256 (kbit/s)"));
  EXPECT_THAT(refusal_of("opus=1"), HasSubstr("from 6 to 256 (kbit/s)"));
  EXPECT_THAT(refusal_of("telephone=3"), HasSubstr("telephone has no levels"));
}

}  // namespace
}  // namespace aver
