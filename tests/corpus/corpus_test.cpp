#include <gmock/gmock.h>

#include "base/error.h"
#include "corpus/catalog.h"
#include "corpus/emotions.h"
#include "corpus/known_corpora.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  EXPECT_EQ(speaker_of("01-03-01-01-01-25"), "25");
}

TEST(Ravdess, KeysComeFromAnyWritingOfTheName) {
  EXPECT_EQ(clip_key("03-01-06-01-02-01-12"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("Actor_12/01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("C:\\Actor_12\\01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("01-06-01-02-01-12"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("interview_3.wav"), "interview_3.wav");
  EXPECT_EQ(speaker_of("01-06-01-02-01-12"), "12");
  EXPECT_EQ(speaker_of("01-06-01-02-01-12_frame_0005"), std::nullopt);
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
  const auto catalog = scan_dataset(folder.path(), {".mp4"}, ravdess(), ChannelFilter::speech);
  std::vector<std::string> stems;
  for (const auto& clip : catalog.clips) stems.push_back(clip.recording.name);
  EXPECT_THAT(stems,
              ElementsAre("01-01-03-01-01-01-01", "01-01-03-01-01-01-02", "02-01-03-01-01-01-03"));
  ASSERT_EQ(catalog.unnamed.size(), 1u);
  EXPECT_EQ(catalog.unnamed[0].path.filename(), "clip.mp4");
  EXPECT_EQ(scan_dataset(folder.path(), {".mp4"}, ravdess(), ChannelFilter::all).clips.size(), 4u);
}

TEST(Catalog, RefusesTwoFilesOfOneName) {
  TemporaryFolder folder;
  write_file(folder / "a/01-01-03-01-01-01-01.mp4", "x");
  write_file(folder / "b/01-01-03-01-01-01-01.mp4", "y");
  try {
    scan_dataset(folder.path(), {".mp4"}, ravdess(), ChannelFilter::speech);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("a/01-01-03-01-01-01-01.mp4"));
    EXPECT_THAT(error.what(), HasSubstr("b/01-01-03-01-01-01-01.mp4"));
  }
}

TEST(Catalog, SaysWhenThereIsNothing) {
  TemporaryFolder folder;
  EXPECT_THROW(scan_dataset(folder.path(), {".mp4"}, ravdess(), ChannelFilter::all), Error);
  EXPECT_THROW(scan_dataset(folder / "none", {".mp4"}, ravdess(), ChannelFilter::all), Error);
}

}  // namespace
}  // namespace aver
