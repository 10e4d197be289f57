#include <gmock/gmock.h>

#include "base/csv.h"
#include "corpora_fixture.h"
#include "support.h"

// Folders as people have them: linked, twice, zipped, in other formats, under other names.
namespace aver {
namespace {

using test::Corpora;
using test::run_command;
using test::write_tone;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(Corpora, ALinkThatLeadsNowhereFailsByName) {
  write_tone(folder / "data/Actor_01/03-01-03-01-01-01-01.wav", 200);
  fs::create_symlink("../.git/annex/objects/lost.wav",
                     folder / "data/Actor_01/03-01-04-01-01-01-01.wav");
  const auto result = extract("ravdess");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("1 sound of 1 clip"), HasSubstr("03-01-04-01-01-01-01.wav"),
                    HasSubstr("leads nowhere"), HasSubstr("datalad get")));
}

TEST_F(Corpora, ADownloadThatLiesInItselfGoesOnWithKeepFirst) {
  for (const char* place : {"data/", "data/audio_speech_actors_01-24/"}) {
    write_tone(folder / (std::string(place) + "Actor_01/03-01-03-01-01-01-01.wav"), 200);
  }
  EXPECT_THAT(extract("ravdess").err, HasSubstr("--keep-first"));
  const std::vector<std::string> command = {
      "aver-extract-audio", "-i",         path("data"), "-o",
      path("audio"),        "--modality", "audio-only", "--keep-first"};
  const auto kept = run_command(command);
  EXPECT_EQ(kept.exit_status, 0) << kept.err;
  EXPECT_THAT(kept.out, HasSubstr("1 sound of 1 clip"));
  write_tone(folder / "data/audio_speech_actors_01-24/Actor_01/03-01-03-01-01-01-01.wav", 300);
  const auto different = run_command(command);
  EXPECT_EQ(different.exit_status, 1) << "the two are no copies now";
  EXPECT_THAT(different.err, HasSubstr("two files claim the clip"));
}

TEST_F(Corpora, FoldersThatContradictTheNamesOfTheirFilesAreSaid) {
  for (int i = 1; i <= 4; ++i) {
    write_tone(folder / fmt::format("data/happy/03-01-04-01-01-01-0{}.wav", i), 200 + 9 * i);
    write_tone(folder / fmt::format("data/Sadness/03-01-04-02-01-01-0{}.wav", i), 300 + 9 * i);
  }
  const auto result = extract("folders");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const std::string said =
      "the label contradicts the name in 4 of 8 clips (03-01-04-01-01-01-01 is happy there and sad "
      "by its name, 03-01-04-01-01-01-02 is happy there and sad by its name, 03-01-04-01-01-01-03 "
      "is happy there and sad by its name, …)";
  EXPECT_THAT(result.err, HasSubstr(said)) << "sadness is no other class than sad";
  // Whatever reads the stage hears of it too.
  const auto features = run_command({"aver-compute-mfcc", "-i", path("audio"), "-o", path("mfcc")});
  EXPECT_THAT(features.err, HasSubstr(said));
  const auto split = run_command(
      {"aver-split", "make", "-i", path("mfcc"), "-o", path("split.csv"), "--protocol", "random"});
  EXPECT_THAT(split.out, HasSubstr(said));
  const auto audited =
      run_command({"aver-split", "audit", path("split.csv"), "-i", path("mfcc"), "--json"});
  EXPECT_THAT(audited.out, HasSubstr(said));
}

TEST_F(Corpora, LabelsThatAMapMakesContradictNoName) {
  write_tone(folder / "data/Actor_01/03-01-02-01-01-01-01.wav", 200);
  write_tone(folder / "data/Actor_01/03-01-03-01-01-01-01.wav", 300);
  write_file(folder / "map.toml", "[labels]\ncalm = \"neutral\"\n");
  const auto mapped = run_command({"aver-extract-audio", "-i", path("data"), "-o", path("audio"),
                                   "--modality", "audio-only", "--labels", path("map.toml")});
  EXPECT_THAT(mapped.err, Not(HasSubstr("contradicts"))) << mapped.err;
  const auto features = run_command({"aver-compute-mfcc", "-i", path("audio"), "-o", path("mfcc")});
  EXPECT_EQ(features.exit_status, 0);
  EXPECT_THAT(features.err, Not(HasSubstr("contradicts"))) << "nor do they later";
}

