#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/csv.h"
#include "base/error.h"
#include "base/random.h"
#include "support.h"

// Drawn tables of two modalities for tests of fits, intervals and comparisons.
namespace aver::test {

inline constexpr std::array<const char*, 3> kClasses = {"neutral", "happy", "sad"};
inline constexpr std::array<int, 3> kCodes = {1, 3, 4};

/// What stands in one row of a drawn table.
struct Row {
  std::string clip, fold, role, label;
  std::array<double, 3> p{};
};

/// Both tables: 12 actors with 12 clips each. Audio is right more often than visual.
struct DrawnTables {
  std::vector<Row> audio, visual;
};

inline std::array<double, 3> drawn(Random& random, std::size_t truth, double pull) {
  std::array<double, 3> p{};
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    p[c] = std::exp(1.5 * random.normal() + (c == truth ? pull : 0));
    sum += p[c];
  }
  for (double& value : p) value /= sum;
  return p;
}

/// `place(actor)` gives fold and role of an actor's clips.
inline DrawnTables draw(const std::function<std::pair<std::string, std::string>(int)>& place) {
  Random random(7);
  DrawnTables tables;
  for (int actor = 1; actor <= 12; ++actor) {
    for (std::size_t i = 0; i < 12; ++i) {
      const std::size_t truth = i % 3;
      const int intensity = truth == 0 || i < 6 ? 1 : 2;
      Row row;
      row.clip = fmt::format("01-{:02}-{:02}-{:02}-{:02}-{:02}", kCodes[truth], intensity,
                             1 + i / 3 % 2, 1 + i / 6, actor);
      std::tie(row.fold, row.role) = place(actor);
      row.label = kClasses[truth];
      if (truth == 0 && i >= 6)
        row.clip = fmt::format("01-01-01-{:02}-02-{:02}", 1 + i / 3 % 2, actor);
      row.p = drawn(random, truth, 2.0);
      tables.audio.push_back(row);
      row.p = drawn(random, truth, 1.0);
      tables.visual.push_back(row);
    }
  }
  return tables;
}

inline std::pair<std::string, std::string> four_folds(int actor) {
  return {std::to_string(actor % 4), ""};
}

/// One fold: actors 1–6 train, 7–9 validate, 10–12 test.
inline std::pair<std::string, std::string> one_fold(int actor) {
  return {"0", actor <= 6 ? "train" : actor <= 9 ? "validation" : "test"};
}

inline std::string text_of(const std::vector<Row>& rows) {
  std::string text = "clip,fold,role,label,neutral,happy,sad\n";
  for (const Row& row : rows) {
    text += fmt::format("{},{},{},{},{:.6f},{:.6f},{:.6f}\n", row.clip, row.fold, row.role,
                        row.label, row.p[0], row.p[1], row.p[2]);
  }
  return text;
}

struct DrawnEvaluation {
  explicit DrawnEvaluation(const DrawnTables& tables) {
    write_file(folder / "audio.csv", text_of(tables.audio));
    write_file(folder / "visual.csv", text_of(tables.visual));
  }
  CommandResult run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"aver-evaluate-fusion",
                                          "--audio-posteriors",
                                          (folder / "audio.csv").string(),
                                          "--visual-posteriors",
                                          (folder / "visual.csv").string(),
                                          "--output",
                                          output.string(),
                                          "--no-figures"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_command(arguments);
  }
  nlohmann::json metrics() const {
    return nlohmann::json::parse(read_file(output / "metrics.json"));
  }
  CsvTable table(const char* name) const { return read_csv(output / name); }

  TemporaryFolder folder;
  fs::path output = folder / "fusion";
};

inline const nlohmann::json* system_of(const nlohmann::json& metrics, const std::string& name,
                                       bool temperatures) {
  for (const nlohmann::json& system : metrics.at("rules").at("systems")) {
    if (system.at("system") == name && system.at("temperatures") == temperatures) return &system;
  }
  return nullptr;
}

}  // namespace aver::test
