#include "report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "markup.h"

namespace aver {
namespace {

using test::markup_problem;
using testing::AllOf;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string in_page(const Html& drawing) {
  return html_page("page", drawing, {});
}

TEST(SvgScale, PlacesValuesAndTicks) {
  const SvgScale scale{.4, .8, 100, 300, .2};
  EXPECT_DOUBLE_EQ(scale.at(.4), 100);
  EXPECT_DOUBLE_EQ(scale.at(.7), 250);
  EXPECT_THAT(scale.ticks(),
              ElementsAre(DoubleNear(.4, 1e-9), DoubleNear(.6, 1e-9), DoubleNear(.8, 1e-9)));
}

TEST(StripScale, HoldsAllValuesBetweenTicks) {
  const SvgScale scale = strip_scale({.579, .862, .671});
  EXPECT_NEAR(scale.low, .5, 1e-9);
  EXPECT_NEAR(scale.high, .9, 1e-9);
  EXPECT_NEAR(scale.step, .1, 1e-9);
  const SvgScale differences = strip_scale({0, -.012, .065}, -1, 1);
  EXPECT_NEAR(differences.low, -.02, 1e-9);
  EXPECT_NEAR(differences.high, .08, 1e-9);
}

TEST(StripScale, IsOneEvenForOneValueOrNone) {
  for (const std::vector<double>& values :
       {std::vector<double>{}, {0.}, {1.}, {.5}, {.5, .5}, {0., 1.}}) {
    const SvgScale scale = strip_scale(values);
    EXPECT_GE(scale.low, 0);
    EXPECT_LE(scale.high, 1);
    EXPECT_LT(scale.low, scale.high);
    EXPECT_GE(scale.ticks().size(), 2u);
    for (const double value : values) {
      EXPECT_LE(scale.low, value);
      EXPECT_GE(scale.high, value);
    }
  }
}

TEST(Strip, DrawsMarkAndWhiskerWhereTheyLie) {
  const SvgScale scale{0, 1, 0, 100, .5};
  const std::string drawing = strip(scale, {{0, .25, Interval{.1, .4}}}).str();
  EXPECT_THAT(drawing,
              AllOf(HasSubstr("cx=\"25.0\""), HasSubstr("x1=\"10.0\""), HasSubstr("x2=\"40.0\""),
                    HasSubstr("series-0"), HasSubstr("aria-hidden=\"true\"")));
  EXPECT_EQ(markup_problem(in_page(strip(scale, {{0, .2, {}}, {1, .2, {}}, {2, .2, {}}}))), "");
}

TEST(Strip, KeepsWhatLiesBeyondTheScaleInside) {
  const SvgScale scale{0, .5, 10, 110, .25};
  const std::string cut = strip(scale, {{0, .4, Interval{.3, .9}}}).str();
  EXPECT_THAT(cut, HasSubstr("x2=\"110.0\""));
  const std::string beyond = strip(scale, {{0, .9, Interval{.8, 1}}}).str();
  EXPECT_THAT(beyond, AllOf(Not(HasSubstr("<circle")), HasSubstr("<path class=\"mark\"")));
}

TEST(StripAxis, WritesPercentWithAMinusAndAPlus) {
  const std::string axis = strip_axis({-.02, .02, 0, 100, .02}, true).str();
  EXPECT_THAT(axis, AllOf(HasSubstr(">−2<"), HasSubstr(">0<"), HasSubstr(">+2<")));
  EXPECT_THAT(strip_axis({.5, .51, 0, 100, .005}).str(), HasSubstr(">50.5<"));
}

TEST(Charts, SayWhatTheyShowAndAreWellFormed) {
  std::vector<CalibrationBin> bins(2);
  bins[0] = {0, .5, 0, 0, 0};
  bins[1] = {.5, 1, 4, .75, .5};
  const Html reliability = reliability_chart(bins, 1, "sure & right");
  EXPECT_EQ(markup_problem(in_page(reliability)), "");
  EXPECT_THAT(reliability.str(),
              AllOf(HasSubstr("role=\"img\""), HasSubstr("aria-label=\"sure &amp; right\"")));
  const std::string text = reliability.str();
  const auto marks = text.find("class=\"mark\"");
  EXPECT_NE(marks, std::string::npos);
  EXPECT_EQ(text.find("class=\"mark\"", marks + 1), std::string::npos);  // none of an empty bin

  const Html curves = curve_chart({{0, {{.5, 0}, {1, .2}}}, {2, {}}}, "x", "y", "label");
  EXPECT_EQ(markup_problem(in_page(curves)), "");
  EXPECT_THAT(curves.str(), AllOf(HasSubstr("series-0"), Not(HasSubstr("series-2"))));
}

TEST(Charts, StandNoErrorsAtAll) {
  const std::string flat = curve_chart({{0, {{.5, 0}, {1, 0}}}}, "x", "y", "label").str();
  EXPECT_THAT(flat, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
}

TEST(Series, BeyondTheThirdHaveMarksAndColoursOfTheirOwn) {
  EXPECT_EQ(series_style(3), "");
  const std::string style = series_style(8);
  EXPECT_THAT(style, AllOf(HasSubstr("svg .series-3 {"), HasSubstr("svg .series-7 {"),
                           HasSubstr("prefers-color-scheme: dark"), Not(HasSubstr("series-8"))));
  std::set<std::string> keys;
  for (std::size_t series = 0; series < 6; ++series) {
    std::string key = series_key(series).str();
    EXPECT_EQ(markup_problem(in_page(series_key(series))), "") << series;
    const std::string name = "series-" + std::to_string(series);
    ASSERT_NE(key.find(name), std::string::npos);
    key.erase(key.find(name), name.size());
    keys.insert(key);
  }
  EXPECT_EQ(keys.size(), 6u) << "told apart by their shapes alone";
}

TEST(Strip, KeepsMarksOfManySeriesReadableAndInTheirRow) {
  const std::vector<StripMark> marks(7, {1, .5, {}});  // squares, whose sizes are easy to read
  const std::string drawn = strip(strip_scale({.4, .6}), marks).str();
  const std::regex square("y=\"(-?[0-9.]+)\" width=\"([0-9.]+)\"");
  std::size_t found = 0;
  for (std::sregex_iterator it(drawn.begin(), drawn.end(), square), end; it != end; ++it, ++found) {
    const double top = std::stod((*it)[1]), side = std::stod((*it)[2]);
    EXPECT_GE(side, 5);
    EXPECT_GE(top, -2);
    EXPECT_LE(top + side, 26);
  }
  EXPECT_EQ(found, 7u);
}

}  // namespace
}  // namespace aver