TEST_F(Corpora, AFolderOfSongAloneSaysHowToTakeIt) {
  write_tone(folder / "data/Actor_01/03-02-02-01-01-01-01.wav", 200);
  write_tone(folder / "data/Actor_01/03-02-03-01-01-01-01.wav", 300);
  const auto result = extract("ravdess");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("of the speech channel"),
                                HasSubstr("2 clips are song, which --channel song or --channel all "
                                          "takes")));
  ASSERT_EQ(run_command({"aver-extract-audio", "-i", path("data"), "-o", path("audio"),
                         "--modality", "audio-only", "--channel", "all"})
                .exit_status,
            0);
  const auto later = run_command({"aver-compute-mfcc", "-i", path("audio"), "-o", path("mfcc")});
  EXPECT_THAT(later.err, HasSubstr("2 clips are song, which --channel song"));
}

TEST_F(Corpora, AnArchiveInPlaceOfFilesIsSaid) {
  write_file(folder / "data/Audio_Speech_Actors_01-24.zip", "PK\x03\x04");
  const auto result = extract("ravdess");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("Audio_Speech_Actors_01-24.zip"), HasSubstr("unzip")));
}

TEST_F(Corpora, FilesOfAnotherCorpusAreToldWhichOne) {
  write_crema_d();
  const auto result = extract("ravdess");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("12 of 12 are as crema-d does: --corpus crema-d"));
}

TEST_F(Corpora, RowsThatContradictEachOtherFailByTheirLines) {
  for (const char* name : {"a.wav", "b.wav"}) write_tone(folder / "data" / name, 200);
  write_file(folder / "corpus.csv",
             "file,clip,emotion,speaker\na.wav,k1,happy,ann\nb.wav,k1,sad,bob\nc.xyz,k2,sad,bob\n");
  const auto result = extract(path("corpus.csv"));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 sound of 1 clip"),
                                HasSubstr("line 3 of the table says that k1 is sad of 'bob', and "
                                          "line 2 that it is happy of 'ann'"),
                                HasSubstr("line 4, lists it, and no format that is read")));
}

TEST_F(Corpora, ADescriptionOfOnesOwnTravelsWithItsClips) {
  for (const char* who : {"s1", "s2", "s3"}) {
    for (const char* take : {"1", "2"}) {
      for (const char* emotion : {"joy", "sad"}) {
        write_tone(folder / "data" / fmt::format("{}-{}-{}.wav", who, take, emotion), 200);
      }
    }
  }
  const std::string toml =
      "name = \"mine\"\npeople = \"subjects\"\n[file]\npattern = "
      "'(?P<who>s\\d)-(?P<take>\\d)-(?P<emotion>joy|sad)'\nlabel = \"emotion\"\nspeaker = "
      "\"who\"\nattributes = [\"take\"]\n";
  write_file(folder / "mine.toml", toml);
  ASSERT_EQ(extract(path("mine.toml")).exit_status, 0);
  EXPECT_EQ(read_file(folder / "audio/mine.corpus.toml"), toml);
  fs::remove(folder / "mine.toml");
  ASSERT_EQ(mfcc().exit_status, 0);
  EXPECT_EQ(read_file(folder / "mfcc/mine.corpus.toml"), toml);
  const auto made = split("leave-one:take");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("test subjects"));
}

TEST_F(Corpora, FoldsOfOnesOwnTravelWithTheDescription) {
  for (const char* who : {"ann", "bob", "eve"}) {
    for (const char* mood : {"joy", "rage"}) {
      write_tone(folder / "data" / fmt::format("{}-{}.wav", who, mood), 200);
    }
  }
  write_file(folder / "mine.toml",
             "name = \"mine\"\n[file]\npattern = '(?P<who>[a-z]+)-(?P<mood>[a-z]+)'\nlabel = "
             "\"mood\"\nspeaker = \"who\"\n[folds.thirds]\nsource = \"ours\"\nfile = "
             "\"thirds.csv\"\n");
  write_file(folder / "thirds.csv", "fold,speaker\n0,ann\n1,eve\n2,bob\n");
  ASSERT_EQ(extract(path("mine.toml")).exit_status, 0);
  fs::remove(folder / "mine.toml");
  fs::remove(folder / "thirds.csv");
  ASSERT_EQ(mfcc().exit_status, 0);
  const auto made = split("thirds");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(read_file(folder / "split.csv"), HasSubstr("1,eve-joy,test\n"));
  const auto near = split("third");
  EXPECT_EQ(near.exit_status, 2);
  EXPECT_THAT(near.err, HasSubstr("did you mean thirds?"));
}

