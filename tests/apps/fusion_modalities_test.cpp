// Any number of modalities through aver-evaluate-fusion, and two of them as ever.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "base/csv.h"
#include "markup.h"
#include "store/predictions.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::folder_content;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

const fs::path kGolden = fs::path(AVER_SOURCE_DIR) / "tests/golden/fusion";

CommandResult evaluate(const fs::path& output, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"aver-evaluate-fusion", "--output", output.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_command(arguments);
}

/// "NAME=folds/TABLE.csv"
std::string table_of(const std::string& name, const std::string& table) {
  return name + "=" + (kGolden / "folds" / (table + ".csv")).string();
}

json metrics_in(const fs::path& output) {
  return json::parse(read_file(output / "metrics.json"));
}

/// Leaves out what other versions of the libraries and of the style sheet change.
std::string without_versions(std::string page) {
  const auto begin = page.find("<style>") + std::string_view("<style>").size();
  page.erase(begin, page.find("</style>") - begin);
  page = std::regex_replace(page, std::regex("<tr><th scope=\"row\">libraries</th>.*"), "");
  return std::regex_replace(page, std::regex("aver(-evaluate-fusion)? [0-9]+\\.[0-9]+\\.[0-9]+"),
                            "aver$1");
}

/// Every file of the golden folder is what the evaluation wrote.
void expect_golden(const fs::path& output, const std::string& name) {
  const auto golden = folder_content(kGolden / name);
  ASSERT_GT(golden.size(), 15u);
  for (const auto& [file, expected] : golden) {
    SCOPED_TRACE(name + "/" + file);
    const std::string written = read_file(output / file);
    if (file == "report.html") {
      EXPECT_EQ(without_versions(written), without_versions(expected));
    } else {
      EXPECT_EQ(written, expected);
    }
  }
}

