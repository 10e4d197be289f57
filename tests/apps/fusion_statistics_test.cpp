// Fitted fusion rules, intervals and comparisons, through aver-evaluate-fusion.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "base/random.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::folder_content;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array<const char*, 3> kClasses = {"neutral", "happy", "sad"};
constexpr std::array<int, 3> kCodes = {1, 3, 4};

/// What stands in one row of a drawn table.
struct Row {
  std::string clip, fold, role, label;
  std::array<double, 3> p{};
};

/// Both tables: 12 actors with 12 clips each. Sound is right more often than picture.
struct Tables {
  std::vector<Row> audio, visual;
};

std::array<double, 3> drawn(Random& random, std::size_t truth, double pull) {
  std::array<double, 3> p{};
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    p[c] = std::exp(1.5 * random.normal() + (c == truth ? pull : 0));
    sum += p[c];
  }
  for (double& value : p) value /= sum;
  return p;
}

/// `place(actor)` gives fold and role of an actor's clips.
Tables draw(const std::function<std::pair<std::string, std::string>(int)>& place) {
  Random random(7);
  Tables tables;
  for (int actor = 1; actor <= 12; ++actor) {
    for (std::size_t i = 0; i < 12; ++i) {
      const std::size_t truth = i % 3;
      const int intensity = truth == 0 || i < 6 ? 1 : 2;
      Row row;
      row.clip = fmt::format("01-{:02}-{:02}-{:02}-{:02}-{:02}", kCodes[truth], intensity,
                             1 + i / 3 % 2, 1 + i / 6, actor);
      std::tie(row.fold, row.role) = place(actor);
      row.label = kClasses[truth];
      if (truth == 0 && i >= 6)
        row.clip = fmt::format("01-01-01-{:02}-02-{:02}", 1 + i / 3 % 2, actor);
      row.p = drawn(random, truth, 2.0);
      tables.audio.push_back(row);
      row.p = drawn(random, truth, 1.0);
      tables.visual.push_back(row);
    }
  }
  return tables;
}

std::pair<std::string, std::string> four_folds(int actor) {
  return {std::to_string(actor % 4), ""};
}

/// One fold: actors 1–6 train, 7–9 validate, 10–12 test.
std::pair<std::string, std::string> one_fold(int actor) {
  return {"0", actor <= 6 ? "train" : actor <= 9 ? "validation" : "test"};
}

std::string text_of(const std::vector<Row>& rows) {
  std::string text = "clip,fold,role,label,neutral,happy,sad\n";
  for (const Row& row : rows) {
    text += fmt::format("{},{},{},{},{:.6f},{:.6f},{:.6f}\n", row.clip, row.fold, row.role,
                        row.label, row.p[0], row.p[1], row.p[2]);
  }
  return text;
}

struct Evaluation {
  explicit Evaluation(const Tables& tables) {
    write_file(folder / "audio.csv", text_of(tables.audio));
    write_file(folder / "visual.csv", text_of(tables.visual));
  }
  CommandResult run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"aver-evaluate-fusion",
                                          "--audio-posteriors",
                                          (folder / "audio.csv").string(),
                                          "--visual-posteriors",
                                          (folder / "visual.csv").string(),
                                          "--output",
                                          output.string(),
                                          "--no-figures"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_command(arguments);
  }
  json metrics() const { return json::parse(read_file(output / "metrics.json")); }
  CsvTable table(const char* name) const { return read_csv(output / name); }

  TemporaryFolder folder;
  fs::path output = folder / "fusion";
};

const json* system_of(const json& metrics, const std::string& name, bool temperatures) {
  for (const json& system : metrics.at("rules").at("systems")) {
    if (system.at("system") == name && system.at("temperatures") == temperatures) return &system;
  }
  return nullptr;
}

TEST(FusionStatistics, OneTableShowsEveryRuleWithAndWithoutTemperatures) {
  const Evaluation evaluation(draw(four_folds));
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics["rules"]["systems"].size(), 14u);
  for (const char* name :
       {"audio", "visual", "max-confidence", "mean", "product", "weighted", "stacked"}) {
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
                    HasSubstr("Accuracy against sound alone, 144 clips that have both")));
  EXPECT_EQ(evaluation.table("rules.csv").rows.size(), 14u);
}

