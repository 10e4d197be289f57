#include <set>

#include "base/csv.h"
#include "corpora_fixture.h"

// Tables that name the files of a corpus other than RAVDESS join with its clips.
namespace aver {
namespace {

using test::Corpora;
using test::run_command;
using test::write_tone;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// A split by speaker whose rows are files, in folders and with their extension.
std::string split_of_files(const std::string& folder, const std::string& extension) {
  std::string text = "fold,clip,role\n";
  for (const auto& [speaker, role] : {std::pair{"1001", "train"}, {"1002", "test"}}) {
    for (const char* rest : {"DFA_ANG_XX", "DFA_HAP_XX", "IEO_ANG_HI", "IEO_HAP_LO"}) {
      text += fmt::format("0,{}{}_{}{},{}\n", folder, speaker, rest, extension, role);
    }
  }
  return text;
}

TEST_F(Corpora, TheAuditKnowsClipsOfAnyCorpusByTheNamesOfTheirFiles) {
  write_crema_d();
  ASSERT_EQ(extract("crema-d").exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  write_file(folder / "split.csv", split_of_files("AudioWAV/", ".wav"));
  const auto audited = run_command({"aver-split", "audit", path("split.csv"), "-i", path("mfcc")});
  ASSERT_EQ(audited.exit_status, 0) << audited.out;
  EXPECT_THAT(audited.out, Not(HasSubstr("clips of the split that --input lacks")));
  EXPECT_THAT(audited.out, HasSubstr("Training has seen 0 of 1 test actors, 0 of 4 test clips"));
  // Without a folder the names alone say who speaks.
  const auto by_name =
      run_command({"aver-split", "audit", path("split.csv"), "--corpus", "crema-d"});
  EXPECT_THAT(by_name.out, HasSubstr("Training has seen 0 of 1 test actors, 0 of 4 test clips"));
}

TEST_F(Corpora, OneFileUnderTwoWritingsOfItsNameIsALeak) {
  write_crema_d();
  ASSERT_EQ(extract("crema-d").exit_status, 0);
  write_file(folder / "split.csv",
             "fold,clip,role\n0,1001_DFA_ANG_XX.wav,train\n0,1001_DFA_ANG_XX,test\n");
  const auto audited = run_command({"aver-split", "audit", path("split.csv"), "-i", path("audio")});
  EXPECT_EQ(audited.exit_status, 3);
  EXPECT_THAT(audited.out, HasSubstr("1 of 1 test actors, 1 of 1 test clips"));
}

TEST_F(Corpora, TablesOfFilesAreFusedByTheirClipsAndNeedNoLabels) {
  const auto table = [&](const char* name, const char* extension, double angry) {
    std::string text = "clip,angry,happy\n";
    for (const char* clip : {"1001_DFA_ANG_XX", "1001_DFA_HAP_XX", "1002_IEO_ANG_HI"}) {
      text += fmt::format("{}{},{},{}\n", clip, extension, angry, 1 - angry);
    }
    write_file(folder / name, text);
  };
  table("audio.csv", ".wav", .75);
  table("visual.csv", ".flv", .25);
  const auto result =
      run_command({"aver-evaluate-fusion", "--audio-posteriors", path("audio.csv"),
                   "--visual-posteriors", path("visual.csv"), "--output", path("fusion"),
                   "--corpus", "crema-d", "--no-figures", "--draws", "0"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable fused = read_csv(folder / "fusion/predictions.csv");
  ASSERT_THAT(fused.rows, SizeIs(3));
  EXPECT_EQ(fused.rows[0][fused.column("clip")], "1001_DFA_ANG_XX");
  EXPECT_EQ(fused.rows[0][fused.column("label")], "angry");
  EXPECT_EQ(fused.rows[1][fused.column("label")], "happy");
  EXPECT_THAT(read_file(folder / "fusion/groups.csv"), HasSubstr("actor,1002,"));
}

TEST_F(Corpora, TwoCorporaMakeOneSplitAndTheirSpeakersAreNotMixedUp) {
  // Speaker 03 of EMO-DB is not actor 03 of RAVDESS.
  double hertz = 200;
  for (const char* name : {"03a01Fa", "03a01Wa", "08a01Fa", "08a01Wa", "09a01Fa"}) {
    write_tone(folder / "emo" / (std::string(name) + ".wav"), hertz += 10);
  }
  for (const char* name :
       {"03-01-03-01-01-01-03", "03-01-05-01-01-01-03", "03-01-05-01-01-01-04"}) {
    write_tone(folder / "rav" / (std::string(name) + ".wav"), hertz += 10);
  }
  for (const auto& [name, corpus] : {std::pair{"emo", "emo-db"}, {"rav", "ravdess"}}) {
    ASSERT_EQ(run_command({"aver-extract-audio", "-i", path(name), "-o", path(name) + "-audio",
                           "--modality", "audio-only", "--corpus", corpus})
                  .exit_status,
              0);
  }
  const auto make = [&](const char* protocol) {
    return run_command({"aver-split", "make", "-i", path("emo-audio"), "-i", path("rav-audio"),
                        "-o", path("split.csv"), "--protocol", protocol, "--force"});
  };
  const auto by_corpus = make("leave-one:corpus");
  ASSERT_EQ(by_corpus.exit_status, 0) << by_corpus.err;
  EXPECT_THAT(by_corpus.out,
              HasSubstr("Training has seen 0 of 5 test subjects, 0 of 8 test clips"));
  const auto by_speaker = make("leave-one:speaker");
  ASSERT_EQ(by_speaker.exit_status, 0) << by_speaker.err;
  std::set<std::string> folds;
  for (const auto& row : read_csv(folder / "split.csv").rows) folds.insert(row[0]);
  EXPECT_THAT(folds, SizeIs(5)) << "three speakers of one, two of the other";
}

TEST_F(Corpora, OneNameInTwoCorporaIsRefused) {
  write_tone(folder / "data/ann-1.wav", 200);
  write_tone(folder / "data/ann-2.wav", 220);
  for (const char* name : {"one", "two"}) {
    write_file(folder / (std::string(name) + ".toml"),
               fmt::format("name = \"{}\"\n[file]\npattern = '(?P<who>[a-z]+)-(?P<mood>[0-9])'\n"
                           "label = \"mood\"\nspeaker = \"who\"\n",
                           name));
    ASSERT_EQ(run_command({"aver-extract-audio", "-i", path("data"), "-o", path(name), "--modality",
                           "audio-only", "--corpus", path(name) + ".toml"})
                  .exit_status,
              0);
  }
  const auto made = run_command({"aver-split", "make", "-i", path("one"), "-i", path("two"), "-o",
                                 path("split.csv"), "--protocol", "leave-one:corpus"});
  EXPECT_EQ(made.exit_status, 1);
  EXPECT_THAT(made.err, HasSubstr("ann-1 is a clip of one and one of two"));
}

}  // namespace
}  // namespace aver
