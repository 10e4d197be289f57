#include "synthesis/corpus.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "base/files.h"
#include "corpus/known_corpora.h"

namespace aver {
namespace {

TEST(Corpus, HoldsSixtyPerformancesPerActorAsRavdessDoes) {
  const auto clips = corpus_clips({.actors = 3, .twin_actor = 0});
  ASSERT_EQ(clips.size(), 180U);
  std::map<Emotion, int> counts;
  for (const auto& id : clips) ++counts[id.emotion];
  EXPECT_EQ(counts[Emotion::neutral], 3 * 4);
  for (int code = 1; code < 8; ++code) EXPECT_EQ(counts[static_cast<Emotion>(code)], 3 * 8);
}

TEST(Corpus, GivesOneActorVideoOnlyAndAudioOnlyTwins) {
  const auto clips = corpus_clips({.actors = 2, .twin_actor = 2});
  std::map<std::pair<int, Modality>, int> counts;
  for (const auto& id : clips) ++counts[{id.actor, id.modality}];
  EXPECT_EQ(counts.size(), 4U);
  EXPECT_EQ((counts[{2, Modality::video_only}]), 60);
  EXPECT_EQ((counts[{2, Modality::audio_only}]), 60);
  EXPECT_EQ((counts[{1, Modality::audio_video}]), 60);
}

TEST(Corpus, NamesAreRavdessNamesAndSorted) {
  const auto clips = corpus_clips({.actors = 2});
  EXPECT_TRUE(std::is_sorted(clips.begin(), clips.end()));
  EXPECT_EQ(std::adjacent_find(clips.begin(), clips.end()), clips.end());
  for (const auto& id : clips) {
    const fs::path path = corpus_path(id);
    const DatasetClip read = ravdess().read(path, "");
    EXPECT_EQ(read.recording.name, id.stem());
    EXPECT_EQ(read.recording.clip.key, id.key());
    EXPECT_EQ(read.recording.clip.label, name_of(id.emotion));
    EXPECT_EQ(read.recording.clip.value("gender"), id.male() ? "male" : "female");
    EXPECT_EQ(path.parent_path().string(), id.actor_folder());
    EXPECT_EQ(path.extension(), id.modality == Modality::audio_only ? ".wav" : ".mp4");
  }
}

TEST(Corpus, NeutralIsNeverStrong) {
  for (const auto& id : corpus_clips({})) {
    EXPECT_TRUE(id.emotion != Emotion::neutral || id.intensity == 1) << id.stem();
  }
}

}  // namespace
}  // namespace aver
