#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/files.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/text.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParallelMap, HandsResultsOverInOrderForAnyWorkerCount) {
  for (const std::size_t workers : {0u, 1u, 4u}) {
    std::vector<std::size_t> squares;
    parallel_map(
        100, workers, [] { return [](std::size_t i) { return i * i; }; },
        [&](std::size_t i, std::size_t square) {
          EXPECT_EQ(square, i * i);
          squares.push_back(square);
        });
    EXPECT_EQ(squares.size(), 100u);
  }
}

TEST(ParallelMap, RethrowsTheErrorOfTheLowestFailingItem) {
  for (const std::size_t workers : {0u, 1u, 4u}) {
    std::size_t consumed = 0;
    try {
      parallel_map(
          50, workers,
          [] {
            return [](std::size_t i) {
              if (i == 7 || i == 9) throw Error("item {} failed", i);
              return i;
            };
          },
          [&](std::size_t, std::size_t) { ++consumed; });
      FAIL() << "no error with " << workers << " workers";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "item 7 failed");
    }
    EXPECT_EQ(consumed, 7u);
  }
}

TEST(ParallelMap, StaysAFewItemsAheadOfTheSlowest) {
  std::atomic<std::size_t> started{0};
  std::size_t furthest = 0;
  parallel_map(
      1000, 2,
      [&] {
        return [&](std::size_t i) {
          ++started;
          return i;
        };
      },
      [&](std::size_t i, std::size_t) { furthest = std::max(furthest, started - i); });
  EXPECT_LE(furthest, 16u);
}

TEST(ParallelMap, AnErrorWhileConsumingEndsTheThreads) {
  EXPECT_THROW(parallel_map(
                   1000, 4, [] { return [](std::size_t i) { return i; }; },
                   [](std::size_t i, std::size_t) {
                     if (i == 3) throw Error("full");
                   }),
               Error);
}

TEST(Random, IsTheSameEverywhereForASeed) {
  // Reference: xoshiro256** seeded by SplitMix64(42), computed independently of this code with the
  // authors' published algorithm in Python.
  Random random(42);
  EXPECT_EQ(random.next(), 1546998764402558742ULL);
  EXPECT_EQ(random.next(), 6990951692964543102ULL);
}

TEST(Random, BelowCoversItsRangeEvenly) {
  Random random(1);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);  // five standard deviations
}

TEST(Random, DerivedSeedsDifferByEveryStep) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t epoch = 0; epoch < 50; ++epoch) {
    for (std::uint64_t item = 0; item < 50; ++item) seeds.insert(derive_seed(42, {epoch, item}));
  }
  EXPECT_EQ(seeds.size(), 2500u);
  EXPECT_NE(derive_seed(1, {2, 3}), derive_seed(1, {3, 2}));
}

TEST(Random, NormalHasZeroMeanAndUnitVariance) {
  Random random(5);
  double sum = 0, squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 100000, 0, 0.02);
  EXPECT_NEAR(squares / 100000, 1, 0.03);
}

TEST(Files, WritesWholeFilesAndCreatesFolders) {
  TemporaryFolder folder;
  write_file(folder / "a/b/text.txt", "first");
  write_file(folder / "a/b/text.txt", "second");
  EXPECT_EQ(read_file(folder / "a/b/text.txt"), "second");
  EXPECT_EQ(test::folder_content(folder.path()).size(), 1u) << "a temporary file was left behind";
}

TEST(Files, AFullDiskLeavesTheOldFileAsItWas) {
  TemporaryFolder folder;
  write_file(folder / "kept.txt", "old");
  // A file size limit stands in for a full disk: write(2) fails in the same way.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old_limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  rlimit small = old_limit;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message;
  try {
    write_file(folder / "kept.txt", std::string(5000, 'x'));
  } catch (const Error& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &old_limit);
  EXPECT_THAT(message, HasSubstr("kept.txt: File too large"));
  EXPECT_EQ(read_file(folder / "kept.txt"), "old");
  EXPECT_EQ(test::folder_content(folder.path()).size(), 1u);
}

