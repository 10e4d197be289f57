#include "corpus/corpus.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "corpus/catalog.h"
#include "corpus/corpus_table.h"
#include "corpus/emotions.h"
#include "corpus/frame_name.h"
#include "corpus/known_corpora.h"
#include "corpus/role.h"
#include "corpus/version_name.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string reason(const std::string& name) {
  try {
    ravdess().read(name + ".wav", kAudioOnly);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Ravdess, ReadsEveryFieldOfTheDocumentedExample) {
  // The example of the dataset's own page: video-only, speech, fearful, normal, dogs, first,
  // female.
  const DatasetClip file = ravdess().read("Actor_12/02-01-06-01-02-01-12.mp4", kAudioVideo);
  const Clip& clip = file.recording.clip;
  EXPECT_EQ(file.recording.modality, kVideoOnly);
  EXPECT_EQ(file.recording.name, "02-01-06-01-02-01-12");
  EXPECT_EQ(file.output_stem(), "Actor_12/fearful/02-01-06-01-02-01-12");
  EXPECT_EQ(clip.key, "01-06-01-02-01-12");
  EXPECT_EQ(clip.label, "fearful");
  EXPECT_EQ(clip.speaker, "12");
  EXPECT_EQ(clip.value("channel"), "speech");
  EXPECT_EQ(clip.value("intensity"), "normal");
  EXPECT_EQ(clip.value("statement"), "02");
  EXPECT_EQ(clip.value("repetition"), "01");
  EXPECT_EQ(clip.value("gender"), "female");
  EXPECT_EQ(clip.value("language"), "en");
}

TEST(Ravdess, SaysWhichFieldIsWrong) {
  EXPECT_THAT(reason("01-01-09-01-01-01-01"),
              HasSubstr("emotion field is '09', expected 01 to 08"));
  EXPECT_THAT(reason("01-03-03-01-01-01-01"), HasSubstr("vocal channel field is '03'"));
  EXPECT_THAT(reason("01-01-03-01-01-01-00"), HasSubstr("actor field is '00'"));
  EXPECT_THAT(reason("01-01-03-01-01-01-100"), HasSubstr("actor field is '100'"));
  EXPECT_THAT(reason("01-01-3-01-01-01-01"), HasSubstr("emotion field is '3'"));
  EXPECT_EQ(
      reason("holiday"),
      "'holiday' is not a RAVDESS name: seven two-digit fields MM-VC-EE-II-SS-RR-AA expected");
  EXPECT_THAT(reason("01-01-01-02-01-01-01"), HasSubstr("neutral has no strong intensity"));
}

TEST(Ravdess, ActorsOfOtherRecordingsCountOnTo99) {
  const DatasetClip file = ravdess().read("01-01-03-01-01-01-99.mp4", kAudioVideo);
  EXPECT_EQ(file.recording.clip.value("gender"), "male");
  EXPECT_EQ(file.folder, "Actor_99/happy");
  EXPECT_EQ(ravdess().find("01-03-01-01-01-25")->speaker, "25");
}

