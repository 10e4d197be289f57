#include "base/printable.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace aver {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Printable, LeavesWordsOfAnyLanguageAlone) {
  const std::string words = "Ärger, зло, 怒り, 🙂 100 %";
  EXPECT_EQ(printable(words), words);
  EXPECT_EQ(printable_text("two\nlines\tand a tab"), "two\nlines\tand a tab");
}

TEST(Printable, WritesOutWhatSteersATerminal) {
  EXPECT_EQ(printable("x\x1b]0;pwned\a\x1b[31mRED"), "x\\x1B]0;pwned\\x07\\x1B[31mRED");
  EXPECT_EQ(printable("a\nb\tc\rd\x7f"), "a\\x0Ab\\x09c\\x0Dd\\x7F");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xC2\\x9B31m");  // the one-byte CSI
  EXPECT_EQ(printable("cod.\xe2\x80\xae"
                      "4pm"),
            "cod.\\xE2\\x80\\xAE4pm");  // from right to left
}

TEST(Printable, WritesOutBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("caf\xe9.mp4"), "caf\\xE9.mp4");
  EXPECT_EQ(printable("\xc0\xaf\xed\xa0\x80\xf5"), "\\xC0\\xAF\\xED\\xA0\\x80\\xF5");
  EXPECT_EQ(printable("cut \xe6\x80"), "cut \\xE6\\x80");
}

TEST(Printable, TellsWhatIsUtf8) {
  for (const char* text : {"", "a", "caf\xc3\xa9", "\xf0\x9f\x98\x80"}) EXPECT_TRUE(is_utf8(text));
  for (const char* text : {"caf\xe9", "\xc0\xaf", "cut \xe6\x80"}) EXPECT_FALSE(is_utf8(text));
}

TEST(Printable, LongValuesAreCutBetweenCharacters) {
  EXPECT_EQ(shortened("short"), "short");
  EXPECT_EQ(shortened(std::string(300, 'x')), std::string(200, 'x') + "… (300 bytes)");
  EXPECT_EQ(shortened(std::string(199, 'x') + "é" + std::string(99, 'y')),
            std::string(199, 'x') + "… (300 bytes)");
}

TEST(Printable, ErrorsQuoteTheBeginningOfAValueAndKeepPathsWhole) {
  std::string path = "/data";
  for (int i = 0; i < 10; ++i) path += "/" + std::string(100, 'd');
  const std::string value(5000, 'v');
  const std::string phrase = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "many words ";
    return text;
  }();
  const Error error("{}: the label '{}' of {} is no class, and '{}' neither", path, value, value,
                    phrase);
  const std::string words = error.what();
  EXPECT_THAT(words, HasSubstr(path + ": the label 'vvv"));
  EXPECT_THAT(words, EndsWith("… (1100 bytes)' neither"));
  EXPECT_LT(words.size(), path.size() + 3 * 250);
}

TEST(Printable, ErrorsDoNotSteerATerminal) {
  const Error error("{} cannot be read", "\x1b[2J.wav");
  EXPECT_STREQ(error.what(), "\\x1B[2J.wav cannot be read");
  EXPECT_THAT(std::string(UsageError("first {}\nsecond", 1).what()), Not(HasSubstr("\\x0A")));
}

}  // namespace
}  // namespace aver