TEST(Files, WritingThroughATemporaryKeepsTheOldFileWhenTheWriterFails) {
  TemporaryFolder folder;
  write_file(folder / "video.mp4", "old");
  EXPECT_THROW(write_through_temporary(folder / "video.mp4",
                                       [](const fs::path& temporary) {
                                         EXPECT_EQ(temporary.extension(), ".mp4");
                                         write_file(temporary, "half");
                                         throw Error("encoder failed");
                                       }),
               Error);
  EXPECT_EQ(read_file(folder / "video.mp4"), "old");
  EXPECT_EQ(test::folder_content(folder.path()).size(), 1u);
}

TEST(Files, WritingInPartsIsAllOrNothingToo) {
  TemporaryFolder folder;
  write_file_in_parts(folder / "a/text.txt", [](const AppendPart& append) {
    append("one ");
    append("");
    append("two");
  });
  EXPECT_EQ(read_file(folder / "a/text.txt"), "one two");
  EXPECT_THROW(write_file_in_parts(folder / "a/text.txt",
                                   [](const AppendPart& append) {
                                     append("half");
                                     throw Error("no more");
                                   }),
               Error);
  EXPECT_EQ(read_file(folder / "a/text.txt"), "one two");
  EXPECT_EQ(test::folder_content(folder.path()).size(), 1u);
}

TEST(Files, AVisitorMayRemoveWhatItIsShown) {
  TemporaryFolder folder;
  for (const char* name : {"b/2.txt", "a/1.txt", "c.txt", ".hidden"}) {
    write_file(folder / name, "x");
  }
  std::set<fs::path> seen;
  for_each_file(folder.path(), [&](const fs::path& file) {
    seen.insert(file);
    fs::remove(file);
  });
  EXPECT_THAT(seen, ElementsAre(folder / "a/1.txt", folder / "b/2.txt", folder / "c.txt"));
  EXPECT_TRUE(list_files(folder.path()).empty());
  EXPECT_TRUE(fs::exists(folder / ".hidden"));
}

TEST(Files, ListsSortedWithoutHiddenFiles) {
  TemporaryFolder folder;
  for (const char* name : {"b/2.txt", "a/1.txt", "c.txt", ".hidden", "b/.aver-tmp-1-2-x.txt"}) {
    write_file(folder / name, "x");
  }
  EXPECT_THAT(list_files(folder.path()),
              ElementsAre(folder / "a/1.txt", folder / "b/2.txt", folder / "c.txt"));
}

TEST(Files, ErrorsNameThePathAndTheReason) {
  const auto message = [](auto action) {
    try {
      action();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  TemporaryFolder folder;
  write_file(folder / "file", "x");
  EXPECT_THAT(message([&] { read_file(folder / "none"); }), HasSubstr("none: No such file"));
  EXPECT_THAT(message([&] { list_files(folder / "none"); }), HasSubstr("no such folder"));
  EXPECT_THAT(message([&] { list_files(folder / "file"); }), HasSubstr("is not a folder"));
  EXPECT_THAT(message([&] { write_file(folder / "file/below", "x"); }),
              HasSubstr("cannot create folder"));
}

TEST(Csv, ReadsQuotesLineEndsAndByteOrderMark) {
  const auto table = parse_csv(
      "\xef\xbb\xbf"
      "clip,note\r\n1,\"a, \"\"b\"\"\"\r\n\r\n2,\n",
      "t.csv");
  EXPECT_THAT(table.header, ElementsAre("clip", "note"));
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0][1], "a, \"b\"");
  EXPECT_EQ(table.rows[1][1], "");
}

TEST(Csv, WritesWhatItReads) {
  const CsvTable table{{"a", "b"}, {{"1,2", "x\ny"}, {"\"q\"", ""}}, "t.csv"};
  const auto back = parse_csv(format_csv(table), "t.csv");
  EXPECT_EQ(back.header, table.header);
  EXPECT_EQ(back.rows, table.rows);
}

