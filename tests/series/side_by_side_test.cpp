#include "series/side_by_side.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/error.h"
#include "store/npy.h"
#include "support.h"

namespace aver::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

class SideBySide : public testing::Test {
 protected:
  /// [frames, features] of a clip, each row a copy of `values`.
  void clip(const std::string& name, const std::vector<std::vector<float>>& frames) const {
    fs::create_directories((folder / name).parent_path());
    std::vector<float> values;
    for (const auto& frame : frames) values.insert(values.end(), frame.begin(), frame.end());
    write_npy(folder / name, {{frames.size(), frames.front().size()}, values});
  }
  void list(const std::string& text) const { write_file(folder / "list.toml", text); }
  void list_both() const {
    list(
        "[[series]]\nname = \"face\"\ninput = \"face\"\n"
        "[[series]]\nname = \"voice\"\ninput = \"voice\"\n");
  }
  MfccClips read() const {
    NoProgress none;
    return read_series({folder / "list.toml", Corpus()}, {}, {}, none);
  }
  static ReadPart part(const std::string& name, std::size_t features, const std::string& key) {
    MfccClips clips;
    Clip clip;
    clip.key = key;
    clips.clips.push_back({clip, FloatArray::matrix(features, 2)});
    clips.clips.back().array.values.assign(2 * features, 1);
    clips.settings = {{"features", "series"}};
    return {name, features, std::move(clips)};
  }

  TemporaryFolder folder;
};

TEST_F(SideBySide, EachStepOfTheFirstIsShownWhatTheOtherHasAtThatTime) {
  clip("face/02-01-03-01-01-01-01.npy", {{1, 10}, {2, 20}});
  // Three steps to one and a half of the face's.
  clip("voice/03-01-03-01-01-01-01.npy", {{0}, {6}, {12}});
  list_both();
  const auto clips = read();
  ASSERT_EQ(clips.clips.size(), 1U);
  EXPECT_EQ(clips.clips[0].clip.label, "happy");
  const auto& array = clips.clips[0].array;
  ASSERT_EQ(array.shape, (std::vector<std::size_t>{3, 2}));
  EXPECT_THAT(array.row(0), ElementsAre(1, 2));
  EXPECT_THAT(array.row(1), ElementsAre(10, 20));
  EXPECT_THAT(array.row(2), ElementsAre(2, 10)) << "means of one and a half each";
  EXPECT_THAT(features_of_parts(clips.settings), ElementsAre(2, 1));
}

TEST_F(SideBySide, ASlowerOneIsReadBetweenItsSteps) {
  clip("face/02-01-03-01-01-01-01.npy", {{1}, {1}, {1}, {1}});
  clip("voice/03-01-03-01-01-01-01.npy", {{0}, {8}});
  list_both();
  const auto clips = read();
  // The steps of the voice stand in the middles of the halves: between 0.5 and 2.5 of the face's.
  EXPECT_THAT(clips.clips[0].array.row(1), ElementsAre(0, 2, 6, 8));
}

TEST_F(SideBySide, ClipsThatLackOneAreLeftOutAndCounted) {
  clip("face/02-01-03-01-01-01-01.npy", {{1}});
  clip("face/02-01-04-01-01-01-01.npy", {{1}});
  clip("voice/03-01-03-01-01-01-01.npy", {{2}});
  list_both();
  const auto clips = read();
  EXPECT_EQ(clips.clips.size(), 1U);
  EXPECT_THAT(clips.all, ElementsAre("01-03-01-01-01-01"));
  EXPECT_THAT(clips.left_out, Contains("without voice: 1 clip, which is left out"));
}

TEST_F(SideBySide, WhatIsLackingIsNotANumberWhereThatIsAllowed) {
  const auto joined = side_by_side({part("face", 2, "a"), part("voice", 1, "b")}, true);
  ASSERT_EQ(joined.clips.size(), 2U);
  EXPECT_THAT(joined.clips[0].array.row(1), Each(1));
  EXPECT_TRUE(std::isnan(joined.clips[0].array.row(2)[0]));
  EXPECT_TRUE(std::isnan(joined.clips[1].array.row(0)[0]));
  EXPECT_THAT(joined.clips[1].array.row(2), Each(1));
  EXPECT_THROW(side_by_side({part("face", 2, "a"), part("voice", 1, "b")}, false), Error);
}

