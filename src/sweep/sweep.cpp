#include "sweep/sweep.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/csv.h"
#include "base/durable_file.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/json_text.h"
#include "base/options.h"
#include "base/programs.h"
#include "base/text.h"
#include "base/toml.h"
#include "corpus/corpus.h"
#include "eval/confusion.h"
#include "protocol/split_file.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "store/cleared_folder.h"
#include "sweep/space.h"

namespace aver {
namespace {

constexpr int kInterruptedStatus = 130, kUsageStatus = 2;

struct Trial {
  std::size_t number = 0;  ///< from 1
  nlohmann::ordered_json settings;
  struct Validation {
    double uar = 0, accuracy = 0;
  };
  std::optional<Validation> validation;  ///< nothing for one that failed
};

std::string name_of(const Trial& trial) {
  return fmt::format("trial-{:03}", trial.number);
}

/// Without the rows that test. Throws UsageError where a fold has no part of its own to choose on.
Split without_test(const fs::path& path) {
  Split split = read_split(path, Corpus().clips());
  std::set<int> with, without;
  for (const SplitRow& row : split.rows) {
    (row.role == Role::validation ? with : without).insert(row.fold);
  }
  std::vector<int> missing;
  std::ranges::set_difference(without, with, std::back_inserter(missing));
  if (!missing.empty()) {
    throw UsageError(
        "{} has no validation part in fold {}, so that its test part would choose the settings: "
        "make it without --no-validation",
        path.string(), fmt::join(missing, ", "));
  }
  std::erase_if(split.rows, [](const SplitRow& row) { return row.role == Role::test; });
  return split;
}

/// What the validation parts of all folds say together.
Scores validation_scores(const fs::path& run) {
  std::vector<fs::path> folders;
  for (const int fold : folds_in(run)) folders.push_back(fold_folder(run, fold));
  if (folders.empty()) folders.push_back(run);
  Predictions all;
  for (const fs::path& folder : folders) {
    auto own = read_predictions(folder / "predictions.csv", clips_of_folder(folder));
    all.classes = own.classes;
    std::ranges::move(own.rows, std::back_inserter(all.rows));
  }
  return score(confusion_of(all, Role::validation));
}

class Sweep {
 public:
  Sweep(const SweepConfig& config, Progress& progress)
      : config_(config), progress_(progress), space_(read_space(config.space)) {}

  SweepReport run() {
    choose_trials();
    check_tool();
    const Split split = split_to_choose_on();
    const FolderLock lock = lock_cleared(config_.output);
    open_folder();
    write_split(config_.output / "split.csv", split);
    progress_.start("trials", trials_.size());
    for (std::size_t i = 0; i < trials_.size() && !interrupted_; ++i) {
      train(trials_[i]);
      write_table();
      progress_.update(i + 1);
    }
    progress_.finish();
    return report();
  }

 private:
  void choose_trials() {
    if (config_.trials > 0) {
      for (std::size_t i = 0; i < config_.trials; ++i) {
        trials_.push_back({i + 1, drawn_settings(space_, config_.seed, i + 1), {}});
      }
      return;
    }
    for (auto& settings : grid_of(space_)) {
      trials_.push_back({trials_.size() + 1, std::move(settings), {}});
    }
  }

  void check_tool() {
    program_ = (config_.programs.empty() ? own_folder() : config_.programs) / space_.tool;
    if (!space_.tool.starts_with("aver-train-") || !fs::exists(program_)) {
      throw UsageError("{}: tool = \"{}\" is no trainer that is here ({})", config_.space.string(),
                       space_.tool, program_.string());
    }
    for (const char* own : {"output", "resume", "force", "join"}) {
      if (!space_.fixed.contains(own)) continue;
      throw UsageError("{}: {} is the sweep's to say", config_.space.string(), own);
    }
  }

  Split split_to_choose_on() {
    const auto split = space_.fixed.find("split");
    if (split == space_.fixed.end() || !split->is_string()) {
      throw UsageError(
          "{}: [fixed] needs split = \"split.csv\" with a validation part: without it what tests "
          "would choose the settings",
          config_.space.string());
    }
    return without_test(split->get<std::string>());
  }

  // Trials of another space under the same numbers would be taken for these.
  void open_folder() {
    const fs::path note = config_.output / "space.json";
    const nlohmann::json now = {
        {"space", fingerprint_of_file(config_.space)},
        {"split", fingerprint_of_file(space_.fixed.at("split").get<std::string>())},
        {"seed", config_.trials > 0 ? config_.seed : 0},
        {"drawn", config_.trials > 0}};
    if (fs::exists(note) && read_file(note) != now.dump(2) + "\n") {
      if (!config_.force) {
        throw UsageError("{} holds trials of another space, split or seed: --force removes them",
                         config_.output.string());
      }
      for (const auto& entry : fs::directory_iterator(config_.output)) {
        if (entry.path().filename().string().starts_with("trial-")) fs::remove_all(entry.path());
      }
    }
    write_file_durably(note, now.dump(2) + "\n");
  }

  nlohmann::ordered_json told(const nlohmann::ordered_json& settings, const fs::path& split) const {
    nlohmann::ordered_json all = space_.fixed;
    all["split"] = split.string();
    all.update(settings);
    return all;
  }