TEST_F(Corpora, TheClassFolderIsTheOneWithAKnownName) {
  write_tone(folder / "data/my corpus/Happy/1.wav", 200);
  write_tone(folder / "data/my corpus/sad/1.wav", 300);
  const auto result = extract("folders");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("classes are the folders below my corpus, such as Happy"));
  const CsvTable clips = read_csv(folder / "audio/clips.csv");
  ASSERT_EQ(clips.rows.size(), 2U);
  EXPECT_EQ(clips.rows[0][clips.column("label")], "happy");
  EXPECT_EQ(clips.rows[1][clips.column("label")], "sad");
}

TEST_F(Corpora, SpellingsOfOneClassInATableAreSaid) {
  write_tone(folder / "data/a.wav", 200);
  write_tone(folder / "data/b.wav", 300);
  write_file(folder / "corpus.csv", "file,emotion,speaker\na.wav,fear,ann\nb.wav,fearful,bob\n");
  const auto result = extract(path("corpus.csv"));
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err, HasSubstr("the labels fear, fearful are spellings of one class"));
  write_file(folder / "map.toml", "[labels]\nfear = \"fearful\"\n");
  const auto mapped = extract(path("corpus.csv"), {"--labels", path("map.toml")});
  EXPECT_THAT(mapped.err, Not(HasSubstr("spellings of one class")));
}

TEST_F(Corpora, TheSoundAndTheMovieOfAClipMayHaveOneName) {
  for (const char* name : {"1001_DFA_ANG_XX", "1002_DFA_HAP_XX", "1003_DFA_ANG_XX"}) {
    write_tone(folder / "data/AudioWAV" / (std::string(name) + ".wav"), 200);
    write_file(folder / "data/VideoFlash" / (std::string(name) + ".flv"), "read by others");
  }
  const auto made = run_command({"aver-split", "make", "-i", path("data"), "--corpus", "crema-d",
                                 "-o", path("split.csv"), "--protocol", "leave-one:speaker"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("0 of 3 test clips"));
  EXPECT_EQ(extract("crema-d").exit_status, 0);
  const auto both = run_command({"aver-extract-audio", "-i", path("data"), "-o", path("both"),
                                 "--corpus", "crema-d", "--modality", "both"});
  EXPECT_EQ(both.exit_status, 1);
  EXPECT_THAT(both.err, HasSubstr("would both be written as 1001_DFA_ANG_XX"));
}

TEST_F(Corpora, AChangedDescriptionIsTakenUpWithoutAnyClipMadeAnew) {
  for (const char* who : {"ann", "bob", "eve", "tom"}) {
    write_tone(folder / "data" / fmt::format("{}-joy.wav", who), 200);
  }
  const std::string toml =
      "name = \"mine\"\n[file]\npattern = '(?P<who>[a-z]+)-(?P<mood>[a-z]+)'\nlabel = "
      "\"mood\"\nspeaker = \"who\"\n";
  write_file(folder / "mine.toml", toml);
  ASSERT_EQ(extract(path("mine.toml")).exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  write_file(folder / "mine.toml",
             "people = \"guests\"\n" + toml +
                 "[folds.f]\nsource = \"ours\"\ntested = { 0 = [\"ann\"], 1 = [\"bob\"], 2 = "
                 "[\"eve\", \"tom\"] }\n");
  const auto again = extract(path("mine.toml"));
  EXPECT_THAT(again.out, HasSubstr("0 made now"));
  ASSERT_EQ(mfcc().exit_status, 0);
  const auto made = split("f");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("test guests"));
}

TEST_F(Corpora, DescriptionsThatContradictThemselvesAreRefused) {
  write_tone(folder / "data/ann-joy.wav", 200);
  const std::string file =
      "[file]\npattern = '(?P<who>[a-z]+)-(?P<mood>[a-z]+)'\nlabel = \"mood\"\nspeaker = "
      "\"who\"\n";
  const std::pair<std::string, const char*> kWrong[] = {
      {"name = \"emo-db\"\n" + file, "a corpus named 'emo-db' comes with aver"},
      {"name = \"mine\"\n" + file + "[fields.mood]\nvalues = { joy = \"\" }\n",
       "'joy' means nothing"},
      {"name = \"mine\"\n" + file +
           "[folds.f]\nsource = \"ours\"\ntested = { 0 = [\"ann\"], 1 = [\"ann\"] }\n",
       "ann is tested in fold 0 and in fold 1"},
      {"name = \"mine\"\n" + file +
           "[[speakers]]\nwho = \"ann\"\ngender = \"female\"\n[[speakers]]\nwho = "
           "\"an.\"\ngender = \"male\"\n",
       "say of ann that gender is"}};
  for (const auto& [toml, said] : kWrong) {
    write_file(folder / "mine.toml", toml);
    const auto result = extract(path("mine.toml"));
    EXPECT_NE(result.exit_status, 0) << said;
    EXPECT_THAT(result.err + result.out, HasSubstr(said));
  }
}

TEST_F(Corpora, WhatLabelsAndSpeakersHideIsSaid) {
  for (const char* name : {"a", "b", "c"}) {
    write_tone(folder / "data" / fmt::format("{}.wav", name), 200);
  }
  write_file(folder / "corpus.csv",
             "file,emotion,speaker\na.wav,anger,Eve\nb.wav,sad,eve\nc.wav,sad,bob\n");
  write_file(folder / "map.toml", "[labels]\nsadd = \"\"\n");
  const auto result = extract(path("corpus.csv"), {"--labels", path("map.toml")});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("labels that other corpora call otherwise: anger (angry)"),
                    HasSubstr("--labels names 'sadd', which no clip has; did you mean sad?"),
                    HasSubstr("the speakers Eve, eve differ in case alone")));
  EXPECT_EQ(extract(path("corpus.csv"), {"--channel", "song"}).exit_status, 2);
  const CsvTable clips = read_csv(folder / "audio/clips.csv");
  EXPECT_EQ(clips.rows.at(0).at(clips.column("corpus")), folder.path().filename().string());
  write_file(folder / "corpus.csv", "file,emotion,speaker\na.wav,sad,eve\na.wav,happy,eve\n");
  const auto twice = extract(path("corpus.csv"));
  EXPECT_NE(twice.exit_status, 0);
  EXPECT_THAT(twice.err, HasSubstr("line 3: a.wav is in line 2 already"));
}

