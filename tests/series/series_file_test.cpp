#include "series/series_file.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "store/npy.h"
#include "support.h"

namespace aver::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SeriesFile : public testing::Test {
 protected:
  fs::path file(const std::string& name, const std::string& text) const {
    write_file(folder / name, text);
    return folder / name;
  }

  template <typename Body>
  static std::string error_of(Body body) {
    try {
      body();
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  TemporaryFolder folder;
};

TEST_F(SeriesFile, AnArrayIsFramesByFeaturesAndOneRowIsOneFrame) {
  write_npy(folder / "two.npy", {{2, 3}, {1, 2, 3, 4, 5, 6}});
  write_npy(folder / "one.npy", {{3}, {1, 2, 3}});
  EXPECT_EQ(read_series_file(folder / "two.npy", {}).frames.shape,
            (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(read_series_file(folder / "one.npy", {}).frames.shape,
            (std::vector<std::size_t>{1, 3}));
  write_npy(folder / "cube.npy", {{1, 2, 1}, {1, 2}});
  EXPECT_THAT(error_of([&] { read_series_file(folder / "cube.npy", {}); }), HasSubstr("cube.npy"));
  write_npy(folder / "none.npy", {{0, 3}, {}});
  EXPECT_THAT(error_of([&] { read_series_file(folder / "none.npy", {}); }), HasSubstr("none.npy"));
}

TEST_F(SeriesFile, ATableAsOpenFaceWritesItHasItsColumnsByName) {
  const auto path = file("a.csv",
                         "frame, face_id, timestamp, confidence, success, AU01_r, AU02_r, AU01_c\n"
                         "1, 0, 0.000, 0.98, 1, 0.5, 1.5, 1\n"
                         "2, 0, 0.033, 0.02, 0, 9.0, 9.0, 0\n"
                         "3, 0, 0.067, 0.98, 1, 0.7, 1.7, 0\n");
  const auto all = read_series_file(path, {});
  EXPECT_THAT(all.names, ElementsAre("AU01_r", "AU02_r", "AU01_c"));
  EXPECT_EQ(all.frames.shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(all.lost, 1U);
  const auto chosen = read_series_file(path, {"AU*_r"});
  EXPECT_THAT(chosen.names, ElementsAre("AU01_r", "AU02_r"));
  EXPECT_THAT(chosen.frames.values, ElementsAre(0.5F, 1.5F, 0.7F, 1.7F));
  EXPECT_THAT(read_series_file(path, {"AU01_c", "AU*_r"}).names,
              ElementsAre("AU01_c", "AU01_r", "AU02_r"));
  EXPECT_THAT(error_of([&] { read_series_file(path, {"gaze_*"}); }), HasSubstr("gaze_*"));
}

TEST_F(SeriesFile, WhatIsNoNumberIsNamedWithItsLineAndColumn) {
  const auto path = file("a.csv", "AU01,AU02\n1,2\n3,nan\n");
  EXPECT_THAT(error_of([&] { read_series_file(path, {}); }),
              testing::AllOf(HasSubstr("line 3"), HasSubstr("AU02"), HasSubstr("nan")));
  const auto lost = file("b.csv", "success,AU01\n0,2\n0,3\n");
  EXPECT_THAT(error_of([&] { read_series_file(lost, {}); }), HasSubstr("no frame"));
}

TEST_F(SeriesFile, ATableOfClipsAsOpenSmileWritesIt) {
  const auto path = file("e.csv",
                         "name;frameTime;F0_mean;loud_mean\n"
                         "'03-01-01-01-01-01-01';0.0;110.5;0.3\n"
                         "'03-01-02-01-01-01-01';0.0;120.5;0.4\n");
  const auto clips = read_series_table(path, {});
  ASSERT_EQ(clips.size(), 2U);
  EXPECT_EQ(clips[0].name, "03-01-01-01-01-01-01");
  EXPECT_THAT(clips[0].names, ElementsAre("F0_mean", "loud_mean"));
  EXPECT_THAT(clips[1].frames.values, ElementsAre(120.5F, 0.4F));
}

TEST_F(SeriesFile, RowsOfOneClipAreItsFramesAndMustStandTogether) {
  const auto path = file("t.csv", "clip,label,x\na,happy,1\na,happy,2\nb,sad,3\n");
  const auto clips = read_series_table(path, {});
  ASSERT_EQ(clips.size(), 2U);
  EXPECT_EQ(clips[0].frames.shape, (std::vector<std::size_t>{2, 1}));
  const auto apart = file("u.csv", "clip,x\na,1\nb,2\na,3\n");
  EXPECT_THAT(error_of([&] { read_series_table(apart, {}); }), HasSubstr("two places"));
  const auto nameless = file("v.csv", "x,y\n1,2\n");
  EXPECT_THAT(error_of([&] { read_series_table(nameless, {}); }), HasSubstr("clip, file or name"));
  const auto wordy = file("w.csv", "clip,comment\na,good\n");
  EXPECT_THAT(error_of([&] { read_series_table(wordy, {}); }), HasSubstr("no column of numbers"));
}

}  // namespace
}  // namespace aver::test
