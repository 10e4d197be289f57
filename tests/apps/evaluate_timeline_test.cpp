#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "support.h"

namespace aver {
namespace {

using test::CommandResult;
using test::folder_content;
using test::run_command;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Two recordings of two speakers, six seconds each.
constexpr const char* kTruth =
    "file,start,end,emotion,speaker\n"
    "a.wav,0,3,sad,1\n"
    "a.wav,3,6,happy,1\n"
    "sub/b.wav,0 days 00:00:00,0 days 00:00:02,neutral,2\n"
    "sub/b.wav,2,6,sad,2\n";

/// Windows of one second as aver-predict writes them, with the probability of "happy" in each; the
/// rest is of "sad".
std::string windows(const std::string& clip, const std::vector<double>& happy) {
  std::string text;
  for (std::size_t i = 0; i < happy.size(); ++i) {
    text += fmt::format("{},{},{},{},0.9,audio,{:.6f},{:.6f},,,,,,\n", clip, i, i + 1,
                        happy[i] > .5 ? "happy" : "sad", happy[i], 1 - happy[i]);
  }
  return text;
}

const std::string kHeader =
    "clip,start,end,emotion,confidence,decided_by,happy,sad,visual_happy,visual_sad,audio_happy,"
    "audio_sad,error,remarks\n";

/// In "a" one window of the first three is wrong, in "b" the last.
std::string answers() {
  return kHeader + windows("work/a.wav", {.1, .8, .1, .9, .9, .9}) +
         windows("work/sub/b.wav", {.2, .2, .2, .2, .2, .8});
}

class EvaluateTimeline : public testing::Test {
 protected:
  CommandResult run(std::vector<std::string> more = {}) {
    std::vector<std::string> command = {"aver-evaluate-timeline",           "--truth",
                                        (folder_ / "truth.csv").string(),   "--answers",
                                        (folder_ / "answers.csv").string(), "--output",
                                        (folder_ / "out").string()};
    command.insert(command.end(), more.begin(), more.end());
    return run_command(command);
  }
  void write(const std::string& truth, const std::string& answers) {
    write_file(folder_ / "truth.csv", truth);
    write_file(folder_ / "answers.csv", answers);
  }
  nlohmann::json metrics() {
    return nlohmann::json::parse(read_file(folder_ / "out/metrics.json"));
  }

  TemporaryFolder folder_;
};

TEST_F(EvaluateTimeline, SpellingsOfOneClassAreOne) {
  write(kTruth, answers());
  ASSERT_EQ(run().exit_status, 0);
  const auto plain = metrics()["systems"][0];
  std::string spelled = kTruth;
  for (const auto& [word, other] :
       {std::pair{",sad,", ",sadness,"}, {",happy,", ",Happiness,"}, {",neutral,", ",Neutral,"}}) {
    for (auto at = spelled.find(word); at != std::string::npos; at = spelled.find(word)) {
      spelled.replace(at, std::string(word).size(), other);
    }
  }
  write(spelled, answers());
  ASSERT_EQ(run({"--background", "NEUTRAL"}).exit_status, 0);
  EXPECT_EQ(metrics()["systems"][0], plain);
}

TEST_F(EvaluateTimeline, ScoresWhatWasAnswered) {
  write(kTruth, answers());
  const auto result = run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("2 recordings, 12.0 s, 2 changes"),
                                HasSubstr("intervals over 2 speakers"), HasSubstr("33.33 %")));
  // One second of "a" and one of "b" are confused, the neutral two of "b" a false alarm.
  const auto system = metrics()["systems"][0];
  EXPECT_NEAR(system["error_rate"], 4.0 / 12, 1e-12);
  EXPECT_NEAR(system["confused"], 2.0 / 12, 1e-12);
  EXPECT_NEAR(system["false_alarm"], 2.0 / 12, 1e-12);
  EXPECT_NEAR(system["missed"], 0, 1e-12);
  // "happy" begins at 3 s as it should, and "sad" of "b" at 0 s, two too soon.
  EXPECT_NEAR(system["median_onset_error"], 1, 1e-12);
  EXPECT_NEAR(system["onsets_within_tolerance"], .5, 1e-12);
  EXPECT_THAT(system["error_rate_interval"], testing::ElementsAre(1.0 / 6, .5));
  const CsvTable recordings = read_csv(folder_ / "out/recordings.csv");
  EXPECT_THAT(recordings.rows,
              testing::ElementsAre(testing::ElementsAre("a.wav", "1", "6.000", "0.166667", "0.000",
                                                        "0.000", "1.000", "1", "0.000"),
                                   testing::ElementsAre("sub/b.wav", "2", "6.000", "0.500000",
                                                        "0.000", "2.000", "1.000", "1", "2.000")));
  EXPECT_THAT(read_file(folder_ / "out/timelines.gp"), HasSubstr("a.wav"));
}

TEST_F(EvaluateTimeline, AnotherLabelMayBeTheBackground) {
  write(kTruth, answers());
  ASSERT_EQ(run({"--background", "sad", "--no-figure"}).exit_status, 0);
  const auto system = metrics()["systems"][0];
  EXPECT_NEAR(system["error_rate"], 4.0 / 12, 1e-12) << "the rate is the same";
  EXPECT_NEAR(system["missed"], 2.0 / 12, 1e-12) << "neutral was answered with sad";
  EXPECT_NEAR(system["false_alarm"], 2.0 / 12, 1e-12);
  EXPECT_FALSE(fs::exists(folder_ / "out/timelines.dat"));
}

