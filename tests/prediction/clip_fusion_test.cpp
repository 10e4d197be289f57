// How the answers of both models to one clip become one, and how "not sure" is said.
#include "prediction/clip_fusion.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "base/csv.h"
#include "base/error.h"
#include "base/random.h"
#include "eval/temperature.h"
#include "fusion_files.h"
#include "prediction/estimate_output.h"
#include "support.h"

namespace aver {
namespace {

using test::calibrated;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;
using Values = std::vector<double>;
using Classes = std::vector<std::string>;

const Classes kClasses = {"happy", "sad", "angry"};
const Values kAudio = {.6, .3, .1}, kVisual = {.5, .2, .3};

class ClipFusionTest : public testing::Test {
 protected:
  ClipFusion of(const FittedFusion& fusion, const Classes& classes = kClasses) const {
    RecogniserConfig config;
    config.fusion = test::written(folder / "fusion.json", fusion);
    return {config, classes};
  }
  static ClipFusion by_rule(const char* rule) {
    RecogniserConfig config;
    config.rule = rule;
    return {config, kClasses};
  }
  test::TemporaryFolder folder;
};

TEST_F(ClipFusionTest, WithoutAFileIsTheRule) {
  const ClipFusion product = by_rule("product");  // .3 .06 .03, sum .39
  const Values fused = product.fuse(kAudio, kVisual).probabilities;
  EXPECT_NEAR(fused[0], .3 / .39, 1e-12);
  EXPECT_FALSE(product.makes_sets());
  EXPECT_THAT(product.set_of(fused), IsEmpty());
  EXPECT_EQ(by_rule("max-confidence").fuse(kAudio, kVisual).decided_by, 0u);
}

TEST_F(ClipFusionTest, TakesTemperaturesAndThresholdFromTheFile) {
  const ClipFusion fusion = of(calibrated(kClasses, .3));
  const Values fused = fusion.fuse(kAudio, kVisual).probabilities;
  // By hand: roots of .3, .06, .03 and their shares.
  const double sum = std::sqrt(.3) + std::sqrt(.06) + std::sqrt(.03);
  EXPECT_NEAR(fused[0], std::sqrt(.3) / sum, 1e-9);
  EXPECT_NEAR(fused[1], std::sqrt(.06) / sum, 1e-9);
  EXPECT_THAT(fusion.set_of(fused), ElementsAre(0));
  EXPECT_THAT(of(calibrated(kClasses, .2)).set_of(fused), ElementsAre(0, 1));
  EXPECT_THAT(of(calibrated(kClasses, 0)).set_of(fused), ElementsAre(0, 1, 2));
  // What is alone has its own temperature.
  EXPECT_EQ(fusion.fuse(kAudio, {}).probabilities, with_temperature(kAudio, 2));
  EXPECT_EQ(fusion.fuse({}, kVisual).probabilities, with_temperature(kVisual, 4));
}

TEST_F(ClipFusionTest, ClassesMayStandInAnotherOrder) {
  FittedFusion stacked = calibrated({"angry", "happy", "sad"}, .1);
  stacked.rule = "stacked";  // a row for each class: audio's three, visual's three, the intercept
  Random random(1);
  stacked.parameters.clear();
  for (int i = 0; i < 21; ++i) stacked.parameters.push_back(random.normal());
  const Values fused = of(stacked).fuse(kAudio, kVisual).probabilities;
  const ClipFusion own = of(stacked, {"angry", "happy", "sad"});
  const Values expected = own.fuse(Values{.1, .6, .3}, Values{.3, .5, .2}).probabilities;
  EXPECT_EQ(fused, (Values{expected[1], expected[2], expected[0]}));
}

TEST_F(ClipFusionTest, RefusesOtherClassesAndModalities) {
  EXPECT_THAT(
      [&] {
        of(calibrated({"happy", "sad", "calm"}, .1));
      },
      ThrowsMessage<Error>(AllOf(HasSubstr((folder / "fusion.json").string()),
                                 HasSubstr("is of the classes happy, sad, calm, and the "
                                           "models know happy, sad, angry"))));
  EXPECT_THAT(
      [&] {
        of(calibrated({"happy", "sad"}, .1));
      },
      ThrowsMessage<Error>(HasSubstr("is of the classes happy, sad,")));
  FittedFusion face = calibrated(kClasses, .1);
  face.modalities = {"face", "sound"};
  EXPECT_THAT(
      [&] { of(face); },
      ThrowsMessage<Error>(HasSubstr("fuses face, sound, and clips have audio and visual")));
  FittedFusion turned = calibrated(kClasses, .1);
  turned.modalities = {"visual", "audio"};
  EXPECT_THROW(of(turned), Error);
  EXPECT_THAT(
      [&] {
        RecogniserConfig config;
        config.fusion = folder / "none.json";
        ClipFusion(config, kClasses);
      },
      ThrowsMessage<Error>(HasSubstr("none.json")));
}

TEST_F(ClipFusionTest, ARuleBesideTheFileIsRefused) {
  RecogniserConfig config;
  config.audio = "model";
  config.fusion = "fusion.json";
  EXPECT_NO_THROW(config.validate());
  config.rule = "mean";
  EXPECT_THAT(
      [&] { config.validate(); },
      ThrowsMessage<UsageError>(HasSubstr("--fusion brings a rule: leave --rule mean out")));
}

/// A clip with two windows, of which the second has no content.
ClipEstimate clip_of(const ClipFusion& fusion) {
  ClipEstimate clip;
  clip.name = "me.mp4";
  clip.whole = fused_estimate(fusion, kVisual, kAudio, kClasses);
  clip.windows = {clip.whole, {}};
  return clip;
}

TEST_F(ClipFusionTest, NotSureIsSaidInEveryFormat) {
  const ClipEstimate clip = clip_of(of(calibrated(kClasses, .2)));
  const AnswerShape shape{kClasses, true};
  EXPECT_THAT(estimate_text(clip, shape),
              AllOf(HasSubstr("not sure: happy or sad (likeliest 56.7 %, decided by both)"),
                    HasSubstr("nothing to look at")));
  const auto json = estimate_json(clip, kClasses);
  EXPECT_EQ(json["set"], (nlohmann::json{"happy", "sad"}));
  EXPECT_EQ(json["emotion"], "happy");
  EXPECT_EQ(json["windows"][0]["set"], (nlohmann::json{"happy", "sad"}));
  EXPECT_TRUE(json["windows"][1]["set"].is_null());
  const CsvTable table = parse_csv(estimate_csv_header(shape) + estimate_csv(clip, shape) +
                                       failure_csv("no.mp4", "it is broken", shape),
                                   "answers");
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.header.back(), "set");
  EXPECT_EQ(table.rows[0].back(), "happy|sad");
  EXPECT_EQ(table.rows[1].back(), "");
  EXPECT_EQ(table.rows[2][table.column("error")], "it is broken");
  EXPECT_EQ(table.rows[2].back(), "");
}

TEST_F(ClipFusionTest, OneClassIsSureAndAllAreAnyOfThem) {
  const AnswerShape shape{kClasses, true};
  const ClipEstimate sure = clip_of(of(calibrated(kClasses, .5)));
  EXPECT_THAT(estimate_text(sure, shape),
              AllOf(HasSubstr("happy, 56.7 % (decided by both)"), Not(HasSubstr("not sure"))));
  EXPECT_EQ(estimate_json(sure, kClasses)["set"], nlohmann::json{"happy"});
  EXPECT_THAT(estimate_text(clip_of(of(calibrated(kClasses, 0))), shape),
              HasSubstr("not sure: any of them"));
}

TEST_F(ClipFusionTest, WithoutAThresholdNothingSaysSets) {
  for (const ClipFusion& fusion : {by_rule("product"), of(calibrated(kClasses, -1))}) {
    const ClipEstimate clip = clip_of(fusion);
    const AnswerShape shape{kClasses, fusion.makes_sets()};
    EXPECT_THAT(estimate_json(clip, kClasses).dump(), Not(HasSubstr("\"set\"")));
    EXPECT_THAT(estimate_csv_header(shape) + estimate_csv(clip, shape), Not(HasSubstr("set")));
    EXPECT_THAT(estimate_text(clip, shape), Not(HasSubstr("not sure")));
  }
}

TEST_F(ClipFusionTest, AFormsPictureAndSoundAreFusedByTheFile) {
  const ClipFusion fusion = of(calibrated(kClasses, .2));
  ClipEstimate picture, sound;
  picture.whole = fused_estimate(fusion, kVisual, {}, kClasses);
  sound.whole = fused_estimate(fusion, {}, kAudio, kClasses);
  const auto together = fused_json(estimate_json(picture, kClasses), estimate_json(sound, kClasses),
                                   fusion, kClasses);
  EXPECT_EQ(together["set"], (nlohmann::json{"happy", "sad"}));
  EXPECT_EQ(together["decided_by"], "both");
  // One modality alone: its bars, and what the temperature makes of them.
  EXPECT_THAT(estimate_text(sound, {kClasses, true}), HasSubstr("calibrated"));
}

}  // namespace
}  // namespace aver