  void train(Trial& trial) {
    const fs::path run = config_.output / name_of(trial);
    const fs::path finished = config_.output / (name_of(trial) + ".json");
    if (!fs::exists(finished)) {
      if (config_.should_stop && config_.should_stop()) {
        interrupted_ = true;
        return;
      }
      const fs::path config = config_.output / (name_of(trial) + ".toml");
      write_file(config, toml_lines(told(trial.settings, config_.output / "split.csv")));
      const fs::path log = config_.output / (name_of(trial) + ".log");
      const Ended ended = run_program({program_.string(), "--config", config.string(), "--output",
                                       run.string(), "--resume", "--log-level", "warn"},
                                      {{}, log});
      if (!ended.started) {
        throw Error("{} cannot be started: {}", program_.string(), ended.said);
      }
      if (ended.status == kInterruptedStatus || (config_.should_stop && config_.should_stop())) {
        interrupted_ = true;
        return;
      }
      if (ended.status != 0) {
        const std::string said{trim(read_file(log))};
        if (ended.status == kUsageStatus) throw UsageError("{}: {}", name_of(trial), said);
        spdlog::warn("{} failed with status {}: {}", name_of(trial), ended.status, said);
        ++failed_;
        return;
      }
      const Scores scores = validation_scores(run);
      const nlohmann::json found = {{"uar", scores.uar}, {"accuracy", scores.accuracy}};
      write_file_durably(finished, found.dump() + "\n");
    }
    const auto found = parse_json(read_file(finished));
    reading_json(finished.string(), "remove it to train this trial again", [&] {
      trial.validation = {found.at("uar").get<double>(), found.at("accuracy").get<double>()};
    });
  }

  std::vector<const Trial*> by_uar() const {
    std::vector<const Trial*> sorted;
    for (const Trial& trial : trials_) {
      if (trial.validation) sorted.push_back(&trial);
    }
    std::ranges::stable_sort(sorted, std::greater<>(),
                             [](const Trial* trial) { return trial->validation->uar; });
    return sorted;
  }

  void write_table() const {
    std::vector<std::string> header = {"trial", "uar", "accuracy"};
    for (const SpaceOption& option : space_.options) header.push_back(option.name);
    std::string text = csv_line(header);
    for (const Trial* trial : by_uar()) {
      std::vector<std::string> row = {std::to_string(trial->number),
                                      fmt::format("{:.6f}", trial->validation->uar),
                                      fmt::format("{:.6f}", trial->validation->accuracy)};
      for (const auto& [name, value] : trial->settings.items()) row.push_back(shown(value));
      text += csv_line(row);
    }
    write_file(config_.output / "sweep.csv", text);
  }

  static std::string shown(const nlohmann::ordered_json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

  SweepReport report() const {
    SweepReport report;
    report.failed = failed_;
    report.interrupted = interrupted_;
    const auto sorted = by_uar();
    if (sorted.empty()) {
      report.text = "No trial was finished.\n";
      return report;
    }
    const Trial& best = *sorted.front();
    write_file(config_.output / "best.toml",
               toml_lines(told(best.settings, space_.fixed.at("split").get<std::string>())));
    report.text = fmt::format("{} of {} trials of {}, by UAR on the validation part:\n\n",
                              sorted.size(), trials_.size(), space_.tool);
    constexpr std::size_t kShown = 10;
    for (std::size_t i = 0; i < std::min(sorted.size(), kShown); ++i) {
      std::vector<std::string> settings;
      for (const auto& [name, value] : sorted[i]->settings.items()) {
        settings.push_back(fmt::format("{} {}", name, shown(value)));
      }
      report.text += fmt::format("  {:>4}  UAR {:5.2f} %  accuracy {:5.2f} %  {}\n",
                                 sorted[i]->number, 100 * sorted[i]->validation->uar,
                                 100 * sorted[i]->validation->accuracy, fmt::join(settings, ", "));
    }
    report.text += fmt::format(
        "\nThe test part was taken out of the split that the trials had. These figures are of what "
        "was\nchosen on, so they flatter; {} --config {}\ntrains with the best settings on the "
        "whole "
        "split, whose test part is then read once.\n",
        space_.tool, (config_.output / "best.toml").string());
    report.metrics = {{"tool", space_.tool},
                      {"trials", trials_.size()},
                      {"failed", failed_},
                      {"best",
                       {{"trial", best.number},
                        {"settings", best.settings},
                        {"validation_uar", best.validation->uar},
                        {"validation_accuracy", best.validation->accuracy}}}};
    return report;
  }

  const SweepConfig& config_;
  Progress& progress_;
  Space space_;
  fs::path program_;
  std::vector<Trial> trials_;
  std::size_t failed_ = 0;
  bool interrupted_ = false;
};

}  // namespace

void SweepConfig::describe(Options& options) {
  options.heading("Sweep");
  options
      .control("SPACE", space,
               "TOML: tool (a trainer), [fixed] (its settings, with a split) and [space] (lists of "
               "values, or ranges { from, to, log, whole })")
      .positional()
      .required();
  options.control("output", output, "Folder of the trials, sweep.csv and best.toml").required();
  options.control("trials", trials, "Trials that are drawn (0 = the whole grid)")
      .from_to(0, 10'000);
  options.control("seed", seed, "What they are drawn from");
  options.control("force", force, "Remove the trials of another space, split or seed");
}

SweepReport run_sweep(const SweepConfig& config, Progress& progress) {
  Options::of(config).require_valid();
  return Sweep(config, progress).run();
}

}  // namespace aver
