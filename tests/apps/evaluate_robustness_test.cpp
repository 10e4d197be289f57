#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/csv.h"
#include "support.h"

// The whole way: a small corpus, models of two folds, and what is left of them under conditions.
namespace aver::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Robustness : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_.emplace();
    run_to_status({"aver-synthesize", "-q", "-o", at("corpus"), "--actors", "3", "--statements",
                   "1", "--repetitions", "1", "--seconds", "0.5", "--size", "96x72", "--twin-actor",
                   "0"});
    run_to_status(
        {"aver-extract-frames", "-q", "-i", at("corpus"), "-o", at("frames"), "--resize", "48x36"});
    run_to_status({"aver-extract-audio", "-q", "-i", at("corpus"), "-o", at("audio")});
    run_to_status(
        {"aver-compute-mfcc", "-q", "-i", at("audio"), "-o", at("mfcc"), "--no-pictures"});
    run_to_status({"aver-split", "make", "-q", "-i", at("mfcc"), "-o", at("split.csv"),
                   "--protocol", "group-3"});
    run_to_status(
        {"aver-train-visual", "-q",      "-i",  at("frames"), "-o", at("visual"), "--split",
         at("split.csv"),     "--folds", "all", "--epochs",   "2",  "--size",     "16",
         "--filters",         "4",       "6",   "--dense",    "8",  "--threads",  "1"});
    train_voice("voice", "all");
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string at(const std::string& name) { return (*folder_ / name).string(); }

  /// A voice on these folds, in a few seconds.
  static CommandResult train_voice(const std::string& output, const std::string& folds,
                                   const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"aver-train-audio",
                                      "-q",
                                      "-i",
                                      at("mfcc"),
                                      "-o",
                                      at(output),
                                      "--split",
                                      at("split.csv"),
                                      "--folds",
                                      folds,
                                      "--epochs",
                                      "2",
                                      "--filters",
                                      "4",
                                      "4",
                                      "6",
                                      "--lstm",
                                      "8",
                                      "6",
                                      "--threads",
                                      "1"};
    words.insert(words.end(), more.begin(), more.end());
    return run_to_status(words);
  }

  static std::vector<std::string> command(const std::string& output,
                                          const std::vector<std::string>& more) {
    std::vector<std::string> words = {"aver-evaluate-robustness",
                                      "-q",
                                      "-i",
                                      at("corpus"),
                                      "-o",
                                      at(output),
                                      "--draws",
                                      "200",
                                      "--threads",
                                      "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static std::vector<std::string> both(const std::string& output,
                                       const std::vector<std::string>& more) {
    auto words = command(output, {"--audio", at("voice"), "--visual", at("visual")});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// Who trains in fold 0: the last part of a clip's key.
  static std::string training_speaker() {
    for (const auto& row : read_csv(at("split.csv")).rows) {
      if (row[0] == "0" && row[2] == "train") return row[1].substr(row[1].size() - 2);
    }
    return "nobody";
  }

  static std::string cell(const CsvTable& table, const std::string& condition,
                          const std::string& system, const std::string& column) {
    for (const auto& row : table.rows) {
      if (row[table.column("condition")] == condition && row[table.column("system")] == system) {
        return row[table.column(column)];
      }
    }
    return "no row";
  }

  static std::optional<TemporaryFolder> folder_;
};
std::optional<TemporaryFolder> Robustness::folder_;

TEST_F(Robustness, CleanIsWhatFusionSaysToTheLastDigit) {
  run_to_status(both("clean", {"--conditions", "telephone", "--rules", "max-confidence", "mean",
                               "product", "weighted", "calibrated-product"}));
  run_to_status({"aver-evaluate-fusion", "-q", "--audio", at("voice"), "--visual", at("visual"),
                 "-o", at("fusion"), "--draws", "200", "--no-figures"});
  const CsvTable ours = read_csv(at("clean/robustness.csv"));
  const CsvTable theirs = read_csv(at("fusion/rules.csv"));
  std::size_t compared = 0;
  for (const auto& row : theirs.rows) {
    const std::string system = row.front();
    if (row[1] != "no" || cell(ours, "clean", system, "uar") == "no row") continue;
    for (const char* column :
         {"accuracy", "accuracy_low", "accuracy_high", "uar", "uar_low", "uar_high"}) {
      EXPECT_EQ(cell(ours, "clean", system, column), row[theirs.column(column)])
          << system << " " << column;
    }
    EXPECT_EQ(cell(ours, "clean", system, "clips"), row[theirs.column("clips")]);
    ++compared;
  }
  EXPECT_EQ(compared, 7U);
}

TEST_F(Robustness, CleanIsWhatARunOfOneModalitySays) {
  run_to_status(command("voice-alone", {"--audio", at("voice"), "--conditions", "telephone"}));
  const CsvTable answers = read_csv(at("voice/predictions.csv"));
  double right = 0, clips = 0;
  for (const auto& row : answers.rows) {
    if (row[answers.column("role")] != "test") continue;
    const std::size_t first = answers.column("label") + 1;
    std::size_t most = first;
    for (std::size_t c = first; c < row.size(); ++c) {
      if (std::stod(row[c]) > std::stod(row[most])) most = c;
    }
    right += answers.header[most] == row[answers.column("label")] ? 1 : 0;
    ++clips;
  }
  ASSERT_GT(clips, 20);
  const json metrics = json::parse(read_file(at("voice-alone/metrics.json")));
  EXPECT_EQ(metrics.at("clips"), clips);
  EXPECT_TRUE(metrics.at("notes").empty()) << metrics.at("notes");
  EXPECT_NEAR(metrics.at("curve")[0].at("accuracy"), right / clips, 5e-7);
}

TEST_F(Robustness, AnyNumberOfWorkersWritesTheSameBytes) {
  const std::vector<std::string> conditions = {"--conditions",
                                               "babble=0,opus=6,reverberation=0.9,blur=4,no-audio"};
  std::map<std::string, std::string> first;
  for (const char* workers : {"1", "4"}) {
    const std::string output = std::string("workers-") + workers;
    auto words = both(output, conditions);
    words.insert(words.end(), {"--workers", workers});
    run_to_status(words);
    auto content = folder_content(at(output));
    EXPECT_TRUE(content.contains("robustness.csv") && content.contains("metrics.json") &&
                content.contains("answers.csv") && content.contains("table.md"));
    EXPECT_FALSE(content.contains("answers.part"));
    if (first.empty())
      first = std::move(content);
    else
      EXPECT_EQ(content, first);
  }
}

TEST_F(Robustness, AKilledRunGoesOnBehindWhatIsAnswered) {
  const std::vector<std::string> conditions = {"--conditions", "opus", "--workers", "1"};
  run_to_status(both("whole", conditions));
  const fs::path kept = at("killed/answers.part");
  const auto killed = run_and_kill(both("killed", conditions), SIGKILL,
                                   [&] { return fs::exists(kept) && fs::file_size(kept) > 4000; });
  if (killed.exit_status == 0) GTEST_SKIP() << "it had ended before it could be killed";
  ASSERT_TRUE(fs::exists(kept));
  auto again = both("killed", conditions);
  std::erase(again, "-q");
  const auto result = run_to_status(again);
  EXPECT_THAT(result.err, HasSubstr("going on behind them"));
  EXPECT_EQ(folder_content(at("killed")), folder_content(at("whole")));
}

TEST_F(Robustness, OneModalityAwayLeavesTheOther) {
  run_to_status(both("away", {"--conditions", "no-audio,no-visual", "--rules", "max-confidence"}));
  const CsvTable table = read_csv(at("away/robustness.csv"));
  EXPECT_EQ(cell(table, "no-audio", "max-confidence", "uar"),
            cell(table, "clean", "visual", "uar"));
  EXPECT_EQ(cell(table, "no-visual", "max-confidence", "uar"),
            cell(table, "clean", "audio", "uar"));
  EXPECT_EQ(cell(table, "no-audio", "audio", "uar"), "no row");
}

TEST_F(Robustness, NoiseOfAFolderChangesWhatIsHeard) {
  fs::create_directories(at("noise"));
  for (const auto& [path, content] : folder_content(at("audio"))) {
    if (path.ends_with(".wav")) write_file(at("noise/one.wav"), content);
  }
  run_to_status(command(
      "noisy", {"--audio", at("voice"), "--conditions", "noise=-5", "--noise", at("noise")}));
  const CsvTable answers = read_csv(at("noisy/answers.csv"));
  std::map<std::string, std::vector<std::string>> clean;
  std::size_t changed = 0;
  for (const auto& row : answers.rows) {
    const std::vector<std::string> said(row.begin() + 5, row.end());
    if (row[answers.column("condition")] == "clean")
      clean[row[0]] = said;
    else
      changed += clean.at(row[0]) == said ? 0 : 1;
  }
  EXPECT_GT(changed, clean.size() / 2);
}

TEST_F(Robustness, WhatCannotBeIsOneSentence) {
  const auto refused = [&](const std::vector<std::string>& more, int status, const char* words) {
    const auto result = run_to_status(command("refused", more), status);
    EXPECT_THAT(result.err, HasSubstr(words));
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  };
  refused({}, 2, "--audio, --visual or both are required");
  refused({"--audio", at("voice"), "--conditions", "rain"}, 2, "there is no such condition");
  refused({"--audio", at("voice"), "--conditions", "gamma"}, 2, "there is no such condition");
  refused({"--audio", at("voice"), "--conditions", "noise"}, 2, "needs --noise");
  refused({"--audio", at("voice"), "--rules", "mean"}, 2, "needs two modalities");
  refused({"--audio", at("voice/fold-0/model.safetensors")}, 2, "is no training run");
  refused({"--audio", at("voice"), "--modality", "audio-only"}, 1, "has no recording");
  refused({"--audio", at("visual")}, 1, "visual");
  EXPECT_FALSE(fs::exists(at("refused/robustness.csv")));
}

TEST_F(Robustness, CopiesTrainWhereTheirClipTrainsAndNowhereElse) {
  run_to_status({"aver-extract-audio", "-q", "-i", at("corpus"), "-o", at("audio-loud"),
                 "--conditions", "white-noise=0", "-j", "1"});
  run_to_status(
      {"aver-compute-mfcc", "-q", "-i", at("audio-loud"), "-o", at("mfcc-loud"), "--no-pictures"});
  EXPECT_THAT(read_file(at("mfcc-loud/stage.json")), HasSubstr("white-noise=0"));
  const auto train = [&](const std::string& output, const std::vector<std::string>& more) {
    train_voice(output, "0", more);
    return read_file(at(output + "/model.safetensors"));
  };
  const std::string plain = train("plain", {});
  const std::string with_copies = train("with-copies", {"--copies", at("mfcc-loud")});
  EXPECT_NE(plain, with_copies);
  EXPECT_EQ(train("once-more", {"--copies", at("mfcc-loud")}), with_copies);

  // Without the copies of what does not train the model is the same to the last bit.
  run_to_status({"aver-extract-audio", "-q", "-i", at("corpus"), "-o", at("audio-few"),
                 "--conditions", "white-noise=0", "--filter", "speaker=" + training_speaker(), "-j",
                 "1"});
  run_to_status(
      {"aver-compute-mfcc", "-q", "-i", at("audio-few"), "-o", at("mfcc-few"), "--no-pictures"});
  const std::string few = train("few", {"--copies", at("mfcc-few")});
  EXPECT_EQ(few.substr(few.size() / 2), with_copies.substr(with_copies.size() / 2));

  const auto other = run_command({"aver-train-audio", "-q", "-i", at("mfcc"), "-o", at("other"),
                                  "--copies", at("audio-loud")});
  EXPECT_EQ(other.exit_status, 1);
}

TEST_F(Robustness, CopiesOfFramesTrainWhereTheirClipTrainsAndNowhereElse) {
  const auto frames = [&](const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"aver-extract-frames", "-q", "-i",
                                      at("corpus"),          "-o", at(output)};
    if (std::ranges::count(more, "--resize") == 0) words.insert(words.end(), {"--resize", "48x36"});
    words.insert(words.end(), more.begin(), more.end());
    run_to_status(words);
  };
  frames("frames-dim", {"--conditions", "gamma=3,blur=4,eyes-covered", "-j", "1"});
  frames("frames-dim-4", {"--conditions", "gamma=3,blur=4,eyes-covered", "-j", "4"});
  EXPECT_EQ(folder_content(at("frames-dim")), folder_content(at("frames-dim-4")));
  EXPECT_THAT(read_file(at("frames-dim/stage.json")), HasSubstr("gamma=3,blur=4,eyes-covered"));
  const auto names = [](const std::string& folder) {
    std::vector<std::string> paths;
    for (const auto& [path, content] : folder_content(folder)) {
      if (path.ends_with(".jpg")) paths.push_back(path);
    }
    return paths;
  };
  EXPECT_EQ(names(at("frames-dim")), names(at("frames")));
  EXPECT_EQ(run_command({"aver-extract-frames", "-q", "-i", at("corpus"), "-o", at("none"),
                         "--conditions", "frame-rate"})
                .exit_status,
            2)
      << "which drops frames";

  const auto train = [&](const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "aver-train-visual", "-q",      "-i", at("frames"), "-o", at(output),  "--split",
        at("split.csv"),     "--folds", "0",  "--epochs",   "2",  "--size",    "16",
        "--filters",         "4",       "6",  "--dense",    "8",  "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    run_to_status(words);
    return read_file(at(output + "/model.safetensors"));
  };
  const std::string plain = train("see-plain", {});
  const std::string with_copies = train("see-copies", {"--copies", at("frames-dim")});
  EXPECT_NE(plain, with_copies);
  EXPECT_EQ(train("see-again", {"--copies", at("frames-dim")}), with_copies);
  frames("frames-few", {"--conditions", "gamma=3,blur=4,eyes-covered", "--filter",
                        "speaker=" + training_speaker()});
  const std::string few = train("see-few", {"--copies", at("frames-few")});
  EXPECT_EQ(few.substr(few.size() / 2), with_copies.substr(with_copies.size() / 2));

  frames("frames-large", {"--conditions", "gamma=3", "--resize", "64x48"});
  const auto other = run_command({"aver-train-visual", "-q", "-i", at("frames"), "-o",
                                  at("other-frames"), "--copies", at("frames-large")});
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("resize"));
}

TEST_F(Robustness, DegradedCopiesAreTheSameBytesForAnyWorkers) {
  for (const char* workers : {"0", "1", "4"}) {
    run_to_status({"aver-extract-audio", "-q", "-i", at("corpus"), "-o",
                   at(std::string("mixed-") + workers), "--conditions",
                   "babble,opus,telephone,clipping", "-j", workers});
  }
  EXPECT_EQ(folder_content(at("mixed-0")), folder_content(at("mixed-1")));
  EXPECT_EQ(folder_content(at("mixed-0")), folder_content(at("mixed-4")));
}

}  // namespace
}  // namespace aver::test
