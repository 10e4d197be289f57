// Models as they are, through aver-evaluate; tables from each value of a column to each are in
// evaluate_cross_test.cpp.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "drawn_tables.h"
#include "support.h"

namespace aver::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Evaluate : public testing::Test {
 protected:
  CommandResult evaluate(std::vector<std::string> more) const {
    std::vector<std::string> words = {"aver-evaluate", "-o", output.string(), "--no-figures"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }
  std::string at(const char* name) const { return (folder / name).string(); }
  json metrics() const { return json::parse(read_file(output / "metrics.json")); }

  TemporaryFolder folder;
  fs::path output = folder / "evaluation";
};

TEST_F(Evaluate, OneModelHasTheFiguresThatFusionGivesItBesideAnother) {
  const DrawnEvaluation fused(draw(one_fold));
  ASSERT_EQ(fused.run().exit_status, 0);
  const auto result = evaluate({(fused.folder / "audio.csv").string()});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json own = metrics().at("systems").at(0);
  const json there = fused.metrics().at("held_out").at("systems").at("audio");
  for (const char* name : {"accuracy", "uar", "macro_f1", "calibration_error",
                           "negative_log_likelihood", "accuracy_interval", "uar_interval"}) {
    EXPECT_EQ(own.at(name), there.at(name)) << name;
  }
  EXPECT_EQ(own.at("clips"), 36) << "those that test it, of 144";
  EXPECT_FALSE(own.at("leaks").get<bool>());
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("audio: Leak check: none found."), Not(HasSubstr("Each two"))));
  EXPECT_FALSE(fs::exists(output / "comparisons.csv"));
  EXPECT_THAT(read_file(output / "report.html"), HasSubstr(">Scores</h2>"));
}

TEST_F(Evaluate, EachTwoAreComparedOnTheClipsOfBothAndCorrectedForTheirNumber) {
  DrawnTables tables = draw(four_folds);
  const DrawnEvaluation fused(tables);
  ASSERT_EQ(fused.run().exit_status, 0);
  tables.visual.resize(100);
  write_file(folder / "third.csv", text_of(tables.visual));
  const auto result = evaluate({(fused.folder / "audio.csv").string(),
                                "face=" + (fused.folder / "visual.csv").string(), at("third.csv")});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json pairs = metrics().at("pairs");
  ASSERT_EQ(pairs.size(), 3U);
  const json& one = pairs.at(0);
  EXPECT_EQ(one.at("system"), "face");
  EXPECT_EQ(one.at("against"), "audio");
  // What aver-evaluate-fusion says of the same pair.
  for (const auto& row : fused.table("comparisons.csv").rows) {
    if (row[0] != "visual" || row[2] != "audio" || row[1] != "no" || row[3] != "no") continue;
    EXPECT_EQ(std::to_string(one.at("only_system_right").get<int>()), row[5]);
    EXPECT_EQ(std::to_string(one.at("only_against_right").get<int>()), row[6]);
    EXPECT_NEAR(one.at("mcnemar_p").get<double>(), std::stod(row[7]), 1e-9);
    EXPECT_NEAR(one.at("accuracy").at("difference").get<double>(), std::stod(row[8]), 1e-6);
    EXPECT_NEAR(one.at("accuracy").at("p").get<double>(), std::stod(row[11]), 1e-6);
  }
  EXPECT_EQ(pairs.at(1).at("clips"), 100);
  EXPECT_EQ(pairs.at(2).at("uar").at("difference"), 0) << "the same answers";
  EXPECT_EQ(pairs.at(2).at("uar").at("p_holm"), 1);
  double least = 1;
  for (const json& pair : pairs) least = std::min(least, pair.at("mcnemar_p").get<double>());
  for (const json& pair : pairs) {
    if (pair.at("mcnemar_p") == least) {
      EXPECT_NEAR(pair.at("mcnemar_p_holm").get<double>(), std::min(1.0, 3 * least), 1e-6);
    }
  }
  EXPECT_EQ(read_csv(output / "comparisons.csv").rows.size(), 3U);
}

