#include "protocol/leak_verdict.h"

#include <gtest/gtest.h>

namespace aver {
namespace {

LeakVerdict clean() {
  LeakVerdict verdict;
  verdict.test_groups = 4;
  verdict.test_clips = 40;
  return verdict;
}

TEST(LeakVerdict, SaysWhatTrainingHasSeen) {
  EXPECT_EQ(clean().finding(), "Training has seen 0 of 4 test actors, 0 of 40 test clips.");
  EXPECT_EQ(clean().sentence(), "Leak check: none found. " + clean().finding());
  EXPECT_FALSE(clean().leaks());
}

TEST(LeakVerdict, SaysWhereNobodyLookedIntoTheFiles) {
  LeakVerdict verdict = clean();
  verdict.by_name = true;
  EXPECT_EQ(
      verdict.sentence(),
      "Leak check: none found. Training has seen 0 of 4 test actors, 0 of 40 test clips. Only "
      "names were compared; aver-split audit --input compares what the files hold.");
}

TEST(LeakVerdict, NamesALeakOfAnyKind) {
  LeakVerdict verdict = clean();
  verdict.frames = true;
  verdict.shared_sounds = 2;
  verdict.validated = false;
  EXPECT_TRUE(verdict.leaks());
  EXPECT_EQ(verdict.finding(),
            "Training has seen 0 of 4 test actors, 0 of 40 test clips, 0 identical frames, 2 under "
            "another name; expect lower figures on new people. The test part also served as "
            "validation.");
  EXPECT_EQ(verdict.sentence(), "Leak check: LEAK. " + verdict.finding());
}

TEST(LeakVerdict, TellsALeakIntoValidationFromOneIntoTheTestPart) {
  LeakVerdict verdict = clean();
  verdict.validation_groups = 3;
  const std::string details =
      "Training has seen 0 of 4 test actors, 0 of 40 test clips. Validation shares 3 actors, 0 "
      "clips and 0 recordings under another name with it.";
  EXPECT_FALSE(verdict.leaks());
  EXPECT_EQ(verdict.finding(), "None found in the test part. " + details);
  EXPECT_EQ(verdict.sentence(), "Leak check: none found in the test part. " + details);
}

TEST(LeakVerdict, SpeaksOfSubjectsAndItemsWhereNamesAreNotRavdess) {
  LeakVerdict verdict = clean();
  verdict.people = "subjects";
  verdict.clips_known = false;
  verdict.test_groups = 0;
  EXPECT_EQ(verdict.seen(),
            "Training has seen an unknown number of test subjects, 0 of 40 test items");
}

TEST(LeakVerdict, SaysWhyNothingCouldBeChecked) {
  LeakVerdict verdict;
  verdict.unchecked = "no clip of the test part is here";
  EXPECT_FALSE(verdict.checked());
  EXPECT_EQ(verdict.finding(), "Not possible, no clip of the test part is here.");
  EXPECT_EQ(verdict.sentence(), "Leak check: not possible, no clip of the test part is here.");
}

}  // namespace
}  // namespace aver
