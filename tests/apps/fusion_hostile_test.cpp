#include <gmock/gmock.h>

#include <set>

#include "base/csv.h"
#include "evaluate_fusion_fixture.h"
#include "store/folder_lock.h"

// Names, captions and folders that somebody may give aver-evaluate-fusion.
namespace aver {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string with(std::string_view table, const std::string& from, const std::string& to) {
  std::string text(table);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(EvaluateFusionHostile, ACaptionIsOneLine) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run({"--no-figures", "--caption", "First \n\n second\x1b[31m"}).exit_status,
            0);
  const std::string tex = read_file(evaluation.output / "table.tex");
  EXPECT_THAT(tex, HasSubstr("First second"));
  EXPECT_THAT(tex.substr(tex.find("\\caption")), Not(HasSubstr("\n\n")));
  for (const char* name : {"table.tex", "table.txt", "table.md", "report.html", "metrics.json"}) {
    EXPECT_THAT(read_file(evaluation.output / name), Not(HasSubstr("\x1b"))) << name;
  }
}

TEST(EvaluateFusionHostile, NamesOfClassesNeitherSteerATerminalNorCompute) {
  for (const std::string name : {"=HYPERLINK(1)", "x\x1b]0;pwned\a"}) {
    const Evaluation evaluation(with(kAudio, "sad", name), with(kVisual, "sad", name));
    const auto result = evaluation.run();
    ASSERT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.out + result.err, Not(HasSubstr("\x1b")));
    for (const char* table : {"table.tex", "table.txt", "table.md"}) {
      EXPECT_THAT(read_file(evaluation.output / table), Not(HasSubstr("\x1b"))) << table;
    }
    EXPECT_THAT(read_file(evaluation.output / "per_class.csv"), Not(HasSubstr(",=HYPERLINK")));
    EXPECT_THAT(read_file(evaluation.output / "per_class.csv"), Not(HasSubstr("\n=HYPERLINK")));
    const std::string predictions = read_file(evaluation.output / "predictions.csv");
    EXPECT_THAT(predictions, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr(",=HYPERLINK"))));
    // It reads back as the name itself, as a table of somebody's too.
    EXPECT_NO_THROW(read_csv(evaluation.output / "predictions.csv").column(name));
    const Evaluation again(predictions, predictions);
    ASSERT_EQ(again.run().exit_status, 0);
    EXPECT_EQ(read_csv(again.output / "predictions.csv").header,
              read_csv(evaluation.output / "predictions.csv").header);
  }
}

TEST(EvaluateFusionHostile, NamesOfClipsThatDifferInAnApostropheStayApart) {
  const auto renamed = [](std::string_view table) {
    return with(with(table, "01-01-01-01-01-01", "=q"), "01-03-01-01-01-01", "''=q");
  };
  const Evaluation evaluation(renamed(kAudio), renamed(kVisual));  // "''=q" is written for "'=q"
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = read_csv(evaluation.output / "predictions.csv");
  std::set<std::string> clips;
  for (const auto& row : table.rows) clips.insert(row[table.column("clip")]);
  EXPECT_EQ(clips, (std::set<std::string>{"=q", "'=q", "01-04-01-01-01-02"}));
  EXPECT_THAT(read_file(evaluation.output / "predictions.csv"), Not(HasSubstr("\n=q")));
}

TEST(EvaluateFusionHostile, AClassInLatin1IsWrittenAndComparedLikeAnyOther) {
  const std::string name = "fr\xf6h";
  const Evaluation evaluation(with(kAudio, "sad", name), with(kVisual, "sad", name));
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NO_THROW(read_csv(evaluation.output / "predictions.csv").column(name));
  write_file(evaluation.output.parent_path() / "expected.json",
             read_file(evaluation.output / "metrics.json"));
  const auto again =
      evaluation.run({"--expect", (evaluation.output.parent_path() / "expected.json").string()});
  EXPECT_EQ(again.exit_status, 0) << again.err;
}

TEST(EvaluateFusionHostile, OneEvaluationAtATimeWritesAFolder) {
  const Evaluation evaluation;
  create_folders(evaluation.output);
  {
    const FolderLock lock(evaluation.output);
    const auto result = evaluation.run();
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, HasSubstr("another program is writing to"));
  }
  write_file(evaluation.output / ".aver-tmp-0-0-table.txt", "cut off");
  EXPECT_EQ(evaluation.run().exit_status, 0);
  EXPECT_FALSE(fs::exists(evaluation.output / ".aver-tmp-0-0-table.txt"));
}

TEST(EvaluateFusionHostile, RecordsBesideASplitAreSaidInWords) {
  const Evaluation evaluation;
  const fs::path run = evaluation.folder / "run";
  write_file(run / "predictions.csv", kAudio);
  write_file(run / "config.toml", "tool = \"aver-train-audio\"\n");
  write_file(run / "split.csv",
             "fold,clip,role\n0,01-01-01-01-01-01,train\n0,01-03-01-01-01-01,train\n"
             "0,01-04-01-01-01-02,test\n");
  write_file(run / "metrics.json", "{}");
  for (const char* note :
       {R"({"format": [1]})", R"({"protocol": 3})", R"({"seed": "x"})", R"({"format": "1"})"}) {
    write_file(run / "split.json", note);
    const auto result = run_command({"aver-evaluate-fusion", "--audio", run.string(),
                                     "--visual-posteriors", evaluation.visual.string(), "--output",
                                     evaluation.output.string(), "--no-figures"});
    EXPECT_EQ(result.exit_status, 1) << note;
    EXPECT_THAT(result.err, AllOf(HasSubstr("split.json is damaged: "),
                                  AnyOf(HasSubstr("a value's type must be"),
                                        HasSubstr("is no whole number that could stand there")),
                                  Not(HasSubstr("json.exception"))));
  }
}

TEST(EvaluateFusionHostile, LongCellsAreCutInErrors) {
  const std::string value(50'000, 'x');
  const Evaluation evaluation(with(kAudio, "0.8,0.1,0.1", value + ",0.1,0.1"));
  const auto result = evaluation.run();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("(50000 bytes)"));
  EXPECT_LT(result.err.size(), 1000u);
}

TEST(EvaluateFusionHostile, NestedExpectationsAreRefused) {
  const Evaluation evaluation;
  write_file(evaluation.folder / "deep.json", std::string(200'000, '['));
  const auto result =
      evaluation.run({"--no-figures", "--expect", (evaluation.folder / "deep.json").string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("deep.json"));
}

}  // namespace
}  // namespace aver