TEST_F(Evaluate, GroupsAreOfAnyColumnAndTheGapIsBetweenTheirFigures) {
  const DrawnEvaluation fused(draw(four_folds));
  const auto result =
      evaluate({(fused.folder / "audio.csv").string(), "--group-by", "gender,intensity"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json groups = metrics().at("groups");
  ASSERT_EQ(groups.size(), 2U);
  const json& gender = groups.at(0);
  EXPECT_EQ(gender.at("column"), "gender");
  const double female = gender.at("values").at(0).at("uar"),
               male = gender.at("values").at(1).at("uar");
  EXPECT_EQ(gender.at("values").at(0).at("clips"), 72);
  EXPECT_NEAR(gender.at("gap").get<double>(), std::abs(female - male), 2e-6);
  EXPECT_EQ(gender.at("worst"), female < male ? "female" : "male");
  EXPECT_LE(gender.at("gap_interval").at(0), gender.at("gap"));
  EXPECT_GE(gender.at("gap_interval").at(1), gender.at("gap"));
  EXPECT_THAT(result.out, HasSubstr("Lowest UAR: "));
  EXPECT_EQ(read_csv(output / "groups.csv").rows.size(), 4U);

  const auto unknown = evaluate({(fused.folder / "audio.csv").string(), "--group-by", "age"});
  EXPECT_EQ(unknown.exit_status, 1);
  EXPECT_THAT(unknown.err,
              AllOf(HasSubstr("no clip of audio has the column age"), HasSubstr("gender")));
}

TEST_F(Evaluate, OneSpeakerHasNoIntervalAndGapsAreOverCommonClasses) {
  // Actor 01 is never neutral here: what is compared leaves neutral out.
  DrawnTables tables = draw(four_folds);
  std::erase_if(tables.audio,
                [](const Row& row) { return row.label == "neutral" && row.clip.ends_with("-01"); });
  const DrawnEvaluation fused(tables);
  const auto result =
      evaluate({(fused.folder / "audio.csv").string(), "--group-by", "speaker, gender"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json people = metrics().at("groups").at(0), gender = metrics().at("groups").at(1);
  EXPECT_EQ(people.at("values").size(), 12U);
  for (const json& one : people.at("values")) EXPECT_TRUE(one.at("uar_interval").is_null());
  EXPECT_TRUE(people.at("gap_interval").is_null());
  EXPECT_EQ(people.at("common_classes"), json({"happy", "sad"}));
  EXPECT_THAT(result.out, HasSubstr("Over the 2 classes that each of them has: happy, sad."));
  EXPECT_EQ(gender.at("common_classes").size(), 3U);
  EXPECT_FALSE(gender.at("gap_interval").is_null());
}

TEST_F(Evaluate, NeverWritesWhereATableLies) {
  const DrawnEvaluation fused(draw(four_folds));
  const fs::path own = fused.folder / "groups.csv";
  fs::copy_file(fused.folder / "audio.csv", own);
  const auto result =
      run_command({"aver-evaluate", own.string(), "-o", fused.folder.path().string()});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("is where"));
  EXPECT_TRUE(fs::exists(own));
}

TEST_F(Evaluate, RefusesWhatItCannotRead) {
  const DrawnEvaluation fused(draw(four_folds));
  const std::string table = (fused.folder / "audio.csv").string();
  const auto missing = evaluate({at("none.csv")});
  EXPECT_EQ(missing.exit_status, 2);
  EXPECT_THAT(missing.err, HasSubstr("neither a run folder nor a table"));
  const auto twice = evaluate({table, table});
  EXPECT_EQ(twice.exit_status, 2);
  EXPECT_THAT(twice.err, HasSubstr("two of these are called audio"));
  fs::create_directories(folder / "empty");
  const auto empty = evaluate({at("empty")});
  EXPECT_EQ(empty.exit_status, 1);
  EXPECT_THAT(empty.err, HasSubstr("holds no predictions.csv"));
  const auto nothing = evaluate({});
  EXPECT_EQ(nothing.exit_status, 2);
  const auto cross = evaluate({table, "--cross", "gender"});
  EXPECT_EQ(cross.exit_status, 1);
  EXPECT_THAT(cross.err, HasSubstr("does not say what its model trained on"));
  EXPECT_FALSE(fs::exists(output / "metrics.json"));
}

}  // namespace
}  // namespace aver::test
