#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/csv.h"
#include "support.h"

// aver-predict on clips, as a user runs it: trained models, recordings of any name.
namespace aver::test {

inline constexpr const char* kClip = "01-01-05-01-01-01-02";  // of the synthetic corpus

/// A synthetic corpus through all stages, with two small models; made once, for all tests.
class Models {
 public:
  static const Models& get() {
    static const Models models;
    return models;
  }

  std::string path(const std::string& relative) const { return (folder_ / relative).string(); }
  std::string clip(const std::string& stem) const {
    return path("corpus/Actor_" + stem.substr(18) + "/" + stem + ".mp4");
  }

 private:
  Models() {
    run({"aver-synthesize", "--output", path("corpus"), "--actors", "2", "--statements", "1",
         "--repetitions", "1", "--seconds", "1.2", "--size", "128x96"});
    // Settings other than the defaults: prediction must take those of the models.
    run({"aver-extract-frames", "--input", path("corpus"), "--output", path("frames"), "--every",
         "4", "--quality", "80", "--resize", "80x70"});
    run({"aver-extract-audio", "--input", path("corpus"), "--output", path("audio"),
         "--sample-rate", "32000"});
    run({"aver-compute-mfcc", "--input", path("audio"), "--output", path("mfcc"), "--coefficients",
         "20", "--hop-length", "400", "--sample-rate", "16000", "--no-pictures"});
    run({"aver-train-visual", "--input", path("frames"), "--output", path("visual"), "--epochs",
         "2", "--size", "32", "--filters", "8", "8", "--dense", "16", "--threads", "1"});
    run({"aver-train-audio", "--input", path("mfcc"), "--output", path("sound"), "--epochs", "2",
         "--filters", "8", "8", "8", "--lstm", "16", "16", "--dense", "16", "--threads", "1"});
  }

  static void run(std::vector<std::string> words) {
    words.emplace_back("--quiet");
    const auto result = run_command(words);
    if (result.exit_status != 0) throw std::runtime_error(words.front() + ": " + result.err);
  }

  TemporaryFolder folder_;
};

inline CommandResult predict(std::vector<std::string> words) {
  words.insert(words.begin(), {"aver-predict", "--quiet"});
  return run_command(words);
}

/// With both models.
inline CommandResult predict_with_both(std::vector<std::string> words) {
  const auto& models = Models::get();
  words.insert(words.end(), {"--visual", models.path("visual"), "--audio", models.path("sound")});
  return predict(words);
}

/// What aver-predict says of a clip.
inline nlohmann::json command_says(const std::string& clip,
                                   const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {clip, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const auto result = predict_with_both(words);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return nlohmann::json::parse(result.out);
}

/// The same six decimals for each class.
inline void expect_distribution(std::span<const double> values, const nlohmann::json& by_class,
                                const std::vector<std::string>& classes, const std::string& name) {
  ASSERT_EQ(values.size(), classes.size()) << name;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    EXPECT_EQ(fmt::format("{:.6f}", values[c]),
              fmt::format("{:.6f}", by_class[classes[c]].get<double>()))
        << name << " " << classes[c];
  }
}

/// What the staged pipeline prints for every clip: predictions.csv of one model.
inline std::map<std::string, std::map<std::string, std::string>> staged(
    const std::string& model, const std::string& stage, const std::string& threads) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const std::string output = (folder / "p.csv").string();
  const auto result = predict({"--model", models.path(model), "--input", models.path(stage),
                               "--output", output, "--threads", threads});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = read_csv(output);
  std::map<std::string, std::map<std::string, std::string>> by_clip;
  for (const auto& row : table.rows) {
    for (std::size_t c = 4; c < table.header.size(); ++c) {
      by_clip[row[0]][table.header[c]] = row[c];
    }
  }
  return by_clip;
}

inline void expect_equal_to_the_stages(const std::vector<std::string>& options,
                                       const std::string& threads) {
  const auto visual = staged("visual", "frames", threads);
  const auto audio = staged("sound", "mfcc", threads);
  auto words = options;
  words.insert(words.end(), {Models::get().path("corpus"), "--format", "csv"});
  const auto result = predict_with_both(words);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = parse_csv(result.out, "answers");
  std::size_t compared = 0;
  for (const auto& row : table.rows) {
    const std::string stem = fs::path(row[0]).stem().string();
    if (!stem.starts_with("01-")) continue;  // the corpus has twins of one modality too
    const std::string key = stem.substr(3);
    for (const auto& [name, value] : visual.at(key)) {
      EXPECT_EQ(row[table.column("visual_" + name)], value) << stem << " " << name;
      EXPECT_EQ(row[table.column("audio_" + name)], audio.at(key).at(name)) << stem << " " << name;
    }
    ++compared;
  }
  EXPECT_EQ(compared, visual.size());
  EXPECT_EQ(compared, audio.size());
  EXPECT_EQ(compared, 30U);
}

}  // namespace aver::test
