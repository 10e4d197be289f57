// All rules in one table, intervals and comparisons, through aver-evaluate-fusion.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "drawn_tables.h"
#include "eval/fusion_rules.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::draw;
using test::DrawnEvaluation;
using test::DrawnTables;
using test::folder_content;
using test::four_folds;
using test::one_fold;
using test::Row;
using test::system_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Two modalities and all rules, each with and without temperatures.
const std::size_t kSystems = 2 * (2 + fusion_rules().size());

TEST(FusionStatistics, OneTableShowsEveryRuleWithAndWithoutTemperatures) {
  const DrawnEvaluation evaluation(draw(four_folds));
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics["rules"]["systems"].size(), kSystems);
  std::vector<std::string> names = {"audio", "visual"};
  for (const FusionRule& rule : fusion_rules()) names.emplace_back(rule.name);
  for (const std::string& name : names) {
    for (const bool temperatures : {false, true}) {
      const json* system = system_of(metrics, name, temperatures);
      ASSERT_NE(system, nullptr) << name;
      EXPECT_EQ(system->at("clips"), 144) << name;
      EXPECT_GT(system->at("accuracy"), .5) << name;
      EXPECT_LE(system->at("accuracy_interval")[0], system->at("accuracy")) << name;
      EXPECT_GE(system->at("accuracy_interval")[1], system->at("accuracy")) << name;
      EXPECT_TRUE(system->contains("mean_of_folds")) << name;
    }
  }
  // Temperatures leave the answers of one modality as they are and make their confidence truer.
  const json &raw = *system_of(metrics, "audio", false),
             &scaled = *system_of(metrics, "audio", true);
  EXPECT_EQ(raw["right"], scaled["right"]);
  EXPECT_LT(scaled["negative_log_likelihood"], raw["negative_log_likelihood"]);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("All rules, 144 scored clips"), HasSubstr("stacked, temperatures"),
                    HasSubstr("for each of the 4 folds were fitted on the others"),
                    HasSubstr("bootstrap, 10000 draws over 12 actors"),
                    HasSubstr("Accuracy against audio alone, 144 clips that have both")));
  EXPECT_EQ(evaluation.table("rules.csv").rows.size(), kSystems);
}

TEST(FusionStatistics, TheMainRuleIsTheSameInEveryTable) {
  const DrawnEvaluation evaluation(draw(four_folds));
  for (const char* rule : {"max-confidence", "product", "weighted", "stacked"}) {
    ASSERT_EQ(evaluation.run({"--rule", rule, "--temperatures"}).exit_status, 0);
    const json metrics = evaluation.metrics();
    const json& fused = metrics["all_clips"]["systems"]["fused"];
    const json& row = *system_of(metrics, rule, true);
    EXPECT_EQ(metrics["rule"], rule);
    EXPECT_EQ(metrics["temperatures"], true);
    for (const char* figure : {"right", "accuracy", "uar", "calibration_error",
                               "negative_log_likelihood", "accuracy_interval", "uar_interval"}) {
      EXPECT_EQ(fused[figure], row[figure]) << rule << ' ' << figure;
    }
  }
}

TEST(FusionStatistics, FoldsThatAModalityLacksAreNotAveraged) {
  DrawnTables tables = draw(four_folds);
  std::erase_if(tables.visual, [](const Row& row) { return row.fold == "2"; });
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  const json& all = metrics["all_clips"];
  double sum = 0;
  for (const json& fold : all["folds"]) {
    if (fold["fold"] == 2) {
      EXPECT_FALSE(fold.contains("visual"));
    } else {
      sum += fold["visual"].get<double>();
    }
  }
  EXPECT_NEAR(all["mean_of_folds"]["visual"]["accuracy"].get<double>(), sum / 3, 2e-6);
  EXPECT_NEAR(system_of(metrics, "visual", false)->at("mean_of_folds").at("accuracy").get<double>(),
              sum / 3, 2e-6);
  EXPECT_THAT(result.out, HasSubstr("–"));
}

TEST(FusionStatistics, OneStrangeNameDoesNotMakeTheIntervalsNarrow) {
  DrawnTables tables = draw(four_folds);
  Row strange = tables.audio.front();
  strange.clip = "my-extra-take";
  tables.audio.push_back(strange);
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("draws over 12 actors and 1 clips whose names tell no actor"));
}

