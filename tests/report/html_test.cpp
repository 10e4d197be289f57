#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "markup.h"

namespace aver {
namespace {

using test::markup_problem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(MarkupProblem, SeesWhatIsWrong) {
  const std::string head = "<!DOCTYPE html>\n";
  EXPECT_EQ(markup_problem(head + "<p class=\"a\">1 &lt; 2<br/></p>"), "");
  for (const char* wrong :
       {"<p>", "</p>", "<b><i></b></i>", "<p class=a></p>", "<p>1 < 2</p>", "<p>a & b</p>",
        "<p>&nbsp;</p>", "<p id=\"a\"></p><p id=\"a\"></p>", "<a href=\"#b\"></a>"}) {
    EXPECT_NE(markup_problem(head + wrong), "") << wrong;
  }
}

TEST(Html, TextIsEscaped) {
  EXPECT_EQ(Html("<b class='x'>\"a\" & b</b>").str(),
            "&lt;b class=&#39;x&#39;&gt;&quot;a&quot; &amp; b&lt;/b&gt;");
  EXPECT_EQ(Html("fröhlich 怒り 😀\n").str(), "fröhlich 怒り 😀\n");
  EXPECT_EQ(element("p", "1 < 2", "a\"b").str(), "<p class=\"a&quot;b\">1 &lt; 2</p>\n");
}

TEST(Html, BytesNoPageMayHoldAreShownAsWhatTheyAre) {
  EXPECT_EQ(Html(std::string_view("a\0b\x1b", 4)).str(), "a\\x00b\\x1B");
  EXPECT_EQ(Html("\xff\xfe").str(), "\\xFF\\xFE");
  EXPECT_EQ(Html("\xe6").str(), "\\xE6");                             // begins, and ends
  EXPECT_EQ(Html("\xe6<b>").str(), "\\xE6&lt;b&gt;");                 // swallows no tag
  EXPECT_EQ(Html("\xc0\xbc").str(), "\\xC0\\xBC");                    // '<', written too long
  EXPECT_EQ(Html("\xed\xa0\x80").str(), "\\xED\\xA0\\x80");           // half a surrogate pair
  EXPECT_EQ(Html("\xf4\x90\x80\x80").str(), "\\xF4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(HtmlTable, HasCaptionHeadingsAndColumnsOfAKind) {
  HtmlTable table;
  table.caption = "a < b";
  table.header = {"name", {"word", "text"}, "count"};
  table.rows = {{"x", "<y>", {"3", "s4"}}, {"mean", "", "2"}};
  table.kind = "matrix";
  table.last_rows = 1;
  EXPECT_EQ(
      html_table(table).str(),
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"a &lt; b\">\n"
      "<table class=\"matrix\"><caption><span>a &lt; b</span></caption>\n"
      "<thead><tr><th scope=\"col\">name</th><th class=\"text\" scope=\"col\">word</th>"
      "<th scope=\"col\">count</th></tr></thead>\n<tbody>\n"
      "<tr><th scope=\"row\">x</th><td class=\"text\">&lt;y&gt;</td><td class=\"s4\">3</td></tr>\n"
      "<tr class=\"total\"><th scope=\"row\">mean</th><td class=\"text\"></td><td>2</td></tr>\n"
      "</tbody></table></div>\n");
}

TEST(HtmlPage, IsWellFormedAndFetchesNothing) {
  const std::string page = html_page("A & B", element("p", "lead"),
                                     {{"one", "First <section>", html_details("more", "less")},
                                      {"two", "Second", element("p", "text")}});
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_THAT(page, AllOf(HasSubstr("<html lang=\"en\">"), HasSubstr("<title>A &amp; B</title>"),
                          HasSubstr("name=\"viewport\""), HasSubstr("default-src 'none'"),
                          HasSubstr("href=\"#content\""), HasSubstr("href=\"#two\""),
                          HasSubstr("First &lt;section&gt;")));
  for (const char* outside : {"<script", "<link", "<img", "src=", "://", "@import", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
}

}  // namespace
}  // namespace aver
