#include <gmock/gmock.h>

#include <set>

#include "base/csv.h"
#include "base/files.h"
#include "corpora_fixture.h"
#include "media/audio_file.h"
#include "support.h"

// Corpora of other names through whole commands: what a new user with CREMA-D's files does first.
namespace aver {
namespace {

using test::run_command;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using test::Corpora;
using test::write_tone;

TEST_F(Corpora, CremaDGoesThroughStagesSplitAndAudit) {
  write_crema_d();
  write_tone(folder / "data/1001_DFA_FUN_XX.wav", 100);
  const auto sounds = extract("crema-d");
  EXPECT_EQ(sounds.exit_status, 1) << "one file is none of the corpus's";
  EXPECT_THAT(sounds.out, HasSubstr("1001_DFA_FUN_XX.wav: '1001_DFA_FUN_XX' is not a CREMA-D name: "
                                    "its emotion field is 'FUN', expected ANG, DIS"));
  EXPECT_TRUE(fs::exists(folder / "audio/1002/angry/1002_DFA_ANG_XX.wav"));
  ASSERT_EQ(mfcc().exit_status, 0);
  const CsvTable clips = read_csv(folder / "mfcc/clips.csv");
  EXPECT_THAT(clips.rows, SizeIs(12));
  EXPECT_THAT(clips.header,
              ElementsAre("clip", "label", "speaker", "corpus", "language", "level", "sentence"));

  const auto made = split("leave-one:speaker");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("Training has seen 0 of 3 test actors, 0 of 12 test clips"));
  const auto audited = run_command({"aver-split", "audit", path("split.csv"), "-i", path("mfcc")});
  EXPECT_EQ(audited.exit_status, 0) << audited.out;
  EXPECT_THAT(audited.out, HasSubstr("12 recordings compared"));

  ASSERT_EQ(split("leave-one:sentence").exit_status, 0);
  const auto leak = run_command({"aver-split", "audit", path("split.csv"), "-i", path("mfcc")});
  EXPECT_EQ(leak.exit_status, 0) << "that speakers are shared, the protocol announces";
  EXPECT_THAT(leak.out, HasSubstr("announces this"));
}

TEST_F(Corpora, PublishedFoldsOfAnotherCorpusAreRefused) {
  for (const char* name : {"03a01Fa", "08a01Wa", "09a02Na"}) {
    write_tone(folder / "data" / (std::string(name) + ".wav"), 200);
  }
  ASSERT_EQ(extract("emo-db").exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  // EMO-DB's speakers have numbers that RAVDESS's actors have too.
  const auto result = split("actor-5");
  EXPECT_NE(result.exit_status, 0);
  EXPECT_THAT(result.err, HasSubstr("--protocol must be one of paper, paper-augmented, clip"));
}

TEST_F(Corpora, FiltersAndLabelMapsAreCounted) {
  write_crema_d();
  ASSERT_EQ(extract("crema-d").exit_status, 0);
  write_file(folder / "map.toml", "[labels]\nangry = \"negative\"\nhappy = \"\"\n");
  const auto result = mfcc({"--filter", "sentence=DFA", "--labels", path("map.toml")});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("--filter leaves out 6 clips"));
  EXPECT_THAT(result.err, HasSubstr("--labels drops 3 clips of happy"));
  for (const auto& row : read_csv(folder / "mfcc/clips.csv").rows) EXPECT_EQ(row[1], "negative");
  const auto wrong = mfcc({"--filter", "sentense=DFA"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("no clip has a column 'sentense'; their columns are"));
}

TEST_F(Corpora, ATableListsPartsOfFiles) {
  write_tone(folder / "data/interview.wav", 200, 1);
  write_file(folder / "corpus.csv",
             ",file,start,end,emotion,speaker\r\n0,interview.wav,0,0.25,neutral,ann\r\n"
             "1,interview.wav,0.25,1,happy,ann\r\n2,lost.wav,,,happy,bob\r\n");
  const auto result = extract(path("corpus.csv"));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("line 4, lists it, and it is not there"));
  const auto samples = [&](const char* name) {
    return read_sound_file(folder / "audio/ann" / name).samples.size();
  };
  EXPECT_EQ(samples("neutral/interview_000.wav"), 12000U) << "a quarter of a second at 48 kHz";
  EXPECT_EQ(samples("happy/interview_001.wav"), 36000U);
}

TEST_F(Corpora, TwoSpeakersAreSaidToBeTooFew) {
  double hertz = 200;
  for (const char* name : {"OAF_back_angry", "OAF_back_sad", "YAF_back_angry", "YAF_back_sad"}) {
    write_tone(folder / "data" / (std::string(name) + ".wav"), hertz += 10);
  }
  ASSERT_EQ(extract("tess").exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  const auto made = split("group-2");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("These are clips of two speakers"));

  ASSERT_EQ(split("leave-one:speaker").exit_status, 0);
  const auto audited = run_command({"aver-split", "audit", path("split.csv"), "-i", path("mfcc")});
  EXPECT_EQ(audited.exit_status, 0) << audited.out;
  EXPECT_THAT(audited.out, HasSubstr("announces this: speakers (train–validation)"));
  EXPECT_THAT(audited.out, HasSubstr("\n  words  "));
}

TEST_F(Corpora, NamesInLatin1GoThroughStages) {
  write_tone(folder /
                 "data/f\xfcr/gr\xfc\xdf"
                 "e.wav",
             200);
  write_tone(folder / "data/f\xfcr/zwei.wav", 300);
  write_file(folder / "data/f\xfcr/kaputt\xfc.wav", "no sound at all");
  const auto first = extract("folders", {"--json"});
  EXPECT_EQ(first.exit_status, 1) << "one file is damaged: " << first.err;
  EXPECT_THAT(first.out, HasSubstr("kaputt"));
  const fs::path made = folder /
                        "audio/f\xfcr/f\xfcr_gr\xfc\xdf"
                        "e.wav";
  ASSERT_TRUE(fs::exists(made));
  const auto before = stamp_of(made);
  EXPECT_EQ(extract("folders").exit_status, 1);
  EXPECT_EQ(stamp_of(made), before) << "what is there is known again";
  ASSERT_EQ(mfcc().exit_status, 0);
  ASSERT_THAT(read_csv(folder / "mfcc/clips.csv").rows, SizeIs(2));
  EXPECT_EQ(read_csv(folder / "mfcc/clips.csv").rows[0][1], "f\xfcr");
}

TEST_F(Corpora, WhatArchivesAndPeopleDoToFoldersIsSeenThrough) {
  for (const char* name :
       {"real/03a01Fa.WAV", "data/__MACOSX/03a01Wa.wav", "data/._03a01Fa.wav", "data/.DS_Store"}) {
    write_tone(folder / name, 200);
  }
  write_tone(folder / "data/08/08a01Na.wav", 300);
  fs::create_directory_symlink(folder / "real", folder / "data/03");
  const auto result = extract("emo-db");
  ASSERT_EQ(result.exit_status, 0) << result.out << result.err;
  EXPECT_TRUE(fs::exists(folder / "audio/03/happy/03a01Fa.wav"));
  EXPECT_TRUE(fs::exists(folder / "audio/08/neutral/08a01Na.wav"));
  EXPECT_THAT(read_csv(folder / "audio/clips.csv").rows, SizeIs(2));
}

TEST_F(Corpora, ADownloadThatLiesInItselfIsSaid) {
  for (const char* place : {"data/", "data/audio_speech_actors_01-24/"}) {
    for (const char* name : {"03-01-03-01-01-01-01.wav", "03-01-04-01-01-01-01.wav"}) {
      write_tone(folder / (std::string(place) + "Actor_01/" + name), 200);
    }
  }
  const auto result = extract("ravdess");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("holds 2 names twice, all of them with equal content"));
}