TEST_F(SideBySide, WhereTheFirstIsAwayStepsAreAsLongAsWithIt) {
  auto voice = part("voice", 1, "b");
  voice.clips.clips.front().array = {{1, 9}, std::vector<float>(9, 1)};
  voice.steps = 3;  // of the voice for one of the face's, as a model remembers it
  const auto joined = side_by_side({part("face", 2, "a"), voice}, true);
  ASSERT_EQ(joined.clips.size(), 2U);
  EXPECT_EQ(joined.clips[1].array.shape, (std::vector<std::size_t>{3, 3}));
  EXPECT_THAT(joined.clips[1].array.row(2), Each(1));
}

TEST_F(SideBySide, AMirrorOfTheFaceLeavesTheVoice) {
  auto face = part("face", 2, "a");
  face.clips.mirrored = {{1, -1}, {0, -1}};
  const auto joined = side_by_side({part("voice", 1, "a"), std::move(face)}, false);
  ASSERT_EQ(joined.mirrored.size(), 3U);
  EXPECT_EQ(joined.mirrored[0].source, 0U);
  EXPECT_EQ(joined.mirrored[0].sign, 1);
  EXPECT_EQ(joined.mirrored[1].source, 2U);
  EXPECT_EQ(joined.mirrored[2].source, 1U);
  EXPECT_EQ(joined.mirrored[2].sign, -1);
  EXPECT_TRUE(side_by_side({part("a", 1, "a"), part("b", 1, "a")}, false).mirrored.empty());
}

TEST_F(SideBySide, EachIsPreparedAsTheListSays) {
  list(
      "[[series]]\nname = \"face\"\ninput = \"/faces\"\nalign = \"eyes\"\ndifferences = 2\n"
      "[[series]]\nname = \"gaze\"\ninput = \"gaze.csv\"\ncolumns = [\"gaze_*\"]\n");
  SeriesOptions usual;
  usual.summary = "course";
  const auto parts = read_series_list(folder / "list.toml", usual);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].input, "/faces");
  EXPECT_EQ(parts[0].options.align, "eyes");
  EXPECT_EQ(parts[0].options.differences, 2);
  EXPECT_EQ(parts[0].options.summary, "course");
  EXPECT_EQ(parts[1].input, folder / "gaze.csv");
  EXPECT_EQ(parts[1].options.align, "none");
  EXPECT_THAT(parts[1].options.columns, ElementsAre("gaze_*"));
}

TEST_F(SideBySide, WhatAListGetsWrongIsNamed) {
  const auto told = [&](const std::string& text) {
    list(text);
    return error_of([&] { read_series_list(folder / "list.toml", {}); });
  };
  const std::string face = "[[series]]\nname = \"face\"\ninput = \"face\"\n";
  EXPECT_THAT(told(""), AllOf(HasSubstr("list.toml"), HasSubstr("names no series")));
  EXPECT_THAT(told("[series]\nname = \"face\"\n"), HasSubstr("[[series]]"));
  EXPECT_THAT(told("input = \"face\"\n"), HasSubstr("no key input"));
  EXPECT_THAT(told("series = [1]\n"), HasSubstr("must be tables"));
  EXPECT_THAT(told("[[series]]\ninput = \"face\"\n"), HasSubstr("has no name"));
  EXPECT_THAT(told("[[series]]\nname = \"face\"\n"), HasSubstr("face has no input"));
  EXPECT_THAT(told(face + face), HasSubstr("two series have the name face"));
  EXPECT_THAT(told(face + "aling = \"eyes\"\n"), AllOf(HasSubstr("aling"), HasSubstr("align")));
  EXPECT_THAT(told(face + "align = \"nose\"\n"), HasSubstr("align"));
  EXPECT_THAT(told(face + "differences = \"two\"\n"), HasSubstr("differences"));
  EXPECT_THAT(told("[[series]]\nname = 3\n"), HasSubstr("name must be a text"));
}

TEST_F(SideBySide, AListOfListsIsRefused) {
  list("[[series]]\nname = \"face\"\ninput = \"list.toml\"\n");
  EXPECT_THAT(error_of([&] { read(); }), HasSubstr("a list of series itself"));
}

}  // namespace
}  // namespace aver::test
