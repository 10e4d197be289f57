// The product that is fitted, prediction sets and fusion.json through aver-evaluate-fusion.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "drawn_tables.h"
#include "eval/fitted_fusion.h"
#include "eval/temperature.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using namespace test;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

double figure(const json& metrics, const char* system, const char* name) {
  return metrics.at("all_clips").at("systems").at(system).at(name).get<double>();
}

/// Every distribution cubed: what models say that are surer than they are right.
DrawnTables too_sure(DrawnTables tables) {
  for (auto* table : {&tables.audio, &tables.visual}) {
    for (Row& row : *table) {
      double sum = 0;
      for (double& p : row.p) sum += p = p * p * p;
      for (double& p : row.p) p /= sum;
    }
  }
  return tables;
}

std::pair<std::string, std::string> nowhere(int) {
  return {};
}

TEST(FusionCalibrated, TheProductIsFittedWhereItCanBe) {
  const DrawnEvaluation evaluation(too_sure(draw(four_folds)));
  auto result = evaluation.run({"--rule", "product"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("fused by calibrated product"));
  const json fitted = evaluation.metrics();
  EXPECT_EQ(fitted.at("rule"), "calibrated-product");
  ASSERT_EQ(evaluation.run({"--rule", "product", "--no-fit"}).exit_status, 0);
  const json plain = evaluation.metrics();
  EXPECT_EQ(plain.at("rule"), "product");
  EXPECT_GE(figure(fitted, "fused", "accuracy"), figure(plain, "fused", "accuracy") - .021);
  EXPECT_LT(figure(fitted, "fused", "negative_log_likelihood"),
            .8 * figure(plain, "fused", "negative_log_likelihood"));
  EXPECT_LT(figure(fitted, "fused", "calibration_error"),
            figure(plain, "fused", "calibration_error"));
  // The table of rules has both, whichever was chosen.
  EXPECT_EQ(system_of(plain, "calibrated-product", false)->at("accuracy"),
            figure(fitted, "fused", "accuracy"));
  EXPECT_EQ(system_of(fitted, "product", false)->at("accuracy"),
            figure(plain, "fused", "accuracy"));
}

TEST(FusionCalibrated, WithNothingToFitOnTheProductIsPlain) {
  const DrawnEvaluation evaluation(draw(nowhere));
  auto result = evaluation.run({"--rule", "product"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(evaluation.metrics().at("rule"), "product");
  EXPECT_THAT(result.out, AllOf(HasSubstr("fused by product"), HasSubstr("No fitted rules")));
  const FittedFusion fusion = read_fitted_fusion(evaluation.output / "fusion.json");
  EXPECT_EQ(fusion.rule, "product");
  EXPECT_EQ(fusion.fitted_on, "");
  for (const char* rule : {"calibrated-product", "log-linear", "stacked"}) {
    result = evaluation.run({"--rule", rule});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr(fmt::format("the rule '{}' has to be fitted", rule)));
  }
}

TEST(FusionCalibrated, WhatIsLeftAloneHasTheTemperatureOfItsFold) {
  DrawnTables tables = too_sure(draw(four_folds));
  std::map<std::string, Row> lonely;  // five clips without audio
  for (std::size_t i = 0; i < 5; ++i) lonely[tables.visual[i].clip] = tables.visual[i];
  tables.audio.erase(tables.audio.begin(), tables.audio.begin() + 5);
  const DrawnEvaluation evaluation(tables);
  ASSERT_EQ(evaluation.run({"--rule", "product"}).exit_status, 0);
  const json fits = evaluation.metrics().at("fitted").at("fits");
  std::size_t seen = 0;
  const CsvTable fused = evaluation.table("predictions.csv");
  for (const auto& row : fused.rows) {
    const auto found = lonely.find(row[fused.column("clip")]);
    if (found == lonely.end()) continue;
    ++seen;
    const double temperature =
        fits.at(static_cast<std::size_t>(std::stoi(found->second.fold))).at("visual_temperature");
    auto written = found->second.p;
    for (double& p : written) p = std::round(p * 1e6) / 1e6;
    const auto expected = with_temperature(written, temperature);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(std::stod(row[fused.column(kClasses[c])]), expected[c], 1e-4) << found->first;
    }
  }
  EXPECT_EQ(seen, 5u);
}

TEST(FusionCalibrated, FusionJsonIsTheRuleForNewPeople) {
  const DrawnEvaluation evaluation(too_sure(draw(four_folds)));
  ASSERT_EQ(evaluation.run({"--rule", "product", "--workers", "1"}).exit_status, 0);
  const std::string text = read_file(evaluation.output / "fusion.json");
  const FittedFusion fusion = read_fitted_fusion(evaluation.output / "fusion.json");
  EXPECT_EQ(fusion.rule, "calibrated-product");
  EXPECT_THAT(fusion.modalities, ::testing::ElementsAre("audio", "visual"));
  EXPECT_THAT(fusion.classes, ::testing::ElementsAre("neutral", "happy", "sad"));
  EXPECT_EQ(fusion.fitted_on, "the 144 clips of 4 folds");
  EXPECT_FALSE(fusion.conformal);
  EXPECT_THAT(fusion.of_modalities, Each(::testing::Gt(1.0)));
  ASSERT_EQ(evaluation.run({"--rule", "product", "--workers", "3"}).exit_status, 0);
  EXPECT_EQ(read_file(evaluation.output / "fusion.json"), text);
  const DrawnEvaluation validated(too_sure(draw(one_fold)));
  ASSERT_EQ(validated.run({"--rule", "product", "--conformal", "0.2"}).exit_status, 0);
  const FittedFusion other = read_fitted_fusion(validated.output / "fusion.json");
  EXPECT_EQ(other.fitted_on, "the validation clips");
  ASSERT_TRUE(other.conformal);
  EXPECT_EQ(other.conformal->alpha, .2);
}

TEST(FusionCalibrated, TheReportNamesEachFittedNumberAboveItsColumn) {
  const DrawnEvaluation evaluation(too_sure(draw(four_folds)));
  ASSERT_EQ(evaluation.run({"--rule", "product"}).exit_status, 0);
  const std::string page = read_file(evaluation.output / "report.html");
  const auto begin = page.find("What was fitted");
  ASSERT_NE(begin, std::string::npos);
  const std::string table = page.substr(begin, page.find("</table>", begin) - begin);
  std::vector<std::string> heads, cells;
  const auto cut = [](const std::string& text, const std::string& tag) {
    std::vector<std::string> found;
    const std::string close = "</" + tag + ">";
    for (std::size_t at = 0; (at = text.find("<" + tag, at)) != std::string::npos;) {
      const std::size_t inside = text.find('>', at) + 1;
      found.push_back(text.substr(inside, text.find(close, inside) - inside));
      at = inside;
    }
    return found;
  };
  for (const std::string& head : cut(table.substr(table.find("<tr"), table.find("</tr>")), "th")) {
    heads.push_back(head);
  }
  cells = cut(table.substr(table.find("all folds but 0")), "td");
  const json fit = evaluation.metrics().at("fitted").at("fits").at(0);
  const auto shown = [&](const std::string& head) {
    const auto place = std::find(heads.begin(), heads.end(), head);
    return place == heads.end() ? ""
                                : cells.at(static_cast<std::size_t>(place - heads.begin()) - 1);
  };
  const auto three = [&](const char* key) {
    return fmt::format("{:.3f}", fit.at(key).get<double>());
  };
  EXPECT_EQ(shown("temperature of audio"), three("audio_temperature"));
  EXPECT_EQ(shown("product: temperature of audio"), three("audio_product_temperature"));
  EXPECT_EQ(shown("after it"), three("product_temperature"));
  EXPECT_EQ(shown("exponent of audio"), three("audio_exponent"));
  EXPECT_EQ(shown("exponent of visual"), three("visual_exponent"));
}

TEST(FusionConformal, SetsAreInEveryOutputAndHoldTheTruth) {
  const DrawnEvaluation evaluation(too_sure(draw(four_folds)));
  const auto result = evaluation.run({"--rule", "product", "--conformal", "0.2"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("Prediction sets of both by calibrated product, 144 clips"),
            HasSubstr("sets that hold the true class"), HasSubstr("not sure: more than one class"),
            HasSubstr("The threshold for each of 12 actors is from all others"),
            Not(HasSubstr("needs"))));
  const json sets = evaluation.metrics().at("conformal");
  EXPECT_EQ(sets.at("alpha"), .2);
  EXPECT_EQ(sets.at("clips"), 144);
  EXPECT_NEAR(sets.at("coverage").get<double>(), .8, .03);
  EXPECT_EQ(sets.at("coverage_interval").size(), 2u);
  const CsvTable table = evaluation.table("conformal.csv");
  ASSERT_EQ(table.rows.size(), 144u);
  std::map<std::string, std::set<std::string>> thresholds;  // of each actor
  double size = 0, held = 0, sure = 0;
  for (const auto& row : table.rows) {
    const auto cell = [&](const char* name) { return row[table.column(name)]; };
    const auto classes = split_text(cell("set"), '|');
    ASSERT_GE(classes.size(), 1u);
    EXPECT_EQ(classes.front(), cell("answer"));
    EXPECT_EQ(std::to_string(classes.size()), cell("size"));
    const bool holds = std::ranges::count(classes, cell("label")) > 0;
    EXPECT_EQ(cell("holds_label"), holds ? "yes" : "no");
    EXPECT_EQ(cell("sure"), classes.size() == 1 ? "yes" : "no");
    size += static_cast<double>(classes.size());
    held += holds ? 1 : 0;
    sure += classes.size() == 1 ? 1 : 0;
    const std::string clip = cell("clip");
    thresholds[clip.substr(clip.size() - 2)].insert(cell("threshold"));
  }
  EXPECT_EQ(thresholds.size(), 12u);
  for (const auto& [actor, own] : thresholds) EXPECT_EQ(own.size(), 1u) << actor;
  EXPECT_NEAR(sets.at("mean_set_size").get<double>(), size / 144, 1e-5);
  EXPECT_NEAR(sets.at("coverage").get<double>(), held / 144, 1e-5);
  EXPECT_EQ(sets.at("sure"), sure);
  EXPECT_THAT(read_file(evaluation.output / "report.html"),
              AllOf(HasSubstr("Prediction sets</h3>"), HasSubstr("classes in a set")));
  const FittedFusion fusion = read_fitted_fusion(evaluation.output / "fusion.json");
  ASSERT_TRUE(fusion.conformal);
  EXPECT_NEAR(fusion.conformal->threshold, sets.at("threshold").get<double>(), 1e-6);

  const auto as_json = evaluation.run({"--rule", "product", "--conformal", "0.2", "--json"});
  EXPECT_EQ(json::parse(as_json.out).at("conformal"), sets);
  ASSERT_EQ(evaluation.run({"--rule", "product"}).exit_status, 0);  // no sets are asked for
  EXPECT_FALSE(fs::exists(evaluation.output / "conformal.csv"));
  EXPECT_FALSE(evaluation.metrics().contains("conformal"));
}

TEST(FusionConformal, AnErrorRateIsBetweenNoneAndAll) {
  const DrawnEvaluation evaluation(draw(four_folds));
  for (const char* alpha : {"-0.1", "1", "7", "nan", "inf"}) {
    const auto result = evaluation.run({"--conformal", alpha});
    EXPECT_EQ(result.exit_status, 2) << alpha;
    EXPECT_THAT(result.err, HasSubstr("--conformal must be at least 0 and below 1")) << alpha;
  }
  EXPECT_EQ(evaluation.run({"--conformal", "often"}).exit_status, 2);
}

/// Only the clips of these actors.
DrawnTables of_actors(DrawnTables tables, int last) {
  for (auto* table : {&tables.audio, &tables.visual}) {
    std::erase_if(*table, [&](const Row& row) {
      return std::stoi(row.clip.substr(row.clip.size() - 2)) > last;
    });
  }
  return tables;
}

TEST(FusionConformal, WhatFewPeopleCannotPromiseIsSaid) {
  const DrawnEvaluation one(of_actors(draw(nowhere), 1)), two(of_actors(draw(nowhere), 2));
  auto result = one.run({"--rule", "mean", "--conformal", "0.2"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("for each of 12 clips of one actor is from all others"),
                                HasSubstr("All clips are of one actor"),
                                HasSubstr("promise nothing of other actors")));
  result = two.run({"--rule", "mean", "--conformal", "0.2"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("for each of 2 actors is from all others"),
                                Not(HasSubstr("promise nothing")), Not(HasSubstr("needs"))));
  // Twelve clips of the other actor are too few for one error in twenty.
  result = two.run({"--rule", "mean", "--conformal", "0.05"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("A threshold needs 19 clips of others at this alpha: where "
                                    "there are fewer, no class is ruled out."));
  EXPECT_EQ(two.metrics().at("conformal").at("mean_set_size"), 3.0);
}

TEST(FusionConformal, ClipsThatModelsTrainedOnGiveNoThreshold) {
  const DrawnEvaluation evaluation(draw([](int actor) {
    return std::pair<std::string, std::string>("0", actor <= 6 ? "train" : "validation");
  }));
  const auto result = evaluation.run({"--conformal", "0.1"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("test clips of every model"), HasSubstr("144 clips")));
  EXPECT_FALSE(fs::exists(evaluation.output));
}

/// Each actor's probabilities, balanced until every class has its count: Sinkhorn's rule.
void balance(std::vector<Row>& rows) {
  std::map<std::string, std::vector<Row*>> actors;
  for (Row& row : rows) actors[row.clip.substr(row.clip.size() - 2)].push_back(&row);
  for (const auto& [actor, own] : actors) {
    for (int round = 0; round < 500; ++round) {
      for (std::size_t c = 0; c < 3; ++c) {
        double sum = 0;
        for (const Row* row : own) sum += row->p[c];
        for (Row* row : own) row->p[c] *= 4 / sum;
      }
      for (Row* row : own) {
        const double sum = row->p[0] + row->p[1] + row->p[2];
        for (double& p : row->p) p /= sum;
      }
    }
  }
}

TEST(FusionAudit, ClassCountsThatWereKnownAreALeak) {
  const char* const words = "he class counts of each person seem to have been known";
  DrawnTables tables = draw(four_folds);
  const DrawnEvaluation honest(tables);
  auto result = honest.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out + result.err, Not(HasSubstr(words)));
  EXPECT_FALSE(honest.metrics().at("all_clips").contains("class_counts_known"));

  balance(tables.audio);
  const DrawnEvaluation balanced(tables);
  result = balanced.run({"--rule", "mean"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(fmt::format("Leak check: LEAK. T{}", words)));
  EXPECT_THAT(result.err, HasSubstr(fmt::format("audio: t{}", words)));
  const json known = balanced.metrics().at("all_clips").at("class_counts_known");
  EXPECT_TRUE(known.contains("audio"));
  EXPECT_FALSE(known.contains("visual"));
  EXPECT_THAT(read_file(balanced.output / "report.html"),
              AllOf(HasSubstr("Leakage: LEAK</h2>"), HasSubstr(words)));

  const auto alone =
      run_command({"aver-evaluate", "-q", "a=" + (balanced.folder / "audio.csv").string(), "-o",
                   (balanced.output / "alone").string()});
  ASSERT_EQ(alone.exit_status, 0) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr(fmt::format("Leak check: LEAK. T{}", words)));
}

TEST(FusionCalibrated, IsSurerOfNothingThanItIsRightOnThePublishedPair) {
  AVER_REQUIRE_TEST_DATA(data);
  const TemporaryFolder folder;
  const auto result = run_command(
      {"aver-evaluate-fusion", "--audio-posteriors",
       (data / "posteriors/audio-wav2vec2.csv").string(), "--visual-posteriors",
       (data / "posteriors/visual-au-bilstm.csv").string(), "--output", folder.path().string(),
       "--rule", "product", "--conformal", "0.1", "--no-figures"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = json::parse(read_file(folder / "metrics.json"));
  EXPECT_EQ(metrics.at("rule"), "calibrated-product");
  EXPECT_GE(figure(metrics, "fused", "accuracy"), .8687);
  EXPECT_LE(figure(metrics, "fused", "calibration_error"), .03);
  EXPECT_LE(figure(metrics, "fused", "negative_log_likelihood"), .46);
  EXPECT_NEAR(metrics.at("conformal").at("coverage").get<double>(), .9, .01);
  EXPECT_FALSE(metrics.at("all_clips").contains("class_counts_known"));
}

}  // namespace
}  // namespace aver