TEST(FusionStatistics, RowsMayBeOffByAThousandthAndClassesMustBeThere) {
  DrawnTables tables = draw(four_folds);
  tables.audio[0].p = {.499, .3, .2};
  tables.audio[1].p = {.501, .3, .2};
  EXPECT_EQ(DrawnEvaluation(tables).run().exit_status, 0);
  tables.audio[0].p = {.498, .3, .2};
  EXPECT_THAT(DrawnEvaluation(tables).run().err, HasSubstr("sum to 0.9980"));

  const DrawnEvaluation evaluation(draw(four_folds));
  std::string text = "clip,fold,label,neutral,happy\n";
  for (const Row& row : draw(four_folds).visual) {
    text +=
        fmt::format("{},{},{},{:.6f},{:.6f}\n", row.clip, row.fold, row.label, row.p[0], row.p[1]);
  }
  write_file(evaluation.folder / "visual.csv", text);
  const auto result = evaluation.run();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("visual.csv has no column for the class sad of"));
}

TEST(FusionStatistics, ComparisonsCountWhatOnlyOneGotRight) {
  const DrawnEvaluation evaluation(draw(four_folds));
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const json metrics = evaluation.metrics();
  // All systems but the two scaled modalities, whose answers are those of the plain ones.
  EXPECT_EQ(metrics["rules"]["pairs"].size(), (kSystems - 2) * (kSystems - 3) / 2);
  const CsvTable table = evaluation.table("comparisons.csv");
  bool found = false;
  for (const auto& row : table.rows) {
    if (row[table.column("one")] != "max-confidence" || row[1] != "no" ||
        row[table.column("other")] != "audio") {
      continue;
    }
    found = true;
    const json& against = metrics["all_clips"]["against"]["audio"];
    EXPECT_EQ(row[table.column("only_one_right")], against["repaired"].dump());
    EXPECT_EQ(row[table.column("only_other_right")], against["broken"].dump());
    const double difference =
        system_of(metrics, "max-confidence", false)->at("accuracy").get<double>() -
        system_of(metrics, "audio", false)->at("accuracy").get<double>();
    EXPECT_NEAR(std::stod(row[table.column("accuracy_difference")]), difference, 2e-6);
    EXPECT_LE(std::stod(row[table.column("accuracy_low")]), difference);
    EXPECT_GE(std::stod(row[table.column("accuracy_high")]), difference);
  }
  EXPECT_TRUE(found);
}

TEST(FusionStatistics, GroupsCoverEveryClipOnce) {
  const DrawnEvaluation evaluation(draw(four_folds));
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const CsvTable table = evaluation.table("groups.csv");
  std::map<std::string, int> clips, rows;
  for (const auto& row : table.rows) {
    if (row[table.column("system")] != "fused") continue;
    clips[row[0]] += std::stoi(row[table.column("clips")]);
    ++rows[row[0]];
  }
  EXPECT_EQ(rows, (std::map<std::string, int>{
                      {"actor", 12}, {"gender", 2}, {"intensity", 2}, {"statement", 2}}));
  for (const auto& [kind, count] : clips) EXPECT_EQ(count, 144) << kind;
}

TEST(FusionStatistics, ReliabilityAndRiskEndAtTheWholeTable) {
  const DrawnEvaluation evaluation(draw(four_folds));
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const json metrics = evaluation.metrics();
  const CsvTable reliability = evaluation.table("reliability.csv");
  int clips = 0;
  for (const auto& row : reliability.rows) {
    if (row[0] == "visual") clips += std::stoi(row[reliability.column("clips")]);
  }
  EXPECT_EQ(clips, 144);
  EXPECT_EQ(reliability.rows.size(), 45u);
  const CsvTable risk = evaluation.table("risk_coverage.csv");
  EXPECT_EQ(risk.rows.size(), 300u);
  const auto& last = risk.rows.back();
  EXPECT_EQ(last[0], "fused");
  EXPECT_EQ(last[1], "1.00");
  EXPECT_NEAR(std::stod(last[3]),
              1 - metrics["all_clips"]["systems"]["fused"]["accuracy"].get<double>(), 2e-6);
}

TEST(FusionStatistics, AreTheSameBytesForAnyNumberOfWorkersAndDifferBySeed) {
  const DrawnEvaluation evaluation(draw(four_folds));
  ASSERT_EQ(evaluation.run({"--workers", "1"}).exit_status, 0);
  const auto first = folder_content(evaluation.output);
  ASSERT_EQ(evaluation.run({"--workers", "4"}).exit_status, 0);
  EXPECT_EQ(folder_content(evaluation.output), first);
  ASSERT_EQ(evaluation.run({"--seed", "43"}).exit_status, 0);
  EXPECT_NE(folder_content(evaluation.output).at("metrics.json"), first.at("metrics.json"));
}