TEST(FusionModalities, TwoTablesGiveWhatTheyAlwaysGave) {
  const TemporaryFolder folder;
  const auto result =
      evaluate(folder / "out", {"--audio-posteriors", (kGolden / "folds/audio.csv").string(),
                                "--visual-posteriors", (kGolden / "folds/visual.csv").string(),
                                "--draws", "200", "--rule", "weighted", "--temperatures"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  expect_golden(folder / "out", "weighted-folds");
}

TEST(FusionModalities, TwoRunsGiveWhatTheyAlwaysGave) {
  const TemporaryFolder folder;
  const auto result =
      evaluate(folder / "out", {"--audio", (kGolden / "runs/audio").string(), "--visual",
                                (kGolden / "runs/visual").string(), "--draws", "500", "--caption",
                                "Two runs & a leak"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  expect_golden(folder / "out", "two-runs");
}

TEST(FusionModalities, TheOwnFlagsOfAudioAndVisualAreShortForms) {
  const TemporaryFolder folder;
  ASSERT_EQ(
      evaluate(folder / "short", {"--audio-posteriors", (kGolden / "folds/audio.csv").string(),
                                  "--visual", (kGolden / "runs/visual").string(), "--no-figures"})
          .exit_status,
      0);
  ASSERT_EQ(
      evaluate(folder / "long", {"--posteriors", table_of("audio", "audio"), "--run",
                                 "visual=" + (kGolden / "runs/visual").string(), "--no-figures"})
          .exit_status,
      0);
  EXPECT_EQ(folder_content(folder / "long"), folder_content(folder / "short"));
}

/// Three modalities, given in another order than theirs.
struct Three {
  CommandResult run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {
        "--posteriors", table_of("text", "text"),   "--posteriors", table_of("visual", "visual"),
        "--posteriors", table_of("audio", "audio"), "--draws",      "200",
        "--no-figures"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return evaluate(output, arguments);
  }
  TemporaryFolder folder;
  fs::path output = folder / "out";
};

std::vector<std::string> column(const CsvTable& table, const char* name) {
  std::vector<std::string> values;
  for (const auto& row : table.rows) values.push_back(row[table.column(name)]);
  return values;
}

TEST(FusionModalities, OneTableShowsEachAloneAllSubsetsAndAllTogether) {
  const Three three;
  const auto result = three.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = read_csv(three.output / "combinations.csv");
  EXPECT_THAT(column(table, "system"),
              ElementsAre("audio", "visual", "text", "audio+visual", "audio+text", "visual+text",
                          "audio+visual+text"));
  const json metrics = metrics_in(three.output);
  const json& sets = metrics["combinations"]["systems"];
  ASSERT_EQ(sets.size(), 7u);
  for (const json& set : sets) {
    EXPECT_LE(set["accuracy_interval"][0], set["accuracy"]) << set["system"];
    EXPECT_GE(set["accuracy_interval"][1], set["accuracy"]) << set["system"];
  }
  EXPECT_EQ(metrics["combinations"]["pairs"].size(), 7u * 6u / 2u);
  // The last row is the fused system of every other table.
  EXPECT_EQ(sets[6]["right"], metrics["all_clips"]["systems"]["fused"]["right"]);
  EXPECT_EQ(sets[6]["negative_log_likelihood"],
            metrics["all_clips"]["systems"]["fused"]["negative_log_likelihood"]);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("Modalities alone and fused by maximum confidence, 49 scored clips"),
                    HasSubstr("audio + visual + text"), HasSubstr("all (maximum confidence)"),
                    HasSubstr("audio, visual, text: Leak check: not possible")));
}

TEST(FusionModalities, ASubsetOfTwoIsWhatTheTwoAreWithoutTheThird) {
  for (const std::string rule : {"max-confidence", "product", "weighted", "stacked"}) {
    SCOPED_TRACE(rule);
    const Three three;
    ASSERT_EQ(three.run({"--rule", rule}).exit_status, 0);
    const TemporaryFolder folder;
    ASSERT_EQ(evaluate(folder / "two", {"--posteriors", table_of("audio", "audio"), "--posteriors",
                                        table_of("visual", "visual"), "--rule", rule, "--draws",
                                        "200", "--no-figures"})
                  .exit_status,
              0);
    const json fused = metrics_in(folder / "two")["all_clips"]["systems"]["fused"];
    const json subset = metrics_in(three.output)["combinations"]["systems"][3];
    ASSERT_EQ(subset["system"], "audio+visual");
    for (const char* name : {"clips", "right", "accuracy", "uar", "negative_log_likelihood",
                             "accuracy_interval", "uar_interval"}) {
      EXPECT_EQ(subset[name], fused[name]) << name;
    }
  }
}

TEST(FusionModalities, AClipWithAGapIsFusedFromTheRestAndCounted) {
  for (const std::string rule : {"mean", "weighted", "stacked"}) {
    SCOPED_TRACE(rule);
    const Three three;
    const auto result = three.run({"--rule", rule});
    ASSERT_EQ(result.exit_status, 0) << result.err;
    const json scope = metrics_in(three.output)["all_clips"];
    EXPECT_EQ(scope["clips"], 49);
    EXPECT_EQ(scope["without_audio"], 2);
    EXPECT_EQ(scope["without_visual"], 1);
    EXPECT_EQ(scope["without_text"], 3);
    EXPECT_EQ(scope["fell_back"]["clips"], 5);  // one clip lacks both audio and text
    EXPECT_EQ(scope["decided_by"]["visual"]["clips"], 1);
    EXPECT_EQ(scope["decided_by"]["together"]["clips"], 48);
    EXPECT_EQ(metrics_in(three.output)["rules"]["clips_compared"], 44);
    EXPECT_THAT(result.out, HasSubstr("Without audio: 2 clips; without visual: 1; without text: 3; "
                                      "the others answered."));
  }
}

TEST(FusionModalities, EachHasItsTemperatureAndItsWeight) {
  const Three three;
  ASSERT_EQ(three.run({"--rule", "weighted", "--temperatures"}).exit_status, 0);
  const json fits = metrics_in(three.output)["fitted"]["fits"];
  ASSERT_EQ(fits.size(), 4u);
  for (const json& fit : fits) {
    double sum = 0;
    for (const std::string name : {"audio", "visual", "text"}) {
      EXPECT_GT(fit[name + "_temperature"], .05);
      sum += fit[name + "_weight"].get<double>();
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(FusionModalities, ATieGoesToAudioThenVisualThenAsGiven) {
  const TemporaryFolder folder;
  // Rising names; whoever comes first in the stated order decides every clip.
  write_file(folder / "a.csv",
             std::string_view("clip,label,yes,no\nx,yes,0.8,0.2\ny,no,0.7,0.3\n"));
  write_file(folder / "b.csv",
             std::string_view("clip,label,yes,no\nx,yes,0.2,0.8\ny,no,0.3,0.7\n"));
  const auto decided = [&](const std::vector<std::string>& names) {
    std::vector<std::string> arguments = {"--no-figures"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      arguments.push_back("--posteriors");
      arguments.push_back(names[i] + "=" + (folder / (i == 0 ? "a.csv" : "b.csv")).string());
    }
    const auto result = evaluate(folder / "out", arguments);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    const json by = metrics_in(folder / "out")["all_clips"]["decided_by"];
    EXPECT_EQ(by.size(), 1u);
    return by.begin().key();
  };
  EXPECT_EQ(decided({"pulse", "text", "visual", "audio"}), "audio");
  EXPECT_EQ(decided({"pulse", "visual", "text"}), "visual");
  EXPECT_EQ(decided({"text", "pulse", "face"}), "text");
}

TEST(FusionModalities, ThePageShowsThemAll) {
  const Three three;
  ASSERT_EQ(three.run({"--caption", "Three tables"}).exit_status, 0);
  const std::string page = read_file(three.output / "report.html");
  EXPECT_EQ(test::markup_problem(page), "");
  EXPECT_THAT(page, AllOf(HasSubstr("<h1>Emotion from audio, visual, text and all of them</h1>"),
                          HasSubstr("<h4>Text</h4>"), HasSubstr("audio + visual + text"),
                          HasSubstr("Text, 46 clips"), HasSubstr("class=\"series-3\""),
                          HasSubstr("svg .series-3 {"), HasSubstr("Against text alone"),
                          HasSubstr("weight of text with temperatures")));
  EXPECT_THAT(read_file(three.output / "table.tex"),
              AllOf(HasSubstr("audio + visual + text &"), HasSubstr("all, product &")));
  EXPECT_THAT(read_file(three.output / "table.md"), HasSubstr("| visual + text |"));
  EXPECT_THAT(read_csv(three.output / "repaired_broken.csv").header,
              AllOf(Contains("against_text"), Contains("text_confidence")));
}

TEST(FusionModalities, AnEvaluationOfFewerLeavesNothingOfMore) {
  const Three three;
  ASSERT_EQ(three.run({"--figures"}).exit_status, 0);
  ASSERT_TRUE(fs::exists(three.output / "figures/confusion_text_all_clips.dat"));
  ASSERT_EQ(evaluate(three.output, {"--posteriors", table_of("audio", "audio"), "--posteriors",
                                    table_of("visual", "visual")})
                .exit_status,
            0);
  const auto files = folder_content(three.output);
  EXPECT_THAT(files, AllOf(Contains(Key("figures/confusion_visual_all_clips.dat")),
                           Not(Contains(Key("figures/confusion_text_all_clips.dat"))),
                           Not(Contains(Key("combinations.csv")))));
}

TEST(FusionModalities, IsTheSameBytesForAnyNumberOfWorkers) {
  const Three three;
  ASSERT_EQ(three.run({"--rule", "stacked", "--workers", "1"}).exit_status, 0);
  const auto first = folder_content(three.output);
  ASSERT_EQ(three.run({"--rule", "stacked", "--workers", "4"}).exit_status, 0);
  EXPECT_EQ(folder_content(three.output), first);
}

TEST(FusionModalities, ManyShowOnesTwosAllButOneAndAll) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"--no-figures", "--draws", "20"};
  for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
    arguments.push_back("--posteriors");
    arguments.push_back(table_of(name, name < "c" ? "audio" : name < "e" ? "visual" : "text"));
  }
  const auto result = evaluate(folder / "out", arguments);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto sets = column(read_csv(folder / "out/combinations.csv"), "system");
  EXPECT_EQ(sets.size(), 6u + 15u + 6u + 1u);
  EXPECT_THAT(sets, AllOf(Contains("a+f"), Contains("a+b+c+d+f"), Not(Contains("a+b+c"))));
  EXPECT_THAT(result.out, AllOf(HasSubstr("  all but e "), HasSubstr("  all   ")));
}

struct BadSource {
  std::vector<std::string> arguments;
  std::string says;
};

TEST(FusionModalities, RefusesNamesAndSourcesThatCannotBeMeant) {
  const TemporaryFolder folder;
  const std::string audio = table_of("audio", "audio"),
                    file = (kGolden / "folds/text.csv").string();
  const std::vector<BadSource> cases = {
      {{"--posteriors", audio}, "two modalities or more are needed"},
      {{"--posteriors", audio, "--posteriors", "text"}, "--posteriors text: NAME=FILE expected"},
      {{"--posteriors", audio, "--run", "text="}, "--run text=: NAME=FOLDER expected"},
      {{"--posteriors", audio, "--posteriors", "My Text=" + file}, "lower-case letters, digits"},
      {{"--posteriors", audio, "--posteriors", "fused=" + file}, "'fused' means something else"},
      {{"--posteriors", audio, "--posteriors", "mean=" + file}, "'mean' means something else"},
      {{"--posteriors", audio, "--audio-posteriors", file}, "audio is given more than once"},
      {{"--posteriors", audio, "--posteriors", "text=" + file, "--run", "text=" + file},
       "text is given more than once"},
  };
  for (const BadSource& bad : cases) {
    const auto result = evaluate(folder / "out", bad.arguments);
    EXPECT_EQ(result.exit_status, 2) << bad.says;
    EXPECT_THAT(result.err, HasSubstr(bad.says));
    EXPECT_FALSE(fs::exists(folder / "out"));
  }
}

TEST(FusionModalities, RefusesTablesThatDoNotFitEachOther) {
  const TemporaryFolder folder;
  const auto refused = [&](std::string_view table) {
    write_file(folder / "text.csv", table);
    const auto result =
        evaluate(folder / "out", {"--posteriors", table_of("audio", "audio"), "--posteriors",
                                  table_of("visual", "visual"), "--posteriors",
                                  "text=" + (folder / "text.csv").string(), "--no-figures"});
    EXPECT_EQ(result.exit_status, 1);
    return result.err;
  };
  EXPECT_THAT(refused("clip,neutral,happy\n01-01-01-01-01-01,0.2,0.8\n"),
              HasSubstr("text.csv has no column for the class sad of"));
  EXPECT_THAT(refused("clip,neutral,happy,sad\nsomewhere,1,0,0\n"),
              AllOf(HasSubstr("no clip of one table is in any other"), HasSubstr("somewhere")));
  EXPECT_THAT(refused("clip,label,neutral,happy,sad\n01-01-01-01-01-01,sad,1,0,0\n"),
              HasSubstr("'neutral' in one table and 'sad' in another"));
  const auto run = evaluate(folder / "out", {"--posteriors", table_of("audio", "audio"), "--run",
                                             "text=" + folder.path().string()});
  EXPECT_EQ(run.exit_status, 1);
  EXPECT_THAT(run.err, HasSubstr("give the folder of a finished run, or a table with --posteriors "
                                 "text=FILE"));
}

}  // namespace
}  // namespace aver