TEST(FusionStatistics, TheMainRuleIsTheSameInEveryTable) {
  const Evaluation evaluation(draw(four_folds));
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

TEST(FusionStatistics, WhatIsFittedForAFoldHasNotSeenIt) {
  Tables tables = draw(four_folds);
  const Evaluation before(tables);
  ASSERT_EQ(before.run({"--rule", "stacked"}).exit_status, 0);
  for (auto* table : {&tables.audio, &tables.visual}) {
    for (Row& row : *table) {
      if (row.fold == "2") std::swap(row.p[0], row.p[2]);
    }
  }
  const Evaluation after(tables);
  ASSERT_EQ(after.run({"--rule", "stacked"}).exit_status, 0);
  const json one = before.metrics()["fitted"]["fits"], other = after.metrics()["fitted"]["fits"];
  ASSERT_EQ(one.size(), 4u);
  for (std::size_t fold = 0; fold < 4; ++fold) {
    EXPECT_EQ(one[fold]["fitted_on"], fmt::format("all folds but {}", fold));
    EXPECT_EQ(one[fold] == other[fold], fold == 2) << fold;
  }
}

TEST(FusionStatistics, OneFoldIsFittedOnItsValidationClipsWhichAreThenNotScored) {
  const Evaluation evaluation(draw(one_fold));
  const auto result = evaluation.run({"--rule", "weighted"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics["fitted"]["fits"].size(), 1u);
  EXPECT_EQ(metrics["held_out"]["clips"], 36);
  EXPECT_EQ(metrics["rules"]["clips"], 36);
  EXPECT_EQ(metrics["all_clips"]["clips"], 144 - 36);
  EXPECT_THAT(result.out, AllOf(HasSubstr("fitted on the 36 validation clips"),
                                HasSubstr("the 36 that fusion was fitted on are left out")));
  EXPECT_THAT(read_file(evaluation.output / "predictions.csv"), Not(HasSubstr("validation")));
  ASSERT_EQ(evaluation.run({"--rule", "mean"}).exit_status, 0);  // is not fitted on anything
  EXPECT_EQ(evaluation.metrics()["all_clips"]["clips"], 144);
}

TEST(FusionStatistics, NothingToFitOnIsSaidAndOnlyFittedRulesAreRefused) {
  const Evaluation evaluation(draw([](int) { return std::pair<std::string, std::string>(); }));
  auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("No fitted rules: there are neither several folds nor clips"));
  EXPECT_EQ(evaluation.metrics()["rules"]["systems"].size(), 5u);
  const auto before = folder_content(evaluation.output);
  for (const std::vector<std::string>& choice : {std::vector<std::string>{"--rule", "weighted"},
                                                 {"--rule", "stacked"},
                                                 {"--temperatures"}}) {
    result = evaluation.run(choice);
    EXPECT_EQ(result.exit_status, 1) << choice[0];
    EXPECT_THAT(result.err, AllOf(HasSubstr("has to be fitted"), HasSubstr("several folds")));
  }
  EXPECT_EQ(folder_content(evaluation.output), before);
}

TEST(FusionStatistics, AMissingModalityFallsBackIsCountedAndNotFittedOn) {
  Tables tables = draw(four_folds);
  tables.audio.erase(tables.audio.begin(), tables.audio.begin() + 5);
  const Evaluation evaluation(tables);
  const auto result = evaluation.run({"--rule", "stacked"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  EXPECT_EQ(metrics["all_clips"]["fell_back"]["clips"], 5);
  EXPECT_EQ(metrics["all_clips"]["without_audio"], 5);
  EXPECT_EQ(metrics["rules"]["clips_compared"], 139);
  EXPECT_EQ(system_of(metrics, "audio", false)->at("clips"), 139);
  EXPECT_EQ(system_of(metrics, "stacked", false)->at("clips"), 144);
}

TEST(FusionStatistics, FoldsThatAModalityLacksAreNotAveraged) {
  Tables tables = draw(four_folds);
  std::erase_if(tables.visual, [](const Row& row) { return row.fold == "2"; });
  const Evaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json metrics = evaluation.metrics();
  const json& all = metrics["all_clips"];
  double sum = 0;
  for (const json& fold : all["folds"]) {
    if (fold["fold"] == 2) {
      EXPECT_TRUE(fold["visual"].is_null());
    } else {
      sum += fold["visual"].get<double>();
    }
  }
  EXPECT_NEAR(all["mean_of_folds"]["visual"]["accuracy"].get<double>(), sum / 3, 2e-6);
  EXPECT_NEAR(system_of(metrics, "visual", false)->at("mean_of_folds").at("accuracy").get<double>(),
              sum / 3, 2e-6);
  EXPECT_THAT(result.out, HasSubstr("–"));
}

TEST(FusionStatistics, FoldsComeFromEitherTableAndMustNotDiffer) {
  Tables tables = draw(four_folds);
  for (Row& row : tables.visual) row.fold.clear();
  const Evaluation one(tables);
  ASSERT_EQ(one.run({"--rule", "stacked"}).exit_status, 0);
  EXPECT_EQ(one.metrics()["fitted"]["fits"].size(), 4u);
  tables = draw(four_folds);
  tables.visual[3].fold = "3";
  const Evaluation other(tables);
  const auto result = other.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("1 clips stand in other folds in one table than in the other, " +
                        tables.visual[3].clip));
}

TEST(FusionStatistics, OneStrangeNameDoesNotMakeTheIntervalsNarrow) {
  Tables tables = draw(four_folds);
  Row strange = tables.audio.front();
  strange.clip = "my-extra-take";
  tables.audio.push_back(strange);
  const Evaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("draws over 12 actors and 1 clips whose names tell no actor"));
}

TEST(FusionStatistics, RowsMayBeOffByAThousandthAndClassesMustBeThere) {
  Tables tables = draw(four_folds);
  tables.audio[0].p = {.499, .3, .2};
  tables.audio[1].p = {.501, .3, .2};
  EXPECT_EQ(Evaluation(tables).run().exit_status, 0);
  tables.audio[0].p = {.498, .3, .2};
  EXPECT_THAT(Evaluation(tables).run().err, HasSubstr("sum to 0.9980"));

  const Evaluation evaluation(draw(four_folds));
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
  const Evaluation evaluation(draw(four_folds));
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const json metrics = evaluation.metrics();
  // Fourteen systems less the two scaled modalities, whose answers are those of the plain ones.
  EXPECT_EQ(metrics["rules"]["pairs"].size(), 12u * 11u / 2u);
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
  const Evaluation evaluation(draw(four_folds));
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
  const Evaluation evaluation(draw(four_folds));
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
  const Evaluation evaluation(draw(four_folds));
  ASSERT_EQ(evaluation.run({"--workers", "1"}).exit_status, 0);
  const auto first = folder_content(evaluation.output);
  ASSERT_EQ(evaluation.run({"--workers", "4"}).exit_status, 0);
  EXPECT_EQ(folder_content(evaluation.output), first);
  ASSERT_EQ(evaluation.run({"--seed", "43"}).exit_status, 0);
  EXPECT_NE(folder_content(evaluation.output).at("metrics.json"), first.at("metrics.json"));
}

TEST(FusionStatistics, IntervalsCanBeLeftOut) {
  const Evaluation evaluation(draw(four_folds));
  const auto result = evaluation.run({"--draws", "0"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, Not(HasSubstr("95 % intervals")));
  EXPECT_FALSE(evaluation.metrics().contains("bootstrap"));
  EXPECT_FALSE(evaluation.metrics()["rules"]["systems"][0].contains("accuracy_interval"));
  EXPECT_EQ(evaluation.run({"--draws", "-1"}).exit_status, 2);
}

TEST(FusionStatistics, NamesThatAreNotRavdesssAreDrawnOneByOne) {
  Tables tables = draw(four_folds);
  for (auto* table : {&tables.audio, &tables.visual}) {
    for (std::size_t i = 0; i < table->size(); ++i) (*table)[i].clip = fmt::format("film-{}", i);
  }
  const Evaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("10000 draws over 144 clips"), Not(HasSubstr("Accuracy by group"))));
}

