#include "report/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "support.h"

namespace aver {
namespace {

using test::folder_content;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

#define REQUIRE_GNUPLOT() \
  if (!test::has_program("gnuplot")) GTEST_SKIP() << "needs gnuplot (Debian: gnuplot-nox)"

/// The warning of one figure, if there is one.
std::optional<std::string> draw_one(const fs::path& folder, Drawing drawing) {
  auto warnings = draw_all(folder, {std::move(drawing)});
  if (warnings.empty()) return std::nullopt;
  return std::move(warnings.front());
}

std::optional<std::string> write_learning_curves(const fs::path& folder,
                                                 const std::vector<HistoryPoint>& history,
                                                 const std::string& title = "") {
  return draw_one(folder, learning_curves(history, title));
}

std::optional<std::string> write_confusion_matrix(const fs::path& folder, const std::string& name,
                                                  const ConfusionMatrix& matrix,
                                                  const std::string& title = "") {
  return draw_one(folder, confusion_heatmap(name, matrix, title));
}

std::optional<std::string> write_score_heatmap(const fs::path& folder, const std::string& name,
                                               const Scores& scores,
                                               const std::vector<std::string>& classes,
                                               const std::string& title = "") {
  return draw_one(folder, score_heatmap(name, scores, classes, title));
}

/// A PATH without gnuplot for as long as it lives.
class WithoutGnuplot {
 public:
  explicit WithoutGnuplot(const fs::path& empty) : old_(std::getenv("PATH")) {
    ::setenv("PATH", empty.c_str(), 1);
  }
  ~WithoutGnuplot() { ::setenv("PATH", old_.c_str(), 1); }

 private:
  std::string old_;
};

ConfusionMatrix small_matrix() {
  return {{"calm", "it's \"angry\"", "sad"}, {5, 1, 0, 2, 7, 0, 0, 0, 4}};
}

std::vector<HistoryPoint> history(int epochs) {
  std::vector<HistoryPoint> points;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    points.push_back({epoch, 2.0 / epoch, 1 - .8 / epoch, 2.2 / epoch, 1 - .9 / epoch});
  }
  return points;
}

// Width and height in the header of a PNG.
std::pair<int, int> png_size(const std::string& bytes) {
  const auto number = [&](std::size_t at) {
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      value = value * 256 + static_cast<unsigned char>(bytes.at(i));
    }
    return value;
  };
  return {number(16), number(20)};
}

TEST(Figures, AreFourFilesEachWithTextAsText) {
  REQUIRE_GNUPLOT();
  const TemporaryFolder folder;
  EXPECT_EQ(write_confusion_matrix(folder.path(), "confusion", small_matrix(), "Sound"),
            std::nullopt);
  const auto files = folder_content(folder.path());
  EXPECT_THAT(files, UnorderedElementsAre(Key("confusion.dat"), Key("confusion.gp"),
                                          Key("confusion.png"), Key("confusion.svg")));
  const std::string& svg = files.at("confusion.svg");
  for (const char* word : {"calm", "sad", "predicted class", "true class", "Sound", ">7<"}) {
    EXPECT_THAT(svg, HasSubstr(word));
  }
  EXPECT_THAT(svg, Not(HasSubstr("<image")));
  EXPECT_EQ(files.at("confusion.png").substr(1, 3), "PNG");
  EXPECT_GT(png_size(files.at("confusion.png")).first, 400);
  EXPECT_THAT(files.at("confusion.dat"),
              HasSubstr("# true predicted true_index predicted_index count share_of_true_class\n"
                        "\"calm\" \"calm\" 0 0 5 0.833333\n"));
  EXPECT_THAT(files.at("confusion.gp"), Not(HasSubstr(folder.path().string())));
}