TEST_F(Corpora, ThePartsThatADataSetBringsAreASplit) {
  for (const char* name : {"happy/train/1.wav", "happy/test/2.wav", "sad/train/3.wav",
                           "sad/test/4.wav", "sad/val/5.wav"}) {
    write_tone(folder / "data" / name, 200);
  }
  ASSERT_EQ(extract("folders").exit_status, 0);
  ASSERT_EQ(mfcc().exit_status, 0);
  const auto made = split("given");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  const std::string rows = read_file(folder / "split.csv");
  EXPECT_THAT(rows, AllOf(HasSubstr("1,train\n"), HasSubstr("2,test\n"), HasSubstr("3,train\n"),
                          HasSubstr("4,test\n"), HasSubstr("5,validation\n")));
}

TEST_F(Corpora, ADescriptionThatMisspellsItsOwnPlacesIsRefused) {
  write_tone(folder / "data/s1-joy.wav", 200);
  const std::string file =
      "name = \"mine\"\n[file]\npattern = '(?P<who>s\\d)-(?P<emotion>joy|sad)'\nlabel = "
      "\"emotion\"\nspeaker = \"who\"\n";
  const std::pair<const char*, const char*> kWrong[] = {
      {"key = \"{who}-{emotoin}\"\n", "key names 'emotoin'"},
      {"folder = \"{speker}\"\n", "did you mean speaker?"},
      {"attributes = [\"taek\"]\n", "attributes names 'taek'"},
      {"groups = [\"gender\"]\n", "groups names 'gender'"}};
  for (const auto& [line, said] : kWrong) {
    write_file(folder / "mine.toml", file + line);
    const auto result = extract(path("mine.toml"));
    EXPECT_NE(result.exit_status, 0);
    EXPECT_THAT(result.err, HasSubstr(said));
  }
}

}  // namespace
}  // namespace aver
