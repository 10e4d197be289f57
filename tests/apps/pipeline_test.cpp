#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "support.h"

// All stages one after the other, as a user runs them: recordings in, accuracy table out.
namespace aver {
namespace {

using test::run_command;
using test::TemporaryFolder;
using ::testing::HasSubstr;

class Pipeline {
 public:
  explicit Pipeline(const fs::path& root) : root_(root) {}

  /// Runs a tool quietly and expects it to end with this status.
  test::CommandResult run(std::vector<std::string> words, int status = 0) const {
    const std::string name = words.front();
    words.emplace_back("--quiet");
    const auto result = run_command(words, {{"OMP_NUM_THREADS", "1"}});
    EXPECT_EQ(result.exit_status, status) << name << ": " << result.out << result.err;
    return result;
  }

  std::string path(const char* relative) const { return (root_ / relative).string(); }

  void synthesize() const {
    run({"aver-synthesize", "--output", path("corpus"), "--actors", "3", "--statements", "1",
         "--repetitions", "1", "--seconds", "1", "--size", "96x72"});
  }

  void data_stages(const std::string& dataset, const std::string& prefix, int status = 0) const {
    run({"aver-extract-frames", "--input", dataset, "--output", path((prefix + "frames").c_str())},
        status);
    run({"aver-extract-audio", "--input", dataset, "--output", path((prefix + "audio").c_str())},
        status);
    run({"aver-compute-mfcc", "--input", path((prefix + "audio").c_str()), "--output",
         path((prefix + "mfcc").c_str()), "--coefficients", "20", "--hop-length", "1024"});
  }

  /// Small networks and few epochs: what is tested is that the stages fit together.
  void train(const std::vector<std::string>& split) const {
    std::vector<std::string> visual = {"aver-train-visual",
                                       "--input",
                                       path("frames"),
                                       "--output",
                                       path("runs/visual"),
                                       "--epochs",
                                       "2",
                                       "--threads",
                                       "1",
                                       "--learning-rate",
                                       "0.001"};
    std::vector<std::string> audio = {"aver-train-audio",
                                      "--input",
                                      path("mfcc"),
                                      "--output",
                                      path("runs/audio"),
                                      "--epochs",
                                      "2",
                                      "--threads",
                                      "1",
                                      "--batch-size",
                                      "8",
                                      "--filters",
                                      "8",
                                      "8",
                                      "8",
                                      "--lstm",
                                      "16",
                                      "16",
                                      "16",
                                      "--mask-padding"};
    for (auto* words : {&visual, &audio}) {
      words->insert(words->end(), split.begin(), split.end());
      run(*words);
    }
  }