TEST(Csv, IsReadRowByRow) {
  CsvReader reader("a,b\n1,2\n\n3,\"4\n5\"\n6\n", "t.csv");
  EXPECT_THAT(reader.table().header, ElementsAre("a", "b"));
  EXPECT_EQ(reader.next(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(reader.next(), (std::vector<std::string>{"3", "4\n5"}));
  try {
    reader.next();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("t.csv, line 6: 1 fields"));
  }
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST(ParseCsv, LinesOfSeparatorsBehindTheRowsOfATableFromElsewhereAreNone) {
  EXPECT_EQ(parse_csv("a|b\n1|2\n|\n|\n", "t.csv", CsvOrigin::elsewhere).rows.size(), 1U);
  EXPECT_EQ(parse_csv("a,b\n1,2\n,\n", "t.csv").rows.size(), 2U);
}

TEST(Csv, OneFromElsewhereLosesItsIndexAndSpacesThatAreNotQuoted) {
  const auto table = parse_csv(",a , b,Unnamed: 3\n0, 1 ,\" 2\",\n", "t.csv", CsvOrigin::elsewhere);
  EXPECT_THAT(table.header, ElementsAre("a", "b"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0], ElementsAre("1", " 2"));
  const auto ours = parse_csv("a, b\n 1,2 \n", "t.csv");
  EXPECT_THAT(ours.header, ElementsAre("a", " b"));
  EXPECT_THAT(ours.rows[0], ElementsAre(" 1", "2 "));
}

TEST(Csv, Utf16IsReadWithItsPairs) {
  const auto table = parse_csv(std::string("\xff\xfe"
                                           "a\0\n\0\xe9\0\x3d\xd8\x00\xde",
                                           12),
                               "t.csv", CsvOrigin::elsewhere);
  EXPECT_THAT(table.header, ElementsAre("a"));
  EXPECT_EQ(table.rows.at(0).at(0), "\xc3\xa9\xf0\x9f\x98\x80");
}

TEST(Csv, SpacesAtTheEndsOfAFieldSurviveEitherReader) {
  const CsvTable table{{"a", "b"}, {{" x ", "y\t"}}, "t.csv"};
  for (const auto origin : {CsvOrigin::ours, CsvOrigin::elsewhere}) {
    EXPECT_EQ(parse_csv(format_csv(table), "t.csv", origin).rows, table.rows);
  }
}

TEST(Csv, WhatCouldBeASeparatorOrAByteOrderMarkStaysInItsField) {
  for (const std::string name : {"a;b", "a\tb",
                                 "\xef\xbb\xbf"
                                 "a"}) {
    const CsvTable table{{name}, {{"1;2"}}, "t.csv"};
    const auto back = parse_csv(format_csv(table), "t.csv");
    EXPECT_EQ(back.header, table.header);
    EXPECT_EQ(back.rows, table.rows);
  }
}

TEST(Csv, NamesTheLineOfABrokenRow) {
  try {
    parse_csv("a,b\n1,2\n3\n", "t.csv");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("t.csv, line 3: 1 fields where the header has 2"));
  }
  EXPECT_THAT([&] { parse_csv("", "t.csv"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("t.csv")));
  EXPECT_THROW(parse_csv("a,b\n\"1,2\n", "t.csv"), Error);
  EXPECT_THAT([&] { parse_csv("a,b\n1,2\n", "t.csv").column("c"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("t.csv")));
}

TEST(Text, FindsTheNearestWord) {
  const std::vector<std::string> words = {"every", "quality", "resize"};
  EXPECT_EQ(nearest("qualty", words), "quality");
  EXPECT_EQ(nearest("zzzzzz", words), std::nullopt);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Text, ParsesNumbersWhole) {
  EXPECT_EQ(parse_double("1e-3"), 0.001);
  EXPECT_EQ(parse_double("1.5x"), std::nullopt);
  EXPECT_EQ(parse_integer("-7"), -7);
  EXPECT_EQ(parse_integer(""), std::nullopt);
  EXPECT_EQ(parse_whole("4.0"), 4);
  EXPECT_EQ(parse_whole("-3"), -3);
  EXPECT_EQ(parse_whole("4.5"), std::nullopt);
  EXPECT_EQ(parse_whole(".0"), std::nullopt);
}

TEST(ShellWord, IsWhatAShellTakesForThePath) {
  EXPECT_EQ(shell_word("data/Audio_1.zip"), "data/Audio_1.zip");
  EXPECT_EQ(shell_word("Audio (1).zip"), "'Audio (1).zip'");
  EXPECT_EQ(shell_word("it's; rm"), "'it'\\''s; rm'");
  EXPECT_EQ(shell_word("-x.zip"), "./-x.zip");
}

}  // namespace
}  // namespace aver
