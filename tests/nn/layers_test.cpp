#include "nn/layers.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/option_value.h"
#include "nn/options.h"

using namespace aver;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

TEST(VisualNetOptions, SidesShrinkAsInThePaper) {
  EXPECT_THAT(VisualNetOptions{}.sides(), ElementsAre(31, 14, 6, 2));
  VisualNetOptions same;
  same.padding = Padding::same;
  EXPECT_THAT(same.sides(), ElementsAre(32, 16, 8, 4));
}

TEST(VisualNetOptions, NameEverythingThatCannotWork) {
  VisualNetOptions options;
  options.picture_size = 20;
  options.dropout = 1.0;
  options.dense = {256, 0};
  try {
    require_valid(options);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--size 20"));
    EXPECT_THAT(error.what(), HasSubstr("--dropout"));
    EXPECT_THAT(error.what(), HasSubstr("--dense"));
  }
}

TEST(AudioNetOptions, StepsAfterPoolingFollowThePadding) {
  AudioNetOptions options;
  EXPECT_EQ(options.size_after_pooling(228), 57);
  EXPECT_EQ(options.size_after_pooling(40), 10);
  EXPECT_EQ(options.size_after_pooling(3), 0);
  options.padding = Padding::valid;
  EXPECT_EQ(options.size_after_pooling(228), ((228 - 4) / 2 - 2) / 2);
  EXPECT_EQ(options.size_after_pooling(1), 0);
}

TEST(AudioNetOptions, NameEverythingThatCannotWork) {
  AudioNetOptions options;
  options.filters = {64, 128};
  options.max_frames = 2;
  options.lstm = {};
  try {
    require_valid(options);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--filters needs three numbers"));
    EXPECT_THAT(error.what(), HasSubstr("2 time steps"));
    EXPECT_THAT(error.what(), HasSubstr("--lstm"));
  }
}

TEST(Padding, ReadsItsNamesOnly) {
  EXPECT_EQ(value_named<Padding>("same"), Padding::same);
  EXPECT_EQ(value_named<Padding>("valid"), Padding::valid);
  EXPECT_EQ(value_named<Padding>("full"), std::nullopt);
}

TEST(FormatLayers, AddsUpTheParameters) {
  const std::string text =
      format_layers("Net", {{"conv1", "Conv2D", {62, 62, 32}, 896}, {"out", "Dense", {8}, 1032}});
  EXPECT_THAT(text, HasSubstr("62 x 62 x 32"));
  EXPECT_THAT(text, HasSubstr("1,928"));
}

}  // namespace
