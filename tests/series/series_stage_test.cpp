#include "series/series_stage.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/options.h"
#include "store/npy.h"
#include "support.h"

namespace aver::test {
namespace {

using testing::HasSubstr;

class SeriesStage : public testing::Test {
 protected:
  void clip(const std::string& name, std::size_t features = 2) const {
    fs::create_directories((folder / name).parent_path());
    write_npy(folder / name, {{3, features}, std::vector<float>(3 * features, 1)});
  }

  MfccClips read(SeriesOptions options = {}, bool named_only = true) const {
    NoProgress none;
    return read_series({folder.path(), Corpus(), named_only}, {}, std::move(options), none);
  }

  TemporaryFolder folder;
};

TEST_F(SeriesStage, ClipsJoinOtherModalitiesByTheirKeys) {
  clip("Actor_01/02-01-03-01-01-01-01.npy");
  clip("Actor_02/02-01-04-01-01-01-02.npy");
  const auto clips = read();
  ASSERT_EQ(clips.clips.size(), 2U);
  EXPECT_EQ(clips.clips[0].clip.key, "01-03-01-01-01-01");
  EXPECT_EQ(clips.clips[0].clip.label, "happy");
  EXPECT_EQ(clips.clips[0].array.shape, (std::vector<std::size_t>{2, 3}));
}

TEST_F(SeriesStage, FilesOfOtherNamesAreLeftOutInTrainingAndAnsweredOtherwise) {
  clip("02-01-03-01-01-01-01.npy");
  clip("holiday.npy");
  EXPECT_EQ(read().clips.size(), 1U);
  const auto all = read({}, false);
  ASSERT_EQ(all.clips.size(), 2U);
  EXPECT_EQ(all.clips[1].clip.key, "holiday");
  EXPECT_EQ(all.clips[1].clip.label, "");
}

TEST_F(SeriesStage, AClipOfAnotherWidthFailsByItself) {
  clip("02-01-03-01-01-01-01.npy", 2);
  clip("02-01-04-01-01-01-01.npy", 5);
  const auto clips = read();
  EXPECT_EQ(clips.clips.size(), 1U);
  ASSERT_EQ(clips.failed.size(), 1U);
  EXPECT_THAT(clips.failed[0].reason,
              testing::AllOf(HasSubstr("02-01-04"), HasSubstr("5 features")));
}

TEST_F(SeriesStage, WhatWasDoneIsRememberedAndDoneAgain) {
  clip("02-01-03-01-01-01-01.npy");
  SeriesOptions options;
  options.differences = 2;
  const auto clips = read(options);
  EXPECT_TRUE(is_of_series(clips.settings));
  const auto again = series_options_of(clips.settings);
  EXPECT_EQ(again.differences, 2);
  EXPECT_EQ(again.summary, "none");
}

TEST_F(SeriesStage, AnEmptyFolderAndAMissingOneAreNamed) {
  EXPECT_THROW(read(), Error);
  NoProgress none;
  EXPECT_THROW(read_series({folder / "missing", Corpus()}, {}, {}, none), Error);
}

}  // namespace
}  // namespace aver::test
