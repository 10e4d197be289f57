#include <gmock/gmock.h>

#include "base/error.h"
#include "corpus/catalog.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string reason(std::string_view stem) {
  try {
    parse_clip_id(stem);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ClipId, ReadsEveryFieldOfTheDocumentedExample) {
  // The example of the dataset's own page: video-only, speech, fearful, normal, dogs, first,
  // female.
  const ClipId id = parse_clip_id("02-01-06-01-02-01-12");
  EXPECT_EQ(id.modality, Modality::video_only);
  EXPECT_EQ(id.channel, Channel::speech);
  EXPECT_EQ(id.emotion, Emotion::fearful);
  EXPECT_EQ(id.intensity, 1);
  EXPECT_EQ(id.statement, 2);
  EXPECT_EQ(id.repetition, 1);
  EXPECT_EQ(id.actor, 12);
  EXPECT_FALSE(id.male());
  EXPECT_EQ(id.stem(), "02-01-06-01-02-01-12");
  EXPECT_EQ(id.key(), "01-06-01-02-01-12");
  EXPECT_EQ(id.actor_folder(), "Actor_12");
}

TEST(ClipId, SaysWhichFieldIsWrong) {
  EXPECT_THAT(reason("01-01-09-01-01-01-01"), HasSubstr("emotion field is '09'"));
  EXPECT_THAT(reason("01-01-03-01-01-01-00"), HasSubstr("actor field is '00'"));
  EXPECT_THAT(reason("01-01-03-01-01-01-100"), HasSubstr("actor field is '100'"));
  EXPECT_THAT(reason("01-01-3-01-01-01-01"), HasSubstr("emotion field is '3'"));
  EXPECT_THAT(reason("holiday"), HasSubstr("not a RAVDESS name"));
  EXPECT_THAT(reason("01-01-01-02-01-01-01"), HasSubstr("neutral has no strong intensity"));
}

TEST(ClipId, ActorsOfOtherRecordingsCountOnTo99) {
  const ClipId id = parse_clip_id("01-01-03-01-01-01-99");
  EXPECT_EQ(id.actor, 99);
  EXPECT_TRUE(id.male());
  EXPECT_EQ(id.stem(), "01-01-03-01-01-01-99");
  EXPECT_EQ(id.actor_folder(), "Actor_99");
  EXPECT_EQ(actor_of("01-03-01-01-01-25"), "25");
}

TEST(ClipId, KeysComeFromAnyWritingOfTheName) {
  EXPECT_EQ(clip_key("03-01-06-01-02-01-12"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("01-01-06-01-02-01-12.mp4"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("01-06-01-02-01-12"), "01-06-01-02-01-12");
  EXPECT_EQ(clip_key("interview_3.wav"), "interview_3.wav");
  EXPECT_EQ(actor_of("01-06-01-02-01-12"), "12");
  EXPECT_EQ(actor_of("01-06-01-02-01-12_frame_0005"), std::nullopt);
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
  const auto catalog = scan_dataset(folder.path(), {".mp4"}, ChannelFilter::speech);
  std::vector<std::string> stems;
  for (const auto& clip : catalog.clips) stems.push_back(clip.id.stem());
  EXPECT_THAT(stems,
              ElementsAre("01-01-03-01-01-01-01", "01-01-03-01-01-01-02", "02-01-03-01-01-01-03"));
  ASSERT_EQ(catalog.unnamed.size(), 1u);
  EXPECT_EQ(catalog.unnamed[0].path.filename(), "clip.mp4");
  EXPECT_EQ(scan_dataset(folder.path(), {".mp4"}, ChannelFilter::all).clips.size(), 4u);
}

TEST(Catalog, RefusesTwoFilesOfOneName) {
  TemporaryFolder folder;
  write_file(folder / "a/01-01-03-01-01-01-01.mp4", "x");
  write_file(folder / "b/01-01-03-01-01-01-01.mp4", "y");
  try {
    scan_dataset(folder.path(), {".mp4"}, ChannelFilter::speech);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("a/01-01-03-01-01-01-01.mp4"));
    EXPECT_THAT(error.what(), HasSubstr("b/01-01-03-01-01-01-01.mp4"));
  }
}

TEST(Catalog, SaysWhenThereIsNothing) {
  TemporaryFolder folder;
  EXPECT_THROW(scan_dataset(folder.path(), {".mp4"}, ChannelFilter::all), Error);
  EXPECT_THROW(scan_dataset(folder / "none", {".mp4"}, ChannelFilter::all), Error);
}

}  // namespace
}  // namespace aver
