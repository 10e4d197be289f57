// Tables of predictions as pandas, spreadsheets, R and other people's scripts write them.
#include <gmock/gmock.h>

#include "base/csv.h"
#include "evaluate_fusion_fixture.h"
#include "support.h"

namespace aver {
namespace {

using test::CommandResult;
using test::Evaluation;
using test::kAudio;
using test::kVisual;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// What the evaluation of a visual table is that holds what kVisual does.
const nlohmann::json& expected() {
  static const nlohmann::json kMetrics = [] {
    const Evaluation plain;
    EXPECT_EQ(plain.run().exit_status, 0);
    return plain.metrics();
  }();
  return kMetrics;
}

/// Evaluates a table that holds what kVisual does in another form: everything must come out as of
/// that, and whatever was taken for something else must be said.
void expect_taken(std::string_view visual, const std::vector<std::string>& said = {},
                  std::vector<std::string> more = {}) {
  const Evaluation evaluation(kAudio, visual);
  more.insert(more.begin(), "--no-figures");
  const CommandResult result = evaluation.run(more);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(evaluation.metrics(), expected());
  for (const std::string& words : said) EXPECT_THAT(result.err, HasSubstr(words));
  if (said.empty()) {
    EXPECT_EQ(result.err, "");
  }
}

void expect_refused(std::string_view visual, const std::vector<std::string>& says) {
  const Evaluation evaluation(kAudio, visual);
  const CommandResult result = evaluation.run();
  EXPECT_EQ(result.exit_status, 1);
  for (const std::string& words : says) EXPECT_THAT(result.err, HasSubstr(words));
  EXPECT_FALSE(fs::exists(evaluation.output));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string utf16(std::string_view text, bool big_endian) {
  std::string result = big_endian ? "\xfe\xff" : "\xff\xfe";
  for (const char c : text) {
    if (big_endian) result += '\0';
    result += c;
    if (!big_endian) result += '\0';
  }
  return result;
}

TEST(TablesOfOthers, AnIndexColumnIsNoClass) {
  const std::string rows =
      "01-01-01-01-01-01,0,train,neutral,0.2,0.5,0.3\n"
      "1,01-03-01-01-01-01,0,train,happy,0.2,0.6,0.2\n"
      "2,01-04-01-01-01-02,0,test,sad,0.05,0.05,0.9\n";
  for (const char* name : {",", "Unnamed: 0,", "\"\","}) {
    SCOPED_TRACE(name);
    expect_taken(std::string(name) + "clip,fold,role,label,neutral,happy,sad\n0," + rows);
  }
  // R names its other columns only.
  expect_taken("clip,fold,role,label,neutral,happy,sad\n0," + rows);
}

TEST(TablesOfOthers, SeparatorsEncodingsAndSpacesOfSpreadsheetsAreRead) {
  const std::string table(kVisual);
  expect_taken(replaced(table, ",", ";"));
  expect_taken(replaced(table, ",", "\t"));
  expect_taken("sep=;\r\n" + replaced(replaced(table, ",", ";"), "\n", "\r\n"));
  expect_taken(replaced(table, ",", ", "));
  expect_taken(replaced(table, ",", " ,\t"));
  expect_taken(replaced(table, "\n", "\r"));
  expect_taken("\xef\xbb\xbf" + table);
  expect_taken(utf16(replaced(table, ",", "\t"), false));
  expect_taken(utf16(table, true));
  expect_taken(utf16(table, true).substr(2));
  expect_taken(utf16(table, false).substr(2));
  // A comma for the point, as half of Europe writes numbers.
  expect_taken(replaced(replaced(table, ",", ";"), "0.", "0,"));
}

TEST(TablesOfOthers, APackedOneIsSaidWithTheLineThatUnpacksIt) {
  expect_refused("PK\x03\x04 and so on", {"is no table but an archive: unzip "});
  expect_refused("\x1F\x8B\x08 and so on", {"is no table but an archive: gunzip -k "});
}

TEST(TablesOfOthers, FoldsAsFractionsAndRolesInOtherWordsAreRead) {
  expect_taken(replaced(std::string(kVisual), ",0,", ",0.0,"));
  expect_taken(replaced(std::string(kVisual), "train", "Training"));
  expect_refused(replaced(std::string(kVisual), ",0,t", ",0.5,t"), {"its fold is '0.5'"});
}

TEST(TablesOfOthers, AColumnThatIsNoClassIsNamedAndLeftOut) {
  expect_taken(
      "clip,actor,gender,fold,role,label,neutral,happy,sad,path\n"
      "01-01-01-01-01-01,1,male,0,train,neutral,0.2,0.5,0.3,/data/a.mp4\n"
      "01-03-01-01-01-01,1,male,0,train,happy,0.2,0.6,0.2,/data/b.mp4\n"
      "01-04-01-01-01-02,2,female,0,test,sad,0.05,0.05,0.9,/data/c.mp4\n",
      {"visual.csv: no class and left out: the columns actor, gender, path"});
}

TEST(TablesOfOthers, AClassOfOnesOwnIsAClassByItsSums) {
  const std::string table =
      "clip,label,neutral,happy,bliss\n01-01-01-01-01-01,neutral,0.5,0.2,0.3\n"
      "01-03-01-01-01-01,happy,0.1,0.6,0.3\n";
  const Evaluation evaluation(table, table);
  const auto result = evaluation.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(evaluation.metrics().at("classes"),
            (std::vector<std::string>{"neutral", "happy", "bliss"}));
  EXPECT_EQ(result.err, "");
}

TEST(TablesOfOthers, RoundedProbabilitiesNeedNotSumToOne) {
  const std::string header =
      "clip,neutral,calm,happy,sad,angry,fearful,disgust,surprised\n01-01-01-01-01-01,";
  const std::string off = header + "0.133,0.133,0.133,0.133,0.133,0.133,0.099,0.1\n";  // 0.997
  const Evaluation rounded(off, off);
  EXPECT_EQ(rounded.run().exit_status, 0);
  const std::string too_far = header + "0.132,0.132,0.132,0.132,0.132,0.132,0.099,0.1\n";
  const Evaluation refused(too_far, too_far);
  EXPECT_THAT(refused.run().err, HasSubstr("sum to 0.9910"));
}

TEST(TablesOfOthers, TheLastPartOfAPathIsTheName) {
  expect_taken(replaced(std::string(kVisual), "\n01-", "\nActor_01/video/01-01-"));
  expect_taken(replaced(replaced(std::string(kVisual), "\n01-", "\nD:\\data\\01-01-"), "-01,0",
                        "-01.MP4,0"));
  // Names of no known corpus, too: seen from two folders they are one clip.
  const Evaluation evaluation(
      "clip,label,happy,sad\nwav/a.wav,happy,0.9,0.1\nwav/b.wav,sad,0.4,0.6\n",
      "clip,label,happy,sad\nC:\\v\\a.mp4,happy,0.9,0.1\nC:\\v\\b.mp4,sad,0.4,0.6\n");
  ASSERT_EQ(evaluation.run().exit_status, 0);
  EXPECT_EQ(evaluation.metrics().at("all_clips").at("clips"), 2);
  // Where the last part is not enough to tell them apart, the whole path is the name.
  const std::string twice = "clip,label,happy,sad\nx/1.wav,happy,0.9,0.1\ny/1.wav,sad,0.4,0.6\n";
  const Evaluation apart(twice, twice);
  ASSERT_EQ(apart.run().exit_status, 0);
  EXPECT_EQ(apart.metrics().at("all_clips").at("clips"), 2);
}

TEST(TablesOfOthers, LogitsAreNamedAndTheirSoftmaxIsTaken) {
  const std::string logits =
      "clip,fold,role,label,neutral,happy,sad\n"
      "01-01-01-01-01-01,0,train,neutral,-1.6094379124341003,-0.6931471805599453,"
      "-1.2039728043259361\n"
      "01-03-01-01-01-01,0,train,happy,2,3.09861228866811,2\n"
      "01-04-01-01-01-02,0,test,sad,-3,-3,-0.10962824210838\n";
  expect_refused(logits, {"visual.csv, clip 01-01-01-01-01-01: its values (neutral -1.60943",
                          "in 3 of 3 rows", "these look like logits; --logits"});
  const Evaluation evaluation(kAudio, logits);
  const auto result = evaluation.run({"--no-figures", "--logits"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  // The other table holds probabilities and stays as it is.
  EXPECT_THAT(result.err, AllOf(HasSubstr("visual.csv: its values are taken for logits"),
                                Not(HasSubstr("audio.csv"))));
  const auto metrics = evaluation.metrics();
  const auto loss = [](const nlohmann::json& of) {
    return test::metric(of, "all_clips", "visual", "negative_log_likelihood");
  };
  EXPECT_NEAR(loss(metrics), loss(expected()), 1e-6);
}

TEST(TablesOfOthers, ALogitOfMinusInfinityIsAProbabilityOfZero) {
  const auto table = [](const std::string& row) {
    return "clip,fold,role,label,neutral,happy,sad\n01-01-01-01-01-01,0,train,neutral,2,1,1\n" +
           row + "01-04-01-01-01-02,0,test,sad,-3,-3,3\n";
  };
  const std::string half = "01-03-01-01-01-01,0,train,happy,-inf,1,1\n";
  const Evaluation evaluation(table(half), table(half));
  const auto result =
      evaluation.run({"--no-figures", "--logits", "--no-fit", "--rule", "max-confidence"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable made = read_csv(evaluation.output / "predictions.csv");
  EXPECT_EQ(made.rows.at(1).at(made.column("neutral")), "0.000000");
  EXPECT_EQ(made.rows.at(1).at(made.column("happy")), "0.500000");

  for (const auto& [values, sentence] :
       {std::pair{"inf,1,1", "visual.csv, row 2 (01-03-01-01-01-01), column neutral: 'inf'"},
        {"1,NaN,1", "visual.csv, row 2 (01-03-01-01-01-01), column happy: 'NaN'"},
        {"1,1,", "visual.csv, row 2 (01-03-01-01-01-01), column sad: ''"},
        {"-inf,-Infinity,-INF",
         "visual.csv, row 2 (01-03-01-01-01-01): all its logits are -inf"}}) {
    const Evaluation refused(
        kAudio, table("01-03-01-01-01-01,0,train,happy," + std::string(values) + "\n"));
    const auto told = refused.run({"--no-figures", "--logits"});
    EXPECT_EQ(told.exit_status, 1);
    EXPECT_THAT(told.err, HasSubstr(sentence));
  }
}

TEST(TablesOfOthers, PercentagesAreNamed) {
  expect_refused("clip,neutral,happy,sad\n01-01-01-01-01-01,20,50,30\n",
                 {"sum to 100: divide percentages by 100"});
}

TEST(TablesOfOthers, KnownSpellingsOfClassesAndLabelsAreMappedAndSaid) {
  expect_taken(replaced(replaced(std::string(kVisual), "happy", "happiness"), "sad", "sadness"),
               {"visual.csv: takes happiness for happy, sadness for sad"});
  expect_taken(replaced(replaced(std::string(kVisual), "neutral,", "Neutral,"), "happy", "HAP"),
               {"visual.csv: takes HAP for happy, Neutral for neutral"});
  // Only in the labels.
  expect_taken(replaced(std::string(kVisual), ",train,neutral", ",train,NEU"),
               {"visual.csv: takes NEU for neutral"});
}

TEST(TablesOfOthers, ALabelMapSaysWhatOwnSpellingsMean) {
  const Evaluation evaluation(kAudio, replaced(std::string(kVisual), "happy", "froh"));
  const auto refused = evaluation.run();
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("has no column for the class"));
  write_file(evaluation.folder / "map.toml", std::string_view("[labels]\nfroh = \"happy\"\n"));
  const auto result =
      evaluation.run({"--no-figures", "--labels", (evaluation.folder / "map.toml").string()});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("takes froh for happy"));
  EXPECT_EQ(evaluation.metrics(), expected());
}

TEST(TablesOfOthers, UnknownSpellingsAreRefusedWithWhatIsNear) {
  expect_refused(
      replaced(std::string(kVisual), "happy,sad", "hapy,sad"),
      {"visual.csv has no column for the class happy of", "if happy and hapy are one, --labels"});
  expect_refused(replaced(std::string(kVisual), "train,happy", "train,hapy"),
                 {"its label 'hapy' is none of the classes", "did you mean happy?"});
  expect_refused(replaced(std::string(kVisual), "happy,sad", "happy,Happiness"),
                 {"a class has two columns", "happy and Happiness are both happy"});
}

TEST(TablesOfOthers, LabelsAgainstTheNamesOfTheClipsAreCounted) {
  const std::string moved =
      replaced(replaced(replaced(std::string(kVisual), "train,neutral", "train,sad"), "train,happy",
                        "train,sad"),
               "test,sad", "test,happy");
  const Evaluation evaluation(moved, moved);
  const auto result = evaluation.run();
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err,
              HasSubstr("visual.csv: the label contradicts the clip's name in 3 of 3 clips "
                        "(01-01-01-01-01-01 is sad there and neutral by its name, "));
  // A run's own table, too.
  write_file(evaluation.folder / "run/predictions.csv", moved);
  const auto of_run =
      test::run_command({"aver-evaluate-fusion", "--audio", (evaluation.folder / "run").string(),
                         "--visual-posteriors", evaluation.visual.string(), "--output",
                         evaluation.output.string(), "--no-figures"});
  EXPECT_THAT(of_run.err, HasSubstr("run/predictions.csv: the label contradicts"));
  // Names that say nothing contradict nothing.
  const std::string own = "clip,label,happy,sad\na,happy,0.9,0.1\nb,sad,0.4,0.6\n";
  EXPECT_EQ(Evaluation(own, own).run().err, "");
}

}  // namespace
}  // namespace aver