TEST(Ravdess, KeysComeFromAnyWritingOfTheName) {
  const ClipTable names = Corpus().clips();
  EXPECT_EQ(names.key("03-01-06-01-02-01-12"), "01-06-01-02-01-12");
  EXPECT_EQ(names.key("01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(names.key("Actor_12/01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(names.key("C:\\Actor_12\\01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(names.key("01-06-01-02-01-12"), "01-06-01-02-01-12");
  EXPECT_EQ(names.key("interview_3.wav"), "interview_3.wav");
  EXPECT_EQ(names.find("01-06-01-02-01-12")->speaker, "12");
  EXPECT_EQ(names.find("01-06-01-02-01-12_frame_0005"), std::nullopt);
}

TEST(ClipTable, KnowsAClipByItsKeyItsRecordingsAndTheNamesOfItsCorpus) {
  ClipTable clips;
  clips.add(scheme_named("savee")->read("DC/sa01.wav", kAudioOnly).recording);
  clips.add(Clip{"interview-1", "happy", "ann", {}});
  clips.add(Recording{{"take-7", "sad", "bob", {}}, "camera_7", std::string(kAudioVideo)});
  const std::string key = clips.clips().begin()->first;
  for (const char* name : {"DC/sa01.wav", "data/DC/sa01", "DC_sa01.wav", "DC_sa01"}) {
    EXPECT_EQ(clips.key(name), key) << name;
  }
  EXPECT_EQ(clips.key("C:\\data\\interview-1.flac"), "interview-1");
  EXPECT_EQ(clips.key("video/camera_7.mp4"), "take-7");
  EXPECT_EQ(clips.key("somebody.wav"), "somebody.wav") << "nothing is known of it";
}

TEST(ClipTable, TellsSpeakersOfTwoCorporaApart) {
  ClipTable clips;
  const Clip one = *scheme_named("emo-db")->find("03a01Fa");
  clips.add(one);
  EXPECT_EQ(clips.speaker(one), "03");
  clips.add(*ravdess().find("01-03-01-01-01-03"));
  EXPECT_EQ(clips.speaker(one), "emo-db 03");
}

TEST(FrameNames, HaveTheClipInFront) {
  EXPECT_EQ(frame_name("1001_DFA_ANG_XX", 5), "1001_DFA_ANG_XX_frame_0005");
  EXPECT_EQ(clip_of_item("1001_DFA_ANG_XX_frame_0005"), "1001_DFA_ANG_XX");
  EXPECT_EQ(clip_of_item("window_frame_left"), "window_frame_left") << "no number follows";
}

TEST(VersionNames, HaveTheClipInFrontAndMeanAVersionOfIt) {
  EXPECT_EQ(version_name("a", 1), "a") << "the first is the clip itself";
  EXPECT_EQ(version_name("a", 12), "a_version_12");
  EXPECT_EQ(version_in("a_version_12")->of, "a");
  EXPECT_EQ(version_in("a_version_12")->number, 12);
  for (const char* none : {"a", "a_version_", "a_version_1", "a_version_x", "_version_2"}) {
    EXPECT_FALSE(version_in(none)) << none;
  }
  const auto version = Corpus().clips().find("03-01-03-01-01-01-01_version_2");
  ASSERT_TRUE(version);
  EXPECT_EQ(version->key, "01-03-01-01-01-01_version_2");
  EXPECT_EQ(version->label, "happy");
  EXPECT_EQ(version->speaker, "01");
  EXPECT_EQ(original_of(*version), "01-03-01-01-01-01");
  EXPECT_EQ(version->value("version"), "2");
}

TEST(Roles, AreReadAsTheyAreWritten) {
  for (const Role role : kRoles) EXPECT_EQ(role_named(name_of(role)), role);
  EXPECT_EQ(role_named("valid"), std::nullopt);
  EXPECT_EQ(name_of(std::optional<Role>()), "");
}

TEST(ClassOrder, IsRavdessCodesThenAlphabet) {
  const std::vector<std::string> names = {"surprised", "zeal", "angry", "neutral", "awe", "angry"};
  EXPECT_THAT(in_class_order(names), ElementsAre("neutral", "angry", "surprised", "awe", "zeal"));
}

TEST(Catalog, FindsClipsInEveryPublishedLayout) {
  TemporaryFolder folder;
  for (const char* name : {"Actor_02/01-01-03-01-01-01-02.mp4", "01-01-03-01-01-01-01.MP4",
                           "Video_Speech_Actor_03/Actor_03/02-01-03-01-01-01-03.mp4",
                           "Actor_02/01-02-03-01-01-01-02.mp4", "notes.txt", "clip.mp4"}) {
    write_file(folder / name, "x");
  }
  ChosenClips chosen{ClipChoice()};
  const auto catalog = Corpus().scan(folder.path(), {".mp4"}, chosen);
  std::vector<std::string> stems;
  for (const auto& clip : catalog.clips) stems.push_back(clip.recording.name);
  EXPECT_THAT(stems,
              ElementsAre("01-01-03-01-01-01-01", "01-01-03-01-01-01-02", "02-01-03-01-01-01-03"));
  ASSERT_EQ(catalog.unnamed.size(), 1u);
  EXPECT_EQ(catalog.unnamed[0].path.filename(), "clip.mp4");
  EXPECT_EQ(scan_dataset(folder.path(), {".mp4"}, ravdess()).clips.size(), 4u);
}

TEST(Catalog, NamesClipsInFormatsThatNobodyReads) {
  TemporaryFolder folder;
  for (const char* name :
       {"01-01-03-01-01-01-01.mp4", "01-01-04-01-01-01-01.ts", "01-01-05-01-01-01-01.mp4.part",
        "01-01-06-01-01-01-01.wav", "notes.txt", "._01-01-04-01-01-01-01.ts"}) {
    write_file(folder / name, "x");
  }
  ChosenClips chosen{ClipChoice()};
  const auto catalog = Corpus().scan(folder.path(), {".mp4"}, chosen);
  ASSERT_EQ(catalog.remarks.size(), 1u);
  EXPECT_THAT(catalog.remarks[0],
              AllOf(HasSubstr("2 files named as clips"), HasSubstr("(.part, .ts)"),
                    HasSubstr("01-01-04-01-01-01-01.ts")));
  fs::remove(folder / "01-01-04-01-01-01-01.ts");
  fs::remove(folder / "01-01-05-01-01-01-01.mp4.part");
  EXPECT_TRUE(Corpus().scan(folder.path(), {".mp4"}, chosen).remarks.empty());
}

TEST(Catalog, NamesFoldersWhoseLinksAreDeadAndArchivesThatNobodyUnpacked) {
  TemporaryFolder folder;
  write_file(folder / "Actor_01/01-01-03-01-01-01-01.mp4", "x");
  ChosenClips chosen{ClipChoice()};
  const auto scanned = [&] { return Corpus().scan(folder.path(), {".mp4"}, chosen); };
  EXPECT_TRUE(scanned().remarks.empty());
  fs::create_symlink("/nowhere/Actor_02", folder / "Actor_02");
  write_file(folder / "Actor_03.zip", "x");
  write_file(folder / "Actor_04.tar.gz", "x");
  const auto catalog = scanned();
  EXPECT_EQ(catalog.clips.size(), 1u);
  ASSERT_EQ(catalog.unnamed.size(), 1u);
  EXPECT_EQ(catalog.unnamed[0].path, folder / "Actor_02");
  EXPECT_THAT(catalog.unnamed[0].reason, HasSubstr("leads nowhere"));
  ASSERT_EQ(catalog.remarks.size(), 1u);
  EXPECT_THAT(catalog.remarks[0], AllOf(HasSubstr("2 archives"), HasSubstr("Actor_03.zip")));
}

TEST(Catalog, RefusesTwoFilesOfOneName) {
  TemporaryFolder folder;
  write_file(folder / "a/01-01-03-01-01-01-01.mp4", "x");
  write_file(folder / "b/01-01-03-01-01-01-01.mp4", "y");
  try {
    scan_dataset(folder.path(), {".mp4"}, ravdess());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("a/01-01-03-01-01-01-01.mp4"));
    EXPECT_THAT(error.what(), HasSubstr("b/01-01-03-01-01-01-01.mp4"));
  }
}

TEST(Catalog, SaysWhenThereIsNothing) {
  TemporaryFolder folder;
  ChosenClips chosen{ClipChoice()};
  const auto error_of = [&](const fs::path& root) -> std::string {
    try {
      Corpus().scan(root, {".mp4"}, chosen);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of(folder.path()),
              HasSubstr("no .mp4 files of the speech channel found below"));
  EXPECT_THAT(error_of(folder / "none"), HasSubstr("no such folder"));
}

class CorpusTables : public ::testing::Test {
 protected:
  std::vector<DatasetClip> read(const std::string& text) {
    write_file(folder / "corpus.csv", text);
    return read_corpus_table(folder / "corpus.csv");
  }
  std::string error_of(const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder;
};

TEST_F(CorpusTables, AreReadAsTheirProgramsWriteThem) {
  // pandas with an index, a mark of the byte order, CRLF, semicolons and a quoted field.
  const auto files = read(
      "\xef\xbb\xbf"
      ";file;emotion;speaker;text\r\n0;a/1.wav;happy;ann;\"so; so\"\r\n");
  ASSERT_EQ(files.size(), 1U);
  const DatasetClip& clip = files[0];
  EXPECT_EQ(clip.path, "a/1.wav");
  EXPECT_EQ(clip.recording.name, "1");
  EXPECT_EQ(clip.recording.clip.label, "happy");
  EXPECT_EQ(clip.recording.clip.value("text"), "so; so");
  EXPECT_EQ(clip.folder, "ann/happy");
}

TEST_F(CorpusTables, PartsOfFilesAreClipsOfTheirOwn) {
  const auto files =
      read("file,start,end,emotion\nx.wav,0 days 00:00:01.5,0 days 00:00:02,sad\nx.wav,2,,happy\n");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_DOUBLE_EQ(files[0].start, 1.5);
  EXPECT_DOUBLE_EQ(files[0].end, 2);
  EXPECT_EQ(files[1].recording.name, "x_001");
}

TEST_F(CorpusTables, SayInWhichLineSomethingIsWrong) {
  EXPECT_THAT(error_of("file,emotion\na.wav,happy\n,sad\n"),
              HasSubstr("corpus.csv, line 3: its file"));
  EXPECT_THAT(error_of("file,emotion\na.wav,\n"), HasSubstr("line 2: a.wav has no label"));
  EXPECT_THAT(error_of("file,start,end,emotion\na.wav,x,,sad\n"),
              HasSubstr("the time 'x' is none"));
  EXPECT_THAT(error_of("file,clip,emotion\na.wav,1,sad\nb.wav,2,sad\nb,3\n"), HasSubstr("line 4"));
  EXPECT_THAT(error_of("file,emotion\na.wav,sad\na.wav,happy\n"),
              HasSubstr("line 3: a.wav is in line 2 already"));
  EXPECT_THAT(error_of("name,emotion\nx,sad\n"), HasSubstr("no column 'file'"));
}

TEST_F(CorpusTables, RefuseTwoColumnsOfOneMeaningAndTimesThatAreNone) {
  EXPECT_THAT(error_of("file,emotion,speaker,speaker\na.wav,sad,1,2\n"),
              HasSubstr("the columns 'speaker' and 'speaker', of which only one can count"));
  EXPECT_THAT(error_of("file,emotion,label\na.wav,sad,3\n"),
              HasSubstr("the columns 'emotion' and 'label'"));
  EXPECT_THAT(error_of("file,start,emotion\na.wav,nan,sad\n"), HasSubstr("time 'nan' is none"));
}

TEST_F(CorpusTables, OutliveBeingWrittenAndReadAgain) {
  const auto files = read(
      "file,start,end,emotion,speaker,clip,age\nx.wav,1,2,sad,ann,c1,30\ny.wav,,,happy,,c2,\n");
  write_file(folder / "again.csv", corpus_table_text(files));
  const auto again = read_corpus_table(folder / "again.csv");
  ASSERT_EQ(again.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again[i].recording, files[i].recording);
    EXPECT_EQ(again[i].start, files[i].start);
  }
}

TEST_F(CorpusTables, TellTheBackslashesOfNamesFromWindowsSeparators) {
  const auto windows = read("file,emotion\nC:\\data\\x.wav,sad\nann\\y.wav,sad\n");
  EXPECT_EQ(windows[0].path, "C:/data/x.wav");
  EXPECT_EQ(windows[1].path, "ann/y.wav");
  EXPECT_EQ(windows[1].recording.name, "y");
  std::vector<DatasetClip> files(5);
  const char* const paths[] = {"a\\b.wav", "ann/c\\xd.wav", "=\\x41.wav", "a, \\b.wav",
                               "said \"so\", ann.wav"};
  for (std::size_t i = 0; i < files.size(); ++i) {
    files[i].path = paths[i];
    files[i].recording.clip.label = "sad";
  }
  const auto again = read(corpus_table_text(files));
  ASSERT_EQ(again.size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) EXPECT_EQ(again[i].path, paths[i]);
}

TEST(ClipChoices, CountWhatTheyLeaveOut) {
  const TemporaryFolder folder;
  write_file(folder / "map.toml", "[labels]\ncalm = \"neutral\"\nsurprised = \"\"\n");
  ClipChoice choice;
  choice.filter = {"gender=female"};
  choice.labels = folder / "map.toml";
  ChosenClips chosen(choice);
  EXPECT_EQ(chosen.take({"1", "calm", "a", {{"gender", "female"}}})->label, "neutral");
  EXPECT_FALSE(chosen.take({"2", "surprised", "a", {{"gender", "female"}}}));
  EXPECT_FALSE(chosen.take({"3", "calm", "b", {{"gender", "male"}}}));
  EXPECT_THAT(chosen.left_out(),
              ElementsAre("--filter leaves out 1 clip", "--labels drops 1 clip of surprised",
                          "--labels takes 1 clip of calm for neutral"));
}

TEST(ClipChoices, AClosedMapOfLabelsKnowsAllOfThem) {
  const TemporaryFolder folder;
  write_file(folder / "map.toml", "closed = true\n[labels]\njoy = \"happy\"\ncalm = \"\"\n");
  ClipChoice choice;
  choice.labels = folder / "map.toml";
  ChosenClips chosen(choice);
  EXPECT_EQ(chosen.take({"1", "joy", "a", {}})->label, "happy");
  EXPECT_EQ(chosen.take({"2", "happy", "a", {}})->label, "happy") << "it maps to this one";
  EXPECT_FALSE(chosen.take({"3", "calm", "a", {}}));
  EXPECT_THAT(
      [&] {
        chosen.take({"4", "bored", "a", {}});
      },
      ThrowsMessage<UsageError>(HasSubstr("does not know the label 'bored'")));
  write_file(folder / "map.toml", "closed = 1\n[labels]\njoy = \"happy\"\n");
  EXPECT_THROW(LabelMap(folder / "map.toml"), UsageError);
}

}  // namespace
}  // namespace aver