 private:
  fs::path root_;
};

/// Moves every figure called accuracy by more than the gate allows.
void shift_accuracies(nlohmann::json& node) {
  if (!node.is_structured()) return;
  for (auto& [name, value] : node.items()) {
    if (name == "accuracy" && value.is_number()) {
      value = value.get<double>() + 0.05;
    } else {
      shift_accuracies(value);
    }
  }
}

TEST(Pipeline, TakesRecordingsInAndGivesAnAccuracyTableOut) {
  TemporaryFolder folder;
  const Pipeline pipeline(folder.path());
  pipeline.synthesize();
  pipeline.data_stages(pipeline.path("corpus"), "");
  pipeline.run({"aver-split", "make", "--input", pipeline.path("mfcc"), "--output",
                pipeline.path("split.csv"), "--protocol", "group-3"});
  pipeline.train({"--split", pipeline.path("split.csv"), "--folds", "0"});

  const std::vector<std::string> fuse = {"aver-evaluate-fusion", "--visual",
                                         pipeline.path("runs/visual"), "--audio",
                                         pipeline.path("runs/audio")};
  const auto fused = [&](std::vector<std::string> more, int status) {
    more.insert(more.begin(), fuse.begin(), fuse.end());
    return pipeline.run(more, status);
  };
  const auto first = fused({"--output", pipeline.path("runs/fusion")}, 0);
  EXPECT_THAT(first.out, HasSubstr("Training has seen 0 of 1 test actors"));

  // Every clip of the corpus is in the table: 3 actors, 15 trials each (neutral has one intensity).
  const auto predictions = read_csv(folder / "runs/fusion/predictions.csv");
  EXPECT_EQ(predictions.rows.size(), 45u);
  for (const char* file :
       {"model.safetensors", "best.safetensors", "history.csv", "predictions.csv", "metrics.json",
        "split.csv", "config.toml", "figures/learning_curves.gp", "run.log"}) {
    EXPECT_TRUE(fs::exists(folder / "runs/audio" / file)) << file;
    EXPECT_TRUE(fs::exists(folder / "runs/visual" / file)) << file;
  }
  EXPECT_TRUE(fs::exists(folder / "runs/visual/frame_predictions.csv"));

  // The gate: the same figures pass, drifted ones end with 4 and show both values.
  fs::copy_file(folder / "runs/fusion/metrics.json", folder / "expected.json");
  fused({"--output", pipeline.path("runs/again"), "--expect", pipeline.path("expected.json")}, 0);
  EXPECT_EQ(read_file(folder / "runs/again/predictions.csv"),
            read_file(folder / "runs/fusion/predictions.csv"));

  auto drifted = nlohmann::json::parse(read_file(folder / "expected.json"));
  const std::string before = drifted.dump();
  for (auto& [name, part] : drifted.items()) shift_accuracies(part);
  ASSERT_NE(drifted.dump(), before);
  write_file(folder / "drifted.json", drifted.dump());
  fused({"--output", pipeline.path("runs/again"), "--expect", pipeline.path("drifted.json")}, 4);

  // A model on a stage folder gives what its run gave.
  pipeline.run({"aver-predict", "--model", pipeline.path("runs/audio"), "--input",
                pipeline.path("mfcc"), "--output", pipeline.path("audio.csv"), "--threads", "1"});
  const auto of_run = read_csv(folder / "runs/audio/predictions.csv");
  const auto predicted = read_csv(folder / "audio.csv");
  ASSERT_EQ(of_run.rows.size(), predicted.rows.size());
  const std::size_t happy = of_run.column("happy");
  for (std::size_t i = 0; i < of_run.rows.size(); ++i) {
    EXPECT_EQ(of_run.rows[i][0], predicted.rows[i][0]);
    EXPECT_EQ(of_run.rows[i][happy], predicted.rows[i][predicted.column("happy")]);
  }
}

TEST(Pipeline, RealRecordingsGoThroughModelsOfTheSyntheticCorpus) {
  AVER_REQUIRE_TEST_DATA(data);
  TemporaryFolder folder;
  const Pipeline pipeline(folder.path());
  pipeline.synthesize();
  pipeline.data_stages(pipeline.path("corpus"), "");
  pipeline.train({});

  // Two of the nine files are tiles without a RAVDESS name: they fail by name, the others go on.
  pipeline.data_stages((data / "ravdess-av-clips").string(), "real-", 1);
  for (const auto& [model, stage, output] : {std::tuple{"runs/visual", "real-frames", "visual.csv"},
                                             std::tuple{"runs/audio", "real-mfcc", "audio.csv"}}) {
    pipeline.run({"aver-predict", "--model", pipeline.path(model), "--input", pipeline.path(stage),
                  "--output", pipeline.path(output)});
  }
  const auto result = pipeline.run(
      {"aver-evaluate-fusion", "--visual-posteriors", pipeline.path("visual.csv"),
       "--audio-posteriors", pipeline.path("audio.csv"), "--output", pipeline.path("fusion")});
  EXPECT_FALSE(result.out.empty());
  const auto fused = read_csv(folder / "fusion/predictions.csv");
  EXPECT_EQ(fused.rows.size(), 7u);
}

}  // namespace
}  // namespace aver
