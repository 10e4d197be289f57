// --expect of aver-evaluate-fusion.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "evaluate_fusion_fixture.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::Evaluation;
using ::testing::HasSubstr;

TEST(FusionExpect, PassesOnItsOwnMetricsAndFailsOnOthers) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const fs::path expected = evaluation.folder / "expected.json";
  fs::copy_file(evaluation.output / "metrics.json", expected);
  const auto same = evaluation.run({"--no-figures", "--expect", expected.string()});
  EXPECT_EQ(same.exit_status, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("Metrics agree with"));

  json drifted = json::parse(read_file(expected));
  drifted["all_clips"]["systems"]["fused"]["accuracy"] = .99;
  write_file(expected, drifted.dump());
  const auto other = evaluation.run({"--no-figures", "--expect", expected.string()});
  EXPECT_EQ(other.exit_status, 4);
  EXPECT_THAT(other.out, HasSubstr("all_clips.systems.fused.accuracy: expected 0.99, got 1.0\n"));
  EXPECT_EQ(evaluation.run({"--no-figures", "--expect", expected.string(), "--tolerance", "0.02"})
                .exit_status,
            0);
}

TEST(FusionExpect, ComparesOnlyWhatItIsGiven) {
  const Evaluation evaluation;
  const fs::path expected = evaluation.folder / "expected.json";
  const auto run = [&](const json& metrics) {
    write_file(expected, metrics.dump());
    return evaluation.run({"--no-figures", "--expect", expected.string()});
  };
  EXPECT_EQ(run({{"all_clips", {{"systems", {{"fused", {{"accuracy", 1}}}}}}}}).exit_status, 0);
  const auto clips = run({{"all_clips", {{"clips", 4}}}});
  EXPECT_EQ(clips.exit_status, 4);
  EXPECT_THAT(clips.out, HasSubstr("all_clips.clips: expected 4, got 3"));
  const auto rule = run({{"rule", "mean"}});
  EXPECT_EQ(rule.exit_status, 4);
  EXPECT_THAT(rule.out, HasSubstr("rule: expected \"mean\", got \"max-confidence\""));
  const auto gone = run({{"all_clips", {{"f3", .5}}}});
  EXPECT_EQ(gone.exit_status, 4);
  EXPECT_THAT(gone.out, HasSubstr("all_clips.f3: expected 0.5, got missing"));
  const auto nothing = run(json::object());
  EXPECT_EQ(nothing.exit_status, 2) << "a gate that compares nothing must not pass";
  EXPECT_THAT(nothing.err, HasSubstr("--expect " + expected.string() + " holds no numbers"));
}

TEST(FusionExpect, NeedsAMetricsFileThatThisRunLeavesAlone) {
  const Evaluation evaluation;
  ASSERT_EQ(evaluation.run().exit_status, 0);
  const auto own = (evaluation.output / "metrics.json").string();
  EXPECT_EQ(evaluation.run({"--no-figures", "--expect", own}).exit_status, 2);
  EXPECT_EQ(evaluation.run({"--no-figures", "--expect", "nowhere.json"}).exit_status, 1);
  const auto table = evaluation.run({"--no-figures", "--expect", evaluation.audio.string()});
  EXPECT_EQ(table.exit_status, 1);
  EXPECT_THAT(table.err, HasSubstr("is no metrics.json"));
}

}  // namespace
}  // namespace aver