TEST(Figures, CanBeDrawnAgainByHandInTheirFolder) {
  REQUIRE_GNUPLOT();
  const TemporaryFolder folder;
  ASSERT_EQ(write_score_heatmap(folder.path(), "scores", score(small_matrix()),
                                small_matrix().classes(), "Sound"),
            std::nullopt);
  const auto before = folder_content(folder.path());
  fs::remove(folder / "scores.png");
  fs::remove(folder / "scores.svg");
  const auto result =
      test::run_command({"sh", "-c", "cd \"$0\" && gnuplot -d scores.gp", folder.path().string()});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(folder_content(folder.path()), before);
}

TEST(Figures, AreTheSameBytesTwice) {
  REQUIRE_GNUPLOT();
  const TemporaryFolder first, second;
  for (const TemporaryFolder* folder : {&first, &second}) {
    ASSERT_EQ(write_confusion_matrix(folder->path(), "c", small_matrix(), "x"), std::nullopt);
    ASSERT_EQ(write_learning_curves(folder->path(), history(12), "y"), std::nullopt);
    ASSERT_EQ(
        write_score_heatmap(folder->path(), "s", score(small_matrix()), small_matrix().classes()),
        std::nullopt);
  }
  EXPECT_EQ(folder_content(first.path()), folder_content(second.path()));
}

std::vector<Drawing> three_figures() {
  return {learning_curves(history(12), "y"), confusion_heatmap("c", small_matrix(), "x"),
          score_heatmap("s", score(small_matrix()), small_matrix().classes())};
}

TEST(Figures, DrawnTogetherAreTheSameBytesAsOneByOne) {
  REQUIRE_GNUPLOT();
  const TemporaryFolder together, backwards, one_by_one;
  auto drawings = three_figures();
  EXPECT_THAT(draw_all(together.path(), drawings), testing::IsEmpty());
  for (const Drawing& drawing : drawings) {
    EXPECT_THAT(draw_all(one_by_one.path(), {drawing}), testing::IsEmpty());
  }
  std::reverse(drawings.begin(), drawings.end());
  EXPECT_THAT(draw_all(backwards.path(), drawings), testing::IsEmpty());
  EXPECT_EQ(folder_content(together.path()).size(), 12u);
  EXPECT_EQ(folder_content(together.path()), folder_content(one_by_one.path()));
  EXPECT_EQ(folder_content(backwards.path()), folder_content(one_by_one.path()));
}

TEST(Figures, OneThatFailsDoesNotTakeTheOthersAlong) {
  REQUIRE_GNUPLOT();
  const TemporaryFolder folder, whole;
  draw_all(whole.path(), three_figures());
  auto drawings = three_figures();
  drawings[1].commands = "  plot no_such_function(x)";
  write_file(folder / "c.png", std::string_view("an older picture"));
  EXPECT_THAT([&] { draw_all(folder.path(), drawings); },
              testing::ThrowsMessage<Error>(
                  testing::AllOf(testing::StartsWith("c was not drawn: gnuplot failed ("),
                                 HasSubstr("no_such_function"))));
  auto expected = folder_content(whole.path());
  expected.erase("c.png");
  expected.erase("c.svg");
  auto files = folder_content(folder.path());
  expected.erase("c.gp");
  EXPECT_EQ(files.erase("c.gp"), 1u);
  EXPECT_EQ(files, expected);
}

TEST(LearningCurves, DrawOneEpochManyEpochsAndNoValidationPart) {
  REQUIRE_GNUPLOT();
  const TemporaryFolder folder;
  EXPECT_EQ(write_learning_curves(folder / "one", history(1)), std::nullopt);
  EXPECT_EQ(write_learning_curves(folder / "many", history(250)), std::nullopt);
  EXPECT_EQ(
      write_learning_curves(folder / "train", {{1, 2, .2, kNone, kNone}, {2, 1, .4, kNone, kNone}}),
      std::nullopt);
  const auto files = folder_content(folder.path());
  EXPECT_THAT(files.at("many/learning_curves.svg"), HasSubstr("validation"));
  EXPECT_THAT(files.at("train/learning_curves.svg"), Not(HasSubstr("validation")));
  EXPECT_THAT(files.at("train/learning_curves.svg"), HasSubstr("training"));
  EXPECT_THAT([&] { write_learning_curves(folder / "none", {}); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("no epochs to draw")));
}

