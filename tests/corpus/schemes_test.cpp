#include <gmock/gmock.h>

#include "base/error.h"
#include "corpus/catalog.h"
#include "corpus/known_corpora.h"
#include "corpus/spelling.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Example {
  const char* corpus;
  const char* path;
  const char* key;
  const char* label;
  const char* speaker;
  const char* output;  ///< of a stage, without extension
};

std::ostream& operator<<(std::ostream& out, const Example& example) {
  return out << example.corpus << " " << example.path;
}

std::string reason(const std::string& corpus, const std::string& path) {
  try {
    scheme_named(corpus)->read(path, kAudioOnly);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class SchemeExamples : public ::testing::TestWithParam<Example> {};

TEST_P(SchemeExamples, AreReadAsTheirCorpusMeansThem) {
  const Example& example = GetParam();
  const auto scheme = scheme_named(example.corpus);
  const DatasetClip file = scheme->read(example.path, kAudioOnly);
  EXPECT_EQ(file.recording.clip.key, example.key);
  EXPECT_EQ(file.recording.clip.label, example.label);
  EXPECT_EQ(file.recording.clip.speaker, example.speaker);
  EXPECT_EQ(file.output_stem(), example.output);
  const auto found = scheme->find(example.path);
  ASSERT_TRUE(found) << "a table may name the file with its folder and extension";
  EXPECT_EQ(found->key, example.key);
}

INSTANTIATE_TEST_SUITE_P(
    Published, SchemeExamples,
    ::testing::Values(
        Example{"crema-d", "AudioWAV/1001_DFA_ANG_XX.wav", "1001_DFA_ANG_XX", "angry", "1001",
                "1001/angry/1001_DFA_ANG_XX"},
        Example{"crema-d", "1040_ITH_SAD_X.wav", "1040_ITH_SAD_X", "sad", "1040",
                "1040/sad/1040_ITH_SAD_X"},
        Example{"savee", "AudioData/DC/sa01.wav", "DC_sa01", "sad", "DC", "DC/sad/DC_sa01"},
        Example{"savee", "JK_su15.wav", "JK_su15", "surprised", "JK", "JK/surprised/JK_su15"},
        Example{"tess", "OAF_Fear/OAF_back_fear.wav", "OAF_back_fear", "fearful", "OAF",
                "OAF/fearful/OAF_back_fear"},
        Example{"tess", "YAF_pleasant_surprised/YAF_dog_ps.wav", "YAF_dog_ps", "surprised", "YAF",
                "YAF/surprised/YAF_dog_ps"},
        Example{"tess", "OA_bite_neutral.wav", "OA_bite_neutral", "neutral", "OAF",
                "OAF/neutral/OA_bite_neutral"},
        Example{"emo-db", "wav/03a01Fa.wav", "03a01Fa", "happy", "03", "03/happy/03a01Fa"},
        Example{"emo-db", "16b10Lb.flac", "16b10Lb", "boredom", "16", "16/boredom/16b10Lb"},
        Example{"urdu", "Angry/SM1_F10_A010.wav", "SM1_F10_A010", "angry", "SM1",
                "SM1/angry/SM1_F10_A010"},
        Example{"enterface05", "subject 1/anger/sentence 1/s1_an_1.avi", "s1_an_1", "angry", "1",
                "1/angry/s1_an_1"},
        Example{"enterface05", "s_3_ha_1.avi", "s3_ha_1", "happy", "3", "3/happy/s_3_ha_1"},
        Example{"ck+48", "anger/S010_004_00000017.png", "S010_004_00000017", "angry", "S010",
                "S010/angry/S010_004_00000017"},
        Example{"folders", "Happy/a/1.wav", "Happy/a/1", "happy", "", "happy/Happy_a_1"},
        Example{"folders", "Happy/train/1.wav", "Happy/train/1", "happy", "",
                "happy/Happy_train_1"},
        Example{"folders", "Usage/PublicTest/sad/1.png", "Usage/PublicTest/sad/1", "sad", "",
                "sad/Usage_PublicTest_sad_1"},
        Example{"folders", "set/Train/sad/1.wav", "set/Train/sad/1", "sad", "",
                "sad/set_Train_sad_1"}));

TEST(Schemes, EveryOneThatComesWithAverIsReadWhole) {
  const auto names = known_corpora();
  EXPECT_THAT(names, Contains("ravdess"));
  for (const std::string& name : names) {
    const auto scheme = scheme_named(name);
    EXPECT_EQ(scheme->name(), name);
    if (name == "folders") continue;
    EXPECT_FALSE(scheme->cite().empty()) << name;
    EXPECT_FALSE(scheme->licence().empty()) << name;
    EXPECT_FALSE(scheme->labels().empty()) << name;
  }
}

TEST(Schemes, KnowWhatIsKnownOfSpeakers) {
  const auto clip = scheme_named("emo-db")->find("08a01Na");
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->value("gender"), "female");
  EXPECT_EQ(clip->value("language"), "de");
  EXPECT_EQ(clip->value("text"), "a01");
  EXPECT_EQ(clip->value("no such column"), "");
}

TEST(Schemes, SayWhatOfANameIsWrong) {
  EXPECT_THAT(reason("crema-d", "1001_DFA_ANGR_XX.wav"),
              HasSubstr("'1001_DFA_ANGR_XX' is not a CREMA-D name: its emotion field is 'ANGR', "
                        "expected ANG, DIS, FEA, HAP, NEU, SAD; did you mean ANG?"));
  EXPECT_THAT(reason("emo-db", "holiday.wav"), HasSubstr("not a EMO-DB name: speaker (2 digits)"));
}

TEST(Schemes, AnUnknownCorpusNamesThoseThatAreKnown) {
  try {
    scheme_named("cremad");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("ck+48, crema-d, emo-db"));
    EXPECT_THAT(error.what(), HasSubstr("did you mean crema-d?"));
  }
}