TEST(FusionStatistics, OneActorIsDrawnByClipAndSaidSo) {
  Tables tables = draw([](int actor) {
    return std::pair<std::string, std::string>{"0", actor == 3 ? "test" : "train"};
  });
  const Evaluation evaluation(tables);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("draws over 12 clips of one actor, so nothing about other"));
  const json interval = evaluation.metrics()["held_out"]["systems"]["audio"]["accuracy_interval"];
  EXPECT_LT(interval[0], interval[1]);
}

TEST(FusionStatistics, TheTablesForAPaperCarryTheVerdict) {
  const Evaluation evaluation(draw(one_fold));
  ASSERT_EQ(evaluation.run({"--caption", "50 % of R&D_1"}).exit_status, 0);
  const std::string latex = read_file(evaluation.output / "table.tex");
  EXPECT_THAT(latex, AllOf(HasSubstr("\\begin{tabular}"), HasSubstr("both, stacked"),
                           HasSubstr("50 \\% of R\\&D\\_1"), HasSubstr("Leak check: none found")));
  const std::string markdown = read_file(evaluation.output / "table.md");
  EXPECT_THAT(markdown, AllOf(HasSubstr("| System | Accuracy |"), HasSubstr("| both, product | "),
                              HasSubstr("Leak check: none found")));
}

}  // namespace
}  // namespace aver