TEST(FusionStatistics, IntervalsCanBeLeftOut) {
  const DrawnEvaluation evaluation(draw(four_folds));
  const auto result = evaluation.run({"--draws", "0"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("95 % intervals")));
  EXPECT_FALSE(evaluation.metrics().contains("bootstrap"));
  EXPECT_FALSE(evaluation.metrics()["rules"]["systems"][0].contains("accuracy_interval"));
  EXPECT_EQ(evaluation.run({"--draws", "-1"}).exit_status, 2);
}

TEST(FusionStatistics, NamesThatAreNotRavdesssAreDrawnOneByOne) {
  DrawnTables tables = draw(four_folds);
  for (auto* table : {&tables.audio, &tables.visual}) {
    for (std::size_t i = 0; i < table->size(); ++i) (*table)[i].clip = fmt::format("film-{}", i);
  }
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("10000 draws over 144 clips"), Not(HasSubstr("Accuracy by group"))));
}

TEST(FusionStatistics, OneActorIsDrawnByClipAndSaidSo) {
  DrawnTables tables = draw([](int actor) {
    return std::pair<std::string, std::string>{"0", actor == 3 ? "test" : "train"};
  });
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("draws over 12 clips of one actor, so nothing about other"));
  const json interval = evaluation.metrics()["held_out"]["systems"]["audio"]["accuracy_interval"];
  EXPECT_LT(interval[0], interval[1]);
}

TEST(FusionStatistics, TheTablesForAPaperCarryTheVerdict) {
  const DrawnEvaluation evaluation(draw(one_fold));
  ASSERT_EQ(evaluation.run({"--caption", "50 % of R&D_1"}).exit_status, 0);
  const std::string latex = read_file(evaluation.output / "table.tex");
  EXPECT_THAT(latex, AllOf(HasSubstr("\\begin{tabular}"), HasSubstr("both, stacked"),
                           HasSubstr("50 \\% of R\\&D\\_1"), HasSubstr("Leak check: none found")));
  const std::string markdown = read_file(evaluation.output / "table.md");
  EXPECT_THAT(markdown, AllOf(HasSubstr("| System | Accuracy |"), HasSubstr("| both, product | "),
                              HasSubstr("Leak check: none found")));
}

TEST(FusionStatistics, AFoldWithoutAClipOfAModalityHasNoFigureOfIt) {
  DrawnTables tables = draw(four_folds);
  std::erase_if(tables.audio, [](const Row& row) { return row.fold == "2" || row.fold == "3"; });
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run({"--draws", "20"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no clip is scored of audio in folds 2 and 3:"));
  EXPECT_THAT(result.err, Not(HasSubstr("visual in fold")));
  const json metrics = evaluation.metrics();
  const json& scope = metrics.at("all_clips");
  double sum = 0;
  for (const json& fold : scope.at("folds")) {
    const bool scored = fold.at("fold") < 2;
    EXPECT_EQ(fold.contains("audio"), scored);
    EXPECT_EQ(fold.contains("audio_uar"), scored);
    EXPECT_TRUE(fold.contains("visual"));
    if (scored) sum += fold.at("audio").get<double>();
  }
  const json& mean = scope.at("mean_of_folds");
  EXPECT_NEAR(mean["audio"]["accuracy"].get<double>(), sum / 2, 2e-6);
  EXPECT_EQ(mean["audio"]["folds"], 2);
  EXPECT_FALSE(mean["visual"].contains("folds"));
  EXPECT_EQ(system_of(metrics, "audio", false)->at("mean_of_folds"), mean["audio"]);
  // Neither has a speaker who is heard nowhere.
  EXPECT_EQ(metrics["groups"]["actor"]["02"]["audio"], (json{{"clips", 0}, {"right", 0}}));
  for (const auto& row : evaluation.table("groups.csv").rows) {
    EXPECT_EQ(row[5].empty(), row[3] == "0") << row[1] << " " << row[2];
  }
  EXPECT_THAT(read_file(evaluation.output / "metrics.json"), Not(HasSubstr("nan")));
}

TEST(FusionStatistics, AModalityThatNoFoldHasIsLeftOutOfAllMeans) {
  // Audio knows one clip that is not held out: it has no scored clip in the held-out scope.
  DrawnTables tables = draw([](int actor) -> std::pair<std::string, std::string> {
    return {std::to_string(actor % 2), actor <= 6 ? "train" : "test"};
  });
  tables.audio.resize(12);
  const DrawnEvaluation evaluation(tables);
  const auto result = evaluation.run({"--draws", "3"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no clip is scored of audio in fold"));
  const std::string metrics = read_file(evaluation.output / "metrics.json");
  EXPECT_THAT(metrics, Not(HasSubstr("null")));
}

}  // namespace
}  // namespace aver
