#include "base/csv.h"
#include "corpora_fixture.h"

// Other corpora through training, prediction and fusion, by whole commands.
namespace aver {
namespace {

using test::Corpora;
using test::run_command;
using test::write_tone;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> training(std::vector<std::string> inputs, const std::string& run,
                                  const std::vector<std::string>& more) {
  std::vector<std::string> command = {"aver-train-audio", "--output", run};
  for (const std::string& input : inputs) command.insert(command.end(), {"--input", input});
  for (const char* word : {"--epochs", "1", "--batch-size", "8", "--threads", "1", "--filters",
                           "4,4,6", "--lstm", "8,6", "--dense", "8", "--quiet"}) {
    command.emplace_back(word);
  }
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

TEST_F(Corpora, VersionsOfClipsAreTrainedOnAndTestedAsThePaperMayHaveDone) {
  write_crema_d();
  ASSERT_EQ(extract("crema-d", {"--copies", "4"}).exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  const auto made = run_command({"aver-split", "make", "-i", path("mfcc"), "-o", path("split.csv"),
                                 "--protocol", "paper-augmented", "--copies", "3"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  const auto trained =
      run_command(training({path("mfcc")}, path("run"), {"--split", path("split.csv")}));
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_THAT(trained.out,
              HasSubstr("of 6 test items have a version of themselves in training; expect"));
  EXPECT_THAT(trained.out, HasSubstr("The test part also served as validation"));
  const CsvTable predictions = read_csv(folder / "run/predictions.csv");
  EXPECT_THAT(predictions.rows, SizeIs(48)) << "also those of the fourth version, in no part";
  const auto audit = run_command(
      {"aver-split", "audit", path("run/split.csv"), "--input", path("mfcc"), "--json"});
  EXPECT_EQ(audit.exit_status, 0) << "the protocol announces it";
  EXPECT_THAT(audit.out, HasSubstr("\"versions\": \"announced\""));
}

TEST_F(Corpora, ARunOfAnotherCorpusJoinsWithTablesOfItsFiles) {
  write_crema_d();
  ASSERT_EQ(extract("crema-d").exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  const std::vector<std::string> rests = {"DFA_ANG_XX", "DFA_HAP_XX", "IEO_ANG_HI", "IEO_HAP_LO"};
  std::string split = "fold,clip,role\n", table = "clip,angry,happy\n";
  for (const auto& [speaker, role] : {std::pair{"1001", "train"}, {"1002", "test"}}) {
    for (const std::string& rest : rests) {
      split += fmt::format("0,AudioWAV/{}_{}.wav,{}\n", speaker, rest, role);
      table += fmt::format("VideoFlash/{}_{}.flv,0.75,0.25\n", speaker, rest);
    }
  }
  write_file(folder / "split.csv", split);
  write_file(folder / "visual.csv", table);
  const auto trained =
      run_command(training({path("mfcc")}, path("run"), {"--split", path("split.csv")}));
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("Training has seen 0 of 1 test actors, 0 of 4 test clips"));

  const auto roles = [&](const char* file) {
    std::map<std::string, std::string> found;
    const CsvTable predictions = read_csv(folder / file);
    for (const auto& row : predictions.rows) {
      found[row[predictions.column("clip")].substr(0, 4)] = row[predictions.column("role")];
    }
    return found;
  };
  const std::map<std::string, std::string> expected = {
      {"1001", "train"}, {"1002", "test"}, {"1003", ""}};
  EXPECT_EQ(roles("run/predictions.csv"), expected);
  const auto predicted = run_command({"aver-predict", "--model", path("run"), "--input",
                                      path("mfcc"), "--output", path("predictions.csv")});
  ASSERT_EQ(predicted.exit_status, 0) << predicted.err;
  EXPECT_EQ(roles("predictions.csv"), expected);

  // The table has neither labels nor a --corpus: the run knows its clips.
  const auto fused =
      run_command({"aver-evaluate-fusion", "--audio", path("run"), "--visual-posteriors",
                   path("visual.csv"), "--output", path("fusion"), "--no-figures", "--draws", "0"});
  ASSERT_EQ(fused.exit_status, 0) << fused.err;
  EXPECT_THAT(read_csv(folder / "fusion/predictions.csv").rows, SizeIs(12));
  EXPECT_THAT(fused.out, HasSubstr("8"));
}

TEST_F(Corpora, EachOfTwoCorporaIsTestedByAModelOfTheOther) {
  double hertz = 200;
  for (const char* name : {"03a01Fa", "03a01Wa", "08a01Fa", "08a01Wa", "09a01Fa", "09a01Wa"}) {
    write_tone(folder / "emo" / (std::string(name) + ".wav"), hertz += 10);
  }
  for (const char* actor : {"03", "04", "05"}) {
    for (const char* emotion : {"03", "05"}) {
      write_tone(folder / "rav" / fmt::format("03-01-{}-01-01-01-{}.wav", emotion, actor),
                 hertz += 10);
    }
  }
  for (const auto& [name, corpus] : {std::pair{"emo", "emo-db"}, {"rav", "ravdess"}}) {
    const std::string sound = path(name) + "-audio";
    ASSERT_EQ(run_command({"aver-extract-audio", "-i", path(name), "-o", sound, "--modality",
                           "audio-only", "--corpus", corpus})
                  .exit_status,
              0);
    ASSERT_EQ(
        run_command({"aver-compute-mfcc", "-i", sound, "-o", path(name) + "-mfcc", "--no-pictures"})
            .exit_status,
        0);
  }
  const std::vector<std::string> inputs = {path("emo-mfcc"), path("rav-mfcc")};
  const auto made =
      run_command({"aver-split", "make", "-i", inputs[0], "-i", inputs[1], "-o", path("split.csv"),
                   "--protocol", "leave-one:corpus", "--validation-share", "0.4"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  const auto trained =
      run_command(training(inputs, path("run"), {"--split", path("split.csv"), "--folds", "all"}));
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("Training has seen 0 of 6 test subjects"));
  EXPECT_THAT(read_csv(folder / "run/predictions.csv").rows, SizeIs(12));

  const auto twice = run_command(training({inputs[0], inputs[0]}, path("twice"), {}));
  EXPECT_EQ(twice.exit_status, 1);
  EXPECT_THAT(twice.err, HasSubstr("03a01Fa stands in two of the --input folders"));
}

}  // namespace
}  // namespace aver