TEST_F(EvaluateTimeline, FitsASmootherThatOthersAreScoredWith) {
  write(kTruth, answers());
  const auto fitted = run({"--fit"});
  ASSERT_EQ(fitted.exit_status, 0) << fitted.err;
  EXPECT_THAT(fitted.out, HasSubstr("fitted on these very recordings"));
  const auto systems = metrics()["systems"];
  ASSERT_EQ(systems.size(), 2U);
  EXPECT_NEAR(systems[1]["error_rate"], 2.0 / 12, 1e-12) << "only neutral cannot be answered";
  const auto smoother = nlohmann::json::parse(read_file(folder_ / "out/smoother.json"));
  EXPECT_EQ(smoother["hop"], 1.0);
  EXPECT_EQ(smoother["fitted_on"], "2 recordings, 12.0 s");
  EXPECT_GT(read_csv(folder_ / "out/tried.csv").rows.size(), 50U);

  fs::rename(folder_ / "out/smoother.json", folder_ / "smoother.json");
  const auto scored = run({"--smoother", (folder_ / "smoother.json").string()});
  ASSERT_EQ(scored.exit_status, 0) << scored.err;
  EXPECT_THAT(scored.out, AllOf(HasSubstr("It was fitted on 2 recordings, 12.0 s"),
                                Not(HasSubstr("these very recordings"))));
  EXPECT_EQ(metrics()["systems"], systems);

  std::string apart = kHeader;
  for (const char* clip : {"a.wav", "sub/b.wav"}) {
    for (int i = 0; i < 3; ++i) {
      apart += fmt::format("{},{},{},sad,0.9,audio,0.1,0.9,,,,,,\n", clip, 2 * i, 2 * i + 1);
    }
  }
  write(kTruth, apart);
  const auto others = run({"--smoother", (folder_ / "smoother.json").string()});
  EXPECT_EQ(others.exit_status, 1);
  EXPECT_THAT(others.err, HasSubstr("was fitted on windows of 1 s each 1 s, and a.wav has windows "
                                    "of 1 s each 2 s"));
}

TEST_F(EvaluateTimeline, ASecondRunWritesTheSameBytes) {
  write(kTruth, answers());
  ASSERT_EQ(run({"--fit"}).exit_status, 0);
  const auto first = folder_content(folder_ / "out");
  ASSERT_EQ(run({"--fit"}).exit_status, 0);
  EXPECT_TRUE(folder_content(folder_ / "out") == first);
}

TEST_F(EvaluateTimeline, TakesSegmentsOfOtherPrograms) {
  write("file,start,end,emotion,duration\nb.wav,1,2,sad,4\n",
        "file,start,end,emotion\nb.wav,1.5,3,sad\n");
  ASSERT_EQ(run().exit_status, 0);
  const auto system = metrics()["systems"][0];
  EXPECT_NEAR(system["missed"], .625, 1e-12)
      << "half a second of it, and of the background what nobody answered";
  EXPECT_NEAR(system["false_alarm"], .25, 1e-12);
  EXPECT_FALSE(system.contains("error_rate_interval")) << "one recording";
  const auto refused = run({"--fit"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("no columns of probabilities"));
}

TEST_F(EvaluateTimeline, ARecordingThatCouldNotBeReadIsMissedWhole) {
  write(kTruth, kHeader + windows("a.wav", {.1, .1, .1, .9, .9, .9}) +
                    "sub/b.wav,,,,,,,,,,,,it is damaged,\n");
  const auto result = run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 recording could not be answered"));
  EXPECT_NEAR(metrics()["systems"][0]["missed"], .5, 1e-12);
}

TEST_F(EvaluateTimeline, SaysWhatItCannotScore) {
  const auto refused = [&](const std::string& truth, const std::string& said, const char* why) {
    write(truth, said);
    const auto result = run();
    EXPECT_EQ(result.exit_status, 1) << why;
    EXPECT_THAT(result.err, HasSubstr(why));
    EXPECT_FALSE(fs::exists(folder_ / "out"));
  };
  refused(kTruth, kHeader + windows("a.wav", {.1}), "1 of 2 recordings have no answer, sub/b.wav");
  refused(kTruth, answers() + windows("other/a.wav", {.1}), "could be work/a.wav or other/a.wav");
  refused("file,emotion\na.wav,sad\n", answers(), "line 2: a.wav has no end");
  refused("file,start,end,emotion\na.wav,0,3,sad\na.wav,2,4,happy\n", answers(),
          "happy begins at 2 s, before");
  refused("file,start,end,emotion,duration\na.wav,0,3,sad,soon\n", answers(), "'soon' is none");
  refused(kTruth, answers() + "work/a.wav,2,3,sad,0.9,audio,0.1,0.9,,,,,,\n",
          "line 14: work/a.wav: it begins or ends before");
  refused(kTruth, kHeader + "a.wav,0,1,sad,0.9,audio,much,0.9,,,,,,\n", "'much' is no probability");
  refused(kTruth, "clip,start\na.wav,0\n", "end");
}

TEST_F(EvaluateTimeline, BadUsageLeavesWithTwo) {
  write(kTruth, answers());
  EXPECT_EQ(run_command({"aver-evaluate-timeline"}).exit_status, 2);
  EXPECT_EQ(run({"--no-such-flag"}).exit_status, 2);
  const auto both = run({"--fit", "--smoother", "s.json", "--draws", "3"});
  EXPECT_EQ(both.exit_status, 2);
  EXPECT_THAT(both.err, AllOf(HasSubstr("give one of them"), HasSubstr("--draws")));
}

}  // namespace
}  // namespace aver
