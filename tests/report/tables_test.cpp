#include "report/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aver {
namespace {

using testing::HasSubstr;

TEST(DisplayWidth, CountsWhatATerminalShows) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("angry"), 5u);
  EXPECT_EQ(display_width("fröhlich"), 8u);
  EXPECT_EQ(display_width("怒り"), 4u);
  EXPECT_EQ(display_width("e\u0301"), 1u);   // e and a combining accent
  EXPECT_EQ(display_width("\xff\xfe"), 2u);  // no UTF-8: a column per byte, and no crash
  EXPECT_EQ(display_width("\xe6"), 1u);
}

TEST(FormatTable, AlignsColumnsWhateverTheScript) {
  EXPECT_EQ(format_table({{"class", "clips", "F1"},
                          {{"fröhlich", "8", "0.5"}, {"怒り", "192", "0.25"}, {"sad"}}}),
            "  class     clips    F1\n"
            "  ---------------------\n"
            "  fröhlich      8   0.5\n"
            "  怒り        192  0.25\n"
            "  sad\n");
}

TEST(FormatTable, CutsLongCells) {
  const std::string text = format_table({{"name", "x"}, {{std::string(100, 'a'), "1"}}});
  EXPECT_THAT(text, HasSubstr("  " + std::string(kWidestCell - 1, 'a') + "…  1\n"));
}

TEST(AccuracyTable, ShowsEverySystemOnALine) {
  const ConfusionMatrix matrix({"yes", "no"}, {3, 1, 0, 4});
  EXPECT_EQ(accuracy_table({{"sound", score(matrix), .0625, .5, {}, {}}}),
            "         clips  right  accuracy      UAR       F1    ECE    NLL\n"
            "  -------------------------------------------------------------\n"
            "  sound      8      7   87.50 %  87.50 %  87.30 %  0.062  0.500\n");
}

TEST(AccuracyTable, ShowsIntervalsWhereThereAreAny) {
  const ConfusionMatrix matrix({"yes", "no"}, {3, 1, 0, 4});
  const AccuracyRow with{"both", score(matrix), 0, 0, Interval{.612, .9}, Interval{.5, 1}};
  EXPECT_EQ(
      accuracy_table({{"sound", score(matrix), 0, 0, {}, {}}, with}),
      "         clips  right  accuracy       95 %      UAR        95 %       F1    ECE    NLL\n"
      "  ------------------------------------------------------------------------------------\n"
      "  sound      8      7   87.50 %          -  87.50 %           -  87.30 %  0.000  0.000\n"
      "  both       8      7   87.50 %  61.2–90.0  87.50 %  50.0–100.0  87.30 %  0.000  0.000\n");
}

TEST(ClassTable, PutsSystemsBelowEachClass) {
  const ConfusionMatrix matrix({"yes", "no"}, {3, 1, 0, 4});
  const AccuracyRow row{"sound", score(matrix), 0, 0, {}, {}};
  EXPECT_EQ(class_table({row, {"both", score(matrix), 0, 0, {}, {}}}, {"yes", "no"}),
            "  class         clips  precision  recall     F1\n"
            "  ---------------------------------------------\n"
            "  yes    sound      4      1.000   0.750  0.857\n"
            "         both       4      1.000   0.750  0.857\n"
            "  no     sound      4      0.800   1.000  0.889\n"
            "         both       4      0.800   1.000  0.889\n");
}

}  // namespace
}  // namespace aver
