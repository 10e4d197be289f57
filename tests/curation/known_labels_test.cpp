#include "curation/known_labels.h"

#include <gmock/gmock.h>

#include "corpus/known_corpora.h"

namespace aver {
namespace {

using ::testing::Contains;
using ::testing::Not;

TEST(KnownLabels, AreTheCommonNamesAndThoseOfDescriptions) {
  const auto names = class_names(nullptr);
  for (const char* name : {"calm", "fearful", "boredom", "contempt"}) {
    EXPECT_THAT(names, Contains(name));
  }
  EXPECT_THAT(names, Not(Contains("fear")));
  const Scheme mine(
      "name = 'mine'\n[file]\npattern = '(?P<mood>.)'\nlabel = 'mood'\n"
      "[fields.mood]\nvalues = { p = 'pensive' }\n",
      "mine.toml");
  EXPECT_THAT(class_names(&mine), Contains("pensive"));
}

TEST(KnownLabels, SpellingsMeanWhatSomeCorpusMeansByThem) {
  EXPECT_EQ(class_meant_by("fear"), "fearful");
  EXPECT_EQ(class_meant_by("ps"), "surprised");
  EXPECT_EQ(class_meant_by("Anger"), "angry");
  EXPECT_EQ(class_meant_by("SAD"), "sad");
  EXPECT_EQ(class_meant_by("disgusted"), "disgust");
  EXPECT_EQ(class_meant_by("A"), "") << "a letter of one corpus means nothing in another";
  EXPECT_EQ(class_meant_by("photosynthesis"), "");
}

}  // namespace
}  // namespace aver
