#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "made_estimates.h"
#include "prediction/answer_formats.h"
#include "prediction/estimate_output.h"

// Segments in every form of answers.
namespace aver {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> kClasses = {"happy", "sad"};

EmotionEstimate estimate(double start, double end, double happy) {
  return test::made_estimate(start, end, happy, kClasses);
}

/// Four windows of a second, half a second apart.
ClipEstimate clip() {
  ClipEstimate made;
  made.name = "work/=a.wav";
  made.seconds = 2.5;
  made.whole = estimate(0, 2.5, .6);
  made.windows = {estimate(0, 1, .8), estimate(.5, 1.5, .9), estimate(1, 2, .2),
                  estimate(1.5, 2.5, .1)};
  made.remarks = {"odd"};
  return made;
}

AnswerShape shape() {
  AnswerShape with{kClasses};
  with.smoother = Smoother{.5, 1};
  return with;
}

TEST(Segments, AreRowsOfCsvInPlaceOfWindows) {
  const AnswerFormat& csv = answer_format("csv");
  const CsvTable table = parse_csv(csv.head(shape()) + csv.clip(clip(), shape()) +
                                       csv.failure("b.wav", "it is damaged", shape()),
                                   "answers");
  EXPECT_THAT(table.header,
              ElementsAre("file", "start", "end", "emotion", "confidence", "error", "remarks"));
  EXPECT_THAT(table.rows,
              ElementsAre(ElementsAre("work/=a.wav", "0", "1.25", "happy", "0.850000", "", "odd"),
                          ElementsAre("work/=a.wav", "1.25", "2.5", "sad", "0.850000", "", "odd"),
                          ElementsAre("b.wav", "", "", "", "", "it is damaged", "")));
}

TEST(Segments, StandBesideWindowsInJson) {
  const auto json = nlohmann::json::parse(answer_format("jsonl").clip(clip(), shape()));
  EXPECT_EQ(json["windows"].size(), 4U);
  EXPECT_EQ(json["segments"],
            (nlohmann::json::array(
                {{{"start", 0.0}, {"end", 1.25}, {"emotion", "happy"}, {"confidence", .85}},
                 {{"start", 1.25}, {"end", 2.5}, {"emotion", "sad"}, {"confidence", .85}}})));
}

TEST(Segments, AreLinesOfTheTable) {
  const std::string text = answer_format("table").clip(clip(), shape());
  EXPECT_THAT(text,
              AllOf(HasSubstr("0.0 –    1.2 s  happy       85.0 %"),
                    HasSubstr("1.2 –    2.5 s  sad         85.0 %"), Not(HasSubstr("sound:"))));
}

TEST(Segments, AClipThatIsTooShortForWindowsIsOne) {
  ClipEstimate whole = clip();
  whole.windows.clear();
  const auto segments = segments_of(whole, Smoother());
  ASSERT_EQ(segments.size(), 1U);
  EXPECT_EQ(segments[0].end, 2.5);
  EXPECT_EQ(segments[0].confidence, .6);
  whole.seconds = 0;
  EXPECT_THAT(segments_of(whole, Smoother()), IsEmpty()) << "a still picture";
}

TEST(Segments, AreNotThereUnlessAskedFor) {
  const AnswerShape plain{kClasses};
  EXPECT_THAT(answer_format("jsonl").clip(clip(), plain), Not(HasSubstr("segments")));
  EXPECT_EQ(
      parse_csv(answer_format("csv").head(plain) + answer_format("csv").clip(clip(), plain), "")
          .rows.size(),
      4U);
}

}  // namespace
}  // namespace aver
