#include "report/words.h"

#include <gtest/gtest.h>

#include <cmath>

#include "report/paper_text.h"

namespace aver {
namespace {

TEST(Words, ListsItemsAsASentenceDoes) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"audio"}), "audio");
  EXPECT_EQ(listed({"audio", "visual"}), "audio and visual");
  EXPECT_EQ(listed({"audio", "visual", "text"}), "audio, visual and text");
  EXPECT_EQ(capitalised("audio and visual"), "Audio and visual");
}

TEST(Numbers, HaveSixDecimalsAndSmallPValuesAreNeverZero) {
  EXPECT_EQ(rounded(.1234564), .123456);
  EXPECT_TRUE(std::isnan(rounded(NAN)));
  EXPECT_EQ(decimals(2. / 3), "0.666667");
  EXPECT_EQ(significant(1.23456789e-12), 1.23457e-12);
}

TEST(PaperText, EscapesWhatLatexAndMarkdownTakeForTheirOwn) {
  EXPECT_EQ(latex_text("50 % of R&D_1 {#} $x^2~\\"),
            "50 \\% of R\\&D\\_1 \\{\\#\\} \\$x\\textasciicircum{}2\\textasciitilde{}"
            "\\textbackslash{}");
  EXPECT_EQ(markdown_text("a|b <i> *c* `d`\ne"), "a\\|b \\<i> \\*c\\* \\`d\\` e");
}

}  // namespace
}  // namespace aver