TEST(Figures, WithoutGnuplotAreAWarningWithDataAndScript) {
  const TemporaryFolder folder;
  write_file(folder / "figures/confusion.png", std::string_view("an older picture"));
  const WithoutGnuplot none(folder / "empty");
  const auto warning = write_confusion_matrix(folder / "figures", "confusion", small_matrix());
  ASSERT_TRUE(warning.has_value());
  EXPECT_THAT(*warning, HasSubstr("gnuplot-nox"));
  EXPECT_THAT(*warning, HasSubstr((folder / "figures").string()));
  EXPECT_THAT(folder_content(folder / "figures"),
              UnorderedElementsAre(Key("confusion.dat"), Key("confusion.gp")));
}

TEST(Figures, WhenGnuplotFailsSayWhatItSaid) {
  const TemporaryFolder folder;
  write_file(folder / "bin/gnuplot",
             std::string_view("#!/bin/sh\necho 'line 1: no such terminal' >&2\nexit 1\n"));
  fs::permissions(folder / "bin/gnuplot", fs::perms::owner_all);
  const WithoutGnuplot other(folder / "bin");
  EXPECT_THAT([&] { write_learning_curves(folder / "figures", history(3)); },
              testing::ThrowsMessage<Error>(HasSubstr("no such terminal")));
  EXPECT_THAT(folder_content(folder / "figures"),
              UnorderedElementsAre(Key("learning_curves.dat"), Key("learning_curves.gp")));
}

TEST(Figures, ThatGnuplotCutsOrLeavesOutAreNotKept) {
  REQUIRE_GNUPLOT();
  // As on a full disk: gnuplot ends with status 0 and its last blocks are missing.
  for (const char* extension : {"svg", "png"}) {
    const TemporaryFolder folder;
    write_file(folder / "bin/gnuplot",
               fmt::format("#!/bin/sh\nPATH='{}'\ngnuplot \"$@\"\n"
                           "for f in .*c.*{}; do truncate -s 300 \"$f\"; done\n",
                           std::getenv("PATH"), extension));
    fs::permissions(folder / "bin/gnuplot", fs::perms::owner_all);
    const WithoutGnuplot other(folder / "bin");
    write_file(folder / "figures/c.svg", std::string_view("an older picture"));
    EXPECT_THAT([&] { draw_all(folder / "figures", three_figures()); },
                testing::ThrowsMessage<Error>(
                    testing::AllOf(HasSubstr("c was not drawn: gnuplot wrote no whole picture"),
                                   HasSubstr("is the disk full?"))));
    EXPECT_FALSE(fs::exists(folder / "figures/c.svg"));
    EXPECT_FALSE(fs::exists(folder / "figures/c.png"));
  }
  const TemporaryFolder folder;
  write_file(folder / "bin/gnuplot", std::string_view("#!/bin/sh\nexit 0\n"));
  fs::permissions(folder / "bin/gnuplot", fs::perms::owner_all);
  const WithoutGnuplot other(folder / "bin");
  EXPECT_THAT([&] { write_learning_curves(folder / "figures", history(3)); },
              testing::ThrowsMessage<Error>(HasSubstr("no whole picture")));
}

TEST(Figures, RefuseNamesThatAreNoFileNamesAndOtherClassCounts) {
  const TemporaryFolder folder;
  EXPECT_THAT([&] { write_confusion_matrix(folder.path(), "../x", small_matrix()); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("../x")));
  EXPECT_THAT([&] { write_confusion_matrix(folder.path(), "", small_matrix()); },
              testing::ThrowsMessage<Error>(HasSubstr("cannot name a figure \"\"")));
  EXPECT_THAT(
      [&] {
        write_score_heatmap(folder.path(), "s", score(small_matrix()), {"a", "b"});
      },
      testing::ThrowsMessage<Error>(testing::HasSubstr("under 2 names")));
}

}  // namespace
}  // namespace aver
