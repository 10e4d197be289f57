#include "eval/confusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"

namespace aver {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Throws;
using testing::ThrowsMessage;

// Both sides divide the same integers in double precision.
constexpr double kTolerance = 1e-12;

const std::vector<std::string> kAlphabetical = {"angry", "calm",    "disgust", "fearful",
                                                "happy", "neutral", "sad",     "surprised"};
const std::vector<std::string> kCodeOrder = {"neutral", "calm",    "happy",   "sad",
                                             "angry",   "fearful", "disgust", "surprised"};

json golden_cases() {
  return json::parse(read_file(AVER_GOLDEN_DIR "/metrics.json")).at("cases");
}

ConfusionMatrix matrix_of(const json& golden) {
  return {golden.at("classes"), golden.at("matrix").get<std::vector<std::size_t>>()};
}

TEST(Score, EqualsScikitLearn) {
  const json cases = golden_cases();
  ASSERT_GE(cases.size(), 4u);
  for (const json& golden : cases) {
    SCOPED_TRACE(golden.at("name"));
    const Scores scores = score(matrix_of(golden));
    EXPECT_NEAR(scores.accuracy, golden.at("accuracy").get<double>(), kTolerance);
    EXPECT_NEAR(scores.uar, golden.at("uar").get<double>(), kTolerance);
    EXPECT_NEAR(scores.macro_precision, golden.at("macro_precision").get<double>(), kTolerance);
    EXPECT_NEAR(scores.macro_recall, golden.at("macro_recall").get<double>(), kTolerance);
    EXPECT_NEAR(scores.macro_f1, golden.at("macro_f1").get<double>(), kTolerance);
    for (std::size_t i = 0; i < scores.classes.size(); ++i) {
      SCOPED_TRACE(golden.at("classes").at(i));
      EXPECT_NEAR(scores.classes[i].precision, golden.at("precision").at(i).get<double>(),
                  kTolerance);
      EXPECT_NEAR(scores.classes[i].recall, golden.at("recall").at(i).get<double>(), kTolerance);
      EXPECT_NEAR(scores.classes[i].f1, golden.at("f1").at(i).get<double>(), kTolerance);
      EXPECT_EQ(scores.classes[i].support, golden.at("support").at(i).get<std::size_t>());
    }
  }
}

TEST(Score, GivesTheFiguresThePaperStatesForItsAudioMatrix) {
  const ConfusionMatrix matrix = matrix_of(golden_cases().at(0));
  ASSERT_EQ(matrix.classes(), kAlphabetical);
  const Scores scores = score(matrix);
  EXPECT_EQ(scores.total, 2267u);
  EXPECT_EQ(scores.correct, 2195u);
  EXPECT_NEAR(scores.accuracy, .96824, .000005);
  EXPECT_NEAR(scores.macro_precision, .9693, .00005);
  EXPECT_NEAR(scores.macro_recall, .9632, .00005);
  EXPECT_NEAR(scores.macro_f1, .9658, .00005);

  // Its text says "Neutral recall 0.88, F1 0.93; Disgust 0.99; Calm precision 0.94". They come out
  // when rows stand in alphabetical order, not under the labels printed beside them.
  const auto& neutral = scores.classes[matrix.index_of("neutral")];
  EXPECT_NEAR(neutral.recall, .88, .005);
  EXPECT_NEAR(neutral.f1, .93, .005);
  const auto& disgust = scores.classes[matrix.index_of("disgust")];
  EXPECT_NEAR(disgust.precision, .99, .005);
  EXPECT_NEAR(disgust.f1, .99, .005);
  EXPECT_NEAR(scores.classes[matrix.index_of("calm")].precision, .94, .005);
}

TEST(ConfusionMatrix, ReordersByNameAndKeepsEveryFigure) {
  const ConfusionMatrix alphabetical = matrix_of(golden_cases().at(0));
  const ConfusionMatrix code_order = alphabetical.in_order(kCodeOrder);
  EXPECT_EQ(code_order.at(code_order.index_of("neutral"), code_order.index_of("calm")), 11u);
  EXPECT_EQ(code_order.support(0), 156u);  // the half-sized class is neutral
  EXPECT_EQ(score(code_order).accuracy, score(alphabetical).accuracy);
  EXPECT_NEAR(score(code_order).macro_f1, score(alphabetical).macro_f1, kTolerance);
  EXPECT_EQ(code_order.in_order(kAlphabetical), alphabetical);
}

TEST(ConfusionMatrix, RefusesOtherNamesCountsAndOrders) {
  ConfusionMatrix matrix({"yes", "no"});
  EXPECT_THAT([&] { (void)matrix.index_of("maybe"); },
              ThrowsMessage<Error>(HasSubstr("no class \"maybe\" among yes, no")));
  EXPECT_THAT([&] { (void)matrix.in_order({"yes", "maybe"}); }, Throws<Error>());
  EXPECT_THAT([&] { (void)matrix.in_order({"yes"}); }, Throws<Error>());
  EXPECT_THAT([] { ConfusionMatrix({"yes", "yes"}); }, Throws<Error>());
  EXPECT_THAT([] { ConfusionMatrix(std::vector<std::string>{}); }, Throws<Error>());
  EXPECT_THAT(
      [] {
        ConfusionMatrix({"yes", "no"}, {1, 2, 3});
      },
      ThrowsMessage<Error>(HasSubstr("4 cells, not 3")));
}

TEST(Score, IsZeroWithoutItems) {
  const Scores scores = score(ConfusionMatrix({"yes", "no"}));
  EXPECT_EQ(scores.total, 0u);
  EXPECT_EQ(scores.accuracy, 0);
  EXPECT_EQ(scores.uar, 0);
  EXPECT_EQ(scores.macro_f1, 0);
}

TEST(Argmax, TakesTheFirstOfEqualValues) {
  const std::vector<double> values = {.1, .4, .4, .1};
  EXPECT_EQ(argmax(values), 1u);
}

}  // namespace
}  // namespace aver