TEST(Schemes, ACorpusOfOnesOwnIsOneFile) {
  const TemporaryFolder folder;
  write_file(folder / "mine.toml", R"(
name = "mine"
[file]
pattern = '(?P<who>[a-z]+)-(?P<mood>[a-z]+)-(?P<take>[0-9]+)'
label = "mood"
speaker = "who"
[fields.mood]
values = { joy = "happy", rage = "angry" }
[folds.pairs]
source = "ours"
file = "pairs.csv"
)");
  write_file(folder / "pairs.csv", "fold,speaker\n0,ann\n1,bob\n");
  const auto scheme = scheme_named((folder / "mine.toml").string());
  const auto clip = scheme->find("x/ann-joy-3.wav");
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->label, "happy");
  EXPECT_EQ(clip->speaker, "ann");
  ASSERT_EQ(scheme->folds().size(), 1U);
  EXPECT_EQ(scheme->folds()[0].tested.at(1), std::vector<std::string>{"bob"});
}

TEST(Schemes, AMisspeltKeyIsSaid) {
  const auto error_of = [](const char* text) -> std::string {
    try {
      Scheme(text, "mine.toml");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of("name = 'x'\n[file]\npattern = '(?P<a>.)'\nlabel = 'a'\nspeeker = 'a'\n"),
              HasSubstr("mine.toml, [file]: unknown key 'speeker'; did you mean 'speaker'?"));
  EXPECT_THAT(error_of("name = 'x'\n[file]\npattern = '('\nlabel = 'a'\n"),
              HasSubstr("mine.toml, [file]: pattern '(' is no regular expression"));
  EXPECT_THAT(error_of("name = 'x'\n[file]\npattern = '(?P<a>.)'\nlabel = 'b'\n"),
              HasSubstr("the pattern has no group named 'b'"));
  EXPECT_THAT(error_of("name = \n"), HasSubstr("mine.toml, line 1"));
}

TEST(Catalog, LeavesWhatArchivesAndFileManagersLeaveBehind) {
  const TemporaryFolder folder;
  for (const char* name : {"a/03a01Fa.WAV", "__MACOSX/a/03a01Fb.wav", "a/._03a01Fa.wav",
                           "a/.DS_Store", "__MACOSX/._03a01Wa.wav"}) {
    write_file(folder / name, "x");
  }
  const auto catalog = scan_dataset(folder.path(), {".wav"}, *scheme_named("emo-db"));
  ASSERT_EQ(catalog.clips.size(), 1U) << "and extensions may be in upper case";
  EXPECT_EQ(catalog.clips[0].recording.name, "03a01Fa");
  EXPECT_TRUE(catalog.unnamed.empty());
}

TEST(Catalog, SaysHowManyClipsADownloadInsideItselfDoubles) {
  const TemporaryFolder folder;
  for (const char* place : {"", "audio_speech_actors_01-24/"}) {
    for (const char* name : {"03-01-03-01-01-01-01", "03-01-04-01-01-01-01"}) {
      write_file(folder / (std::string(place) + "Actor_01/" + name + ".wav"), name);
    }
  }
  try {
    scan_dataset(folder.path(), {".wav"}, ravdess());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("holds 2 names twice, all of them with equal content"));
  }
}

TEST(Catalog, FollowsLinksToFoldersAndEndsInLoops) {
  const TemporaryFolder folder;
  write_file(folder / "real/03a01Fa.wav", "x");
  fs::create_directories(folder / "data");
  fs::create_directory_symlink(folder / "real", folder / "data/03");
  fs::create_directory_symlink(folder / "data", folder / "data/loop");
  const auto catalog = scan_dataset(folder / "data", {".wav"}, *scheme_named("emo-db"));
  ASSERT_EQ(catalog.clips.size(), 1U);
  EXPECT_THAT(catalog.clips[0].path, HasSubstr("data/03/03a01Fa.wav"));
}

TEST(Catalog, NamesThatAreNotUtf8AreNamesLikeOthers) {
  const TemporaryFolder folder;
  write_file(folder /
                 "f\xfc"
                 "r/03a01Fa.wav",
             "x");
  const auto catalog = scan_dataset(folder.path(), {".wav"}, *scheme_named("folders"));
  ASSERT_EQ(catalog.clips.size(), 1U);
  EXPECT_EQ(catalog.clips[0].recording.clip.label, "f\xfcr");
}

TEST(Spellings, MeanWhatSomeCorpusMeansByThem) {
  EXPECT_EQ(class_meant_by("fear"), "fearful");
  EXPECT_EQ(class_meant_by("ps"), "surprised");
  EXPECT_EQ(class_meant_by("Anger"), "angry");
  EXPECT_EQ(class_meant_by("SAD"), "sad");
  EXPECT_EQ(class_meant_by("disgusted"), "disgust");
  EXPECT_EQ(class_meant_by("calm"), "") << "it is one";
  EXPECT_EQ(class_meant_by("A"), "") << "a letter of one corpus means nothing in another";
  EXPECT_EQ(class_meant_by("photosynthesis"), "");
  EXPECT_EQ(class_names().count("boredom"), 1U);
  EXPECT_EQ(class_names().count("fear"), 0U);
}

}  // namespace
}  // namespace aver
