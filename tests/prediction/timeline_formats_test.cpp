#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "made_estimates.h"
#include "prediction/answer_formats.h"
#include "support.h"

// Answers as other programs read them. What these programs make of them:
// tests/peers/peers_test.py.
namespace aver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kClasses = {"happy", "sad \"blue\""};

EmotionEstimate estimate(double start, double end, double happy) {
  return test::made_estimate(start, end, happy, kClasses);
}

ClipEstimate clip(std::vector<EmotionEstimate> windows = {}) {
  ClipEstimate made;
  made.name = "work/a.wav";
  made.seconds = 3725.5;
  made.whole = estimate(0, 3725.5, .6);
  made.windows = std::move(windows);
  return made;
}

std::string text(const char* format, const ClipEstimate& of) {
  return answer_format(format).clip(of, {kClasses});
}

TEST(Srt, HasACaptionForEachWindowUpToTheMiddleOfWhatTwoShare) {
  EXPECT_EQ(text("srt", clip({estimate(0, 1, .8), estimate(.5, 1.5, .9), estimate(1.5, 2, -1),
                              estimate(3661, 3662.0625, .1)})),
            "1\n00:00:00,000 --> 00:00:00,750\nhappy 80 %\n\n"
            "2\n00:00:00,750 --> 00:00:01,500\nhappy 90 %\n\n"
            "3\n01:01:01,000 --> 01:01:02,063\nsad \"blue\" 90 %\n\n");
  EXPECT_EQ(text("srt", clip()), "1\n00:00:00,000 --> 01:02:05,500\nhappy 60 %\n\n");
}

TEST(TextGrid, HasNoHolesAndDoublesQuotes) {
  const std::string grid =
      text("textgrid", clip({estimate(0, 1, .8), estimate(1, 2, -1), estimate(2, 3, .25)}));
  EXPECT_THAT(grid,
              testing::StartsWith("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"
                                  "xmin = 0\nxmax = 3725.5\ntiers? <exists>\nsize = 2\n"));
  EXPECT_THAT(grid,
              HasSubstr("name = \"emotion\"\n        xmin = 0\n        xmax = 3725.5\n        "
                        "intervals: size = 4\n"));
  EXPECT_THAT(grid, HasSubstr("xmin = 1\n            xmax = 2\n            text = \"\"\n"));
  EXPECT_THAT(grid, HasSubstr("text = \"sad \"\"blue\"\"\"\n"));
  EXPECT_THAT(grid, HasSubstr("xmin = 3\n            xmax = 3725.5\n            text = \"\"\n"));
  EXPECT_THAT(grid, HasSubstr("text = \"0.750\"\n"));
}

TEST(EmoBox, HasALineForEachWindowOrForTheClip) {
  const auto whole = nlohmann::json::parse(text("emobox", clip()));
  EXPECT_EQ(whole["key"], "work-a");
  EXPECT_EQ(whole["wav"], "work/a.wav");
  EXPECT_EQ(whole["emo"], "happy");
  EXPECT_EQ(whole["length"], 3725.5);
  EXPECT_FALSE(whole.contains("start_time"));
  EXPECT_EQ(whole["scores"]["happy"], .6);
  const std::string two = text("emobox", clip({estimate(0, 1, .8), estimate(1, 2, -1)}));
  const auto second = nlohmann::json::parse(two.substr(two.find('\n') + 1));
  EXPECT_EQ(second["key"], "work-a#2");
  EXPECT_EQ(second["start_time"], 1);
  EXPECT_TRUE(second["emo"].is_null());
  EXPECT_FALSE(second.contains("scores"));
}

TEST(Timelines, OfAPictureThereIsNone) {
  ClipEstimate picture = clip();
  for (const auto& [seconds, why] :
       {std::pair{0.0, "is a picture"}, {1e-5, "than a millisecond"}}) {
    picture.seconds = picture.whole.end = seconds;
    for (const char* format : {"srt", "textgrid"}) {
      EXPECT_THAT(test::error_of([&] { text(format, picture); }), HasSubstr(why));
    }
  }
}

}  // namespace
}  // namespace aver
