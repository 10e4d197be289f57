#include <gmock/gmock.h>

#include "base/csv.h"
#include "predict_media_fixture.h"

// aver-predict --segments on recordings in which the emotion changes.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Three joined recordings of the models' corpus; made once.
fs::path joined() {
  const fs::path folder = Models::get().path("joined");
  if (!fs::exists(folder / "truth.csv")) {
    const auto made = run_command({"aver-synthesize", "-q", "--transitions", "3", "--parts", "3",
                                   "-i", Models::get().path("corpus"), "-o", folder.string()});
    EXPECT_EQ(made.exit_status, 0) << made.err;
  }
  return folder;
}

std::string recording(int number) {
  return (joined() / fmt::format("joined-{:03}.mp4", number)).string();
}

std::vector<std::string> with(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(PredictSegments, CoverARecordingOneAfterTheOther) {
  const auto result = predict_with_both({recording(1), "--segments", "--window", "0.8", "--hop",
                                         "0.2", "--minimum-segment", "0.6", "--format", "csv"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = parse_csv(result.out, "answers");
  ASSERT_FALSE(table.rows.empty());
  EXPECT_EQ(table.rows.front()[1], "0");
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    EXPECT_EQ(table.rows[i][1], table.rows[i - 1][2]) << "no gap";
    EXPECT_NE(table.rows[i][3], table.rows[i - 1][3]) << "another emotion";
  }
}

TEST(PredictSegments, AFittedSmootherBringsItsWindows) {
  const TemporaryFolder folder;
  const std::string truth = (joined() / "truth.csv").string();
  const std::string windows = (folder / "windows.csv").string();
  ASSERT_EQ(predict_with_both({recording(1), recording(2), recording(3), "--window", "0.8", "--hop",
                               "0.2", "--format", "csv", "--output", windows})
                .exit_status,
            0);
  const auto fitted = run_command({"aver-evaluate-timeline", "--truth", truth, "--answers", windows,
                                   "--output", (folder / "fit").string(), "--fit", "--no-figure"});
  ASSERT_EQ(fitted.exit_status, 0) << fitted.err;
  const std::string smoother = (folder / "fit/smoother.json").string();

  // What predict makes of the windows is what was scored.
  const std::string segments = (folder / "segments.csv").string();
  ASSERT_EQ(predict_with_both({recording(1), recording(2), recording(3), "--segments", "--smoother",
                               smoother, "--format", "csv", "--output", segments})
                .exit_status,
            0);
  const auto again = run_command({"aver-evaluate-timeline", "--truth", truth, "--answers", segments,
                                  "--output", (folder / "again").string(), "--no-figure"});
  ASSERT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(read_file(folder / "again/segments.csv"), read_file(folder / "fit/segments.csv"));

  const auto other =
      predict_with_both({recording(1), "--segments", "--smoother", smoother, "--window", "1"});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("was fitted on windows of 0.8 s each 0.2 s"));
  const auto both = predict_with_both(
      {recording(1), "--segments", "--smoother", smoother, "--change-penalty", "3"});
  EXPECT_EQ(both.exit_status, 2);
  EXPECT_THAT(both.err, HasSubstr("--smoother brings both parameters"));
}

TEST(PredictSegments, ShardsJoinToTheBytesOfOneRun) {
  const TemporaryFolder folder;
  const std::vector<std::string> words = {recording(1), recording(2), "--segments",
                                          "--window",   "0.8",        "--hop",
                                          "0.2",        "--format",   "csv"};
  const std::string whole = (folder / "whole.csv").string(),
                    parts = (folder / "parts.csv").string();
  ASSERT_EQ(predict_with_both(with(words, {"--output", whole})).exit_status, 0);
  for (const char* shard : {"1/2", "2/2"}) {
    ASSERT_EQ(predict_with_both(with(words, {"--output", parts, "--shard", shard})).exit_status, 0);
  }
  ASSERT_EQ(predict({"--join", "--output", parts}).exit_status, 0);
  EXPECT_EQ(read_file(parts), read_file(whole));
}

TEST(PredictSegments, SaysWhatIsMissing) {
  const auto bare = predict_with_both({recording(1), "--segments"});
  EXPECT_EQ(bare.exit_status, 2);
  EXPECT_THAT(bare.err, HasSubstr("--segments needs --window"));
  const auto alone = predict_with_both({recording(1), "--minimum-segment", "2"});
  EXPECT_EQ(alone.exit_status, 2);
  EXPECT_THAT(alone.err, HasSubstr("are for --segments"));
  const TemporaryFolder folder;
  write_file(folder / "no.json", "{}");
  const auto none =
      predict_with_both({recording(1), "--segments", "--smoother", (folder / "no.json").string()});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_THAT(none.err, AllOf(HasSubstr("no.json"), HasSubstr("is no smoother.json")));
}

}  // namespace
}  // namespace aver::test