TEST_F(Corpora, PartsWithinClassesAndClassesWithinPartsAreOneCorpus) {
  for (const char* name : {"happy/train/1.wav", "happy/test/1.wav", "train/sad/1.wav"}) {
    write_tone(folder / "data" / name, 200);
  }
  ASSERT_EQ(extract("folders").exit_status, 0);
  const CsvTable clips = read_csv(folder / "audio/clips.csv");
  ASSERT_THAT(clips.rows, SizeIs(3));
  EXPECT_EQ(clips.rows[0][clips.column("label")], "happy");
  EXPECT_EQ(clips.rows[1][clips.column("label")], "happy");
  EXPECT_EQ(clips.rows[2][clips.column("label")], "sad");
  EXPECT_EQ(clips.rows[2][clips.column("part")], "train");
}

TEST_F(Corpora, SyntheticClipsUnderAnotherCorpusesNamesAreThatCorpus) {
  std::set<std::string> sounds_of_all;
  std::size_t count = 0;
  for (const auto& [names, modality, clips] : {std::tuple{"crema-d", "av", 33U},
                                               {"emo-db", "audio-only", 33U},
                                               {"tess", "audio-only", 26U}}) {
    const auto made = run_command({"aver-synthesize", "-q", "-o", path("made"), "--names", names,
                                   "--actors", "3", "--statements", "1", "--repetitions", "1",
                                   "--seconds", "0.5", "--size", "64x64", "--force"});
    ASSERT_EQ(made.exit_status, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("clips of calm: they are left out"));
    const auto sounds = run_command({"aver-extract-audio", "-i", path("made"), "-o", path(names),
                                     "--corpus", names, "--modality", modality});
    ASSERT_EQ(sounds.exit_status, 0) << sounds.out << sounds.err;
    EXPECT_THAT(read_csv(folder / names / "clips.csv").rows, SizeIs(clips)) << names;
    for (const fs::path& file : list_files(path(names))) {
      if (file.extension() != ".wav") continue;
      sounds_of_all.insert(read_file(file));
      ++count;
    }
  }
  EXPECT_EQ(sounds_of_all.size(), count) << "each corpus has people of its own";
}

TEST_F(Corpora, AChangedLabelMovesTheOutputs) {
  write_crema_d();
  ASSERT_EQ(extract("crema-d").exit_status, 0);
  write_file(folder / "map.toml", "[labels]\nangry = \"negative\"\n");
  ASSERT_EQ(extract("crema-d", {"--labels", path("map.toml")}).exit_status, 0);
  EXPECT_TRUE(fs::exists(folder / "audio/1001/negative/1001_DFA_ANG_XX.wav"));
  EXPECT_FALSE(fs::exists(folder / "audio/1001/angry/1001_DFA_ANG_XX.wav"));
}

}  // namespace
}  // namespace aver
