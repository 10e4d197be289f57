// From each value of a column to each: folds of --protocol cross-K:COLUMN, through aver-split,
// aver-train-audio and aver-evaluate --cross.
#include "cross_validation_fixture.h"
#include "store/predictions.h"

namespace aver::test {
namespace {

using testing::HasSubstr;

class Cross : public CrossValidation {
 protected:
  Cross() {
    fs::remove_all(mfcc);
    make_mfcc_stage(mfcc, 6, 1);  // three men and three women
  }

  void make_folds(const std::string& protocol) const {
    const auto made = run_command({"aver-split", "make", "-i", mfcc.string(), "-o", split.string(),
                                   "--protocol", protocol, "--force"});
    ASSERT_EQ(made.exit_status, 0) << made.err;
    const auto trained =
        run_command(command("run", {"--folds", "all", "--epochs", "2", "--force"}));
    ASSERT_EQ(trained.exit_status, 0) << trained.err;
    EXPECT_THAT(trained.out, HasSubstr("aver-evaluate " + (folder / "run").string() + " --cross"));
  }
  CommandResult evaluate(const std::string& column) const {
    return run_command({"aver-evaluate", (folder / "run").string(), "--cross", column, "-o",
                        (folder / "table").string()});
  }
  json cell(const std::string& from, const std::string& to) const {
    const json all = metrics("table");
    for (const json& cell : all.at("cross").at(0).at("cells")) {
      if (cell.at("trained_on") == json::array({from}) && cell.at("tested_on") == to) return cell;
    }
    return {};
  }
  /// Test rows of these folds, and how many of them are right.
  std::pair<int, int> pooled(std::initializer_list<int> folds) const {
    int clips = 0, right = 0;
    for (const int fold : folds) {
      const fs::path own = folder / "run" / fmt::format("fold-{}", fold);
      const Predictions table = read_predictions(own / "predictions.csv", clips_of_folder(own));
      for (const Prediction& row : table.rows) {
        if (row.role != Role::test) continue;
        ++clips;
        const auto top = std::ranges::max_element(row.probabilities) - row.probabilities.begin();
        right += table.classes[static_cast<std::size_t>(top)] == row.label ? 1 : 0;
      }
    }
    return {clips, right};
  }
};

TEST_F(Cross, TheTableHoldsEachFoldInItsCellAndSpeakersOfOneValueApart) {
  make_folds("cross-3:gender");
  const auto result = evaluate("gender");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const std::vector<std::tuple<std::string, std::string, std::initializer_list<int>>> cells = {
      {"female", "male", {0}},
      {"male", "female", {1}},
      {"female", "female", {2, 3, 4}},
      {"male", "male", {5, 6, 7}}};
  for (const auto& [from, to, folds] : cells) {
    const json found = cell(from, to);
    const auto [clips, right] = pooled(folds);
    EXPECT_EQ(clips, 18);
    EXPECT_EQ(found.at("clips"), clips) << from << " to " << to;
    EXPECT_EQ(found.at("right"), right) << from << " to " << to;
    EXPECT_EQ(found.at("folds"), folds.size());
    EXPECT_FALSE(found.contains("leak"));
  }
  EXPECT_THAT(result.out, HasSubstr("UAR from each gender to each"));
  EXPECT_TRUE(fs::exists(folder / "table" / "figures" / "cross_run.dat"));
  EXPECT_THAT(file("table", "report.html"), HasSubstr("female → male"));

  const auto joined =
      run_command({"aver-evaluate", (folder / "run").string(), "-o", (folder / "alone").string()});
  EXPECT_EQ(joined.exit_status, 1);
  EXPECT_THAT(joined.err, HasSubstr("--cross COLUMN"));
}

TEST_F(Cross, OneRecordingOnBothSidesIsALeakAndStatus3) {
  // Actor 02's first clip sounds as actor 01's: the same array under two names.
  const auto clips = tiny_clips(6, 1);
  const auto of_woman = std::ranges::find_if(clips, [](const ClipId& id) { return id.actor == 2; });
  const FloatArray same = tiny_mfcc(clips.front(), 10);
  fs::remove_all(mfcc);
  StageWriter writer(mfcc,
                     {"aver-compute-mfcc",
                      "mfcc",
                      {{"sample-rate", 22050}, {"coefficients", 8}, {"pictures", false}}},
                     false);
  for (const ClipId& id : clips) {
    const FloatArray own = id.key() == of_woman->key() ? same : tiny_mfcc(id, 10);
    write_npy(mfcc / tiny_mfcc_path(id), own);
    writer.add({recording_of(id),
                id.stem() + ".wav",
                {1, 1},
                {{tiny_mfcc_path(id), fmt::format("{}x{}", kTinyCoefficients, own.columns()),
                  content_mark_of(mfcc / tiny_mfcc_path(id))}}});
  }
  writer.complete();
  make_folds("cross-3:gender");
  const auto result = evaluate("gender");
  EXPECT_EQ(result.exit_status, 3) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Leak check, female to male: LEAK."));
  EXPECT_TRUE(cell("male", "female").contains("leak"));
  EXPECT_FALSE(cell("male", "male").contains("leak"));
}

}  // namespace
}  // namespace aver::test
