#include "fusion/evaluate.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/error.h"
#include "base/json_bytes.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "corpus/corpus.h"
#include "fusion/evaluation.h"
#include "fusion/evaluation_page.h"
#include "fusion/evaluation_tables.h"
#include "report/figures.h"
#include "report/paper_text.h"
#include "runs/run_folder.h"
#include "store/cleared_folder.h"

namespace aver {
namespace {

/// "NAME=PATH" or a path, which is called by its last part. A path that is there wins.
ModalitySource source_of(const std::string& text) {
  ModalitySource source;
  source.path = text;
  const auto equals = text.find('=');
  if (equals != std::string::npos && equals > 0 && !fs::exists(source.path)) {
    source.name = text.substr(0, equals);
    source.path = text.substr(equals + 1);
  }
  source.is_run = fs::is_directory(source.path);
  if (!source.is_run && !fs::exists(source.path)) {
    throw UsageError("{} is neither a run folder nor a table of predictions", text);
  }
  fs::path last = source.path;
  while (!last.has_filename() && last.has_parent_path()) last = last.parent_path();
  if (source.name.empty()) source.name = source.is_run ? last.filename() : last.stem();
  return source;
}

/// Names of two sources must not be one.
std::vector<ModalitySource> sources_of(const EvaluateConfig& config) {
  std::vector<ModalitySource> sources;
  std::set<std::string> names;
  for (const std::string& text : config.systems) {
    sources.push_back(source_of(text));
    if (names.insert(sources.back().name).second) continue;
    throw UsageError("two of these are called {}: give one another name, NAME={}",
                     sources.back().name, sources.back().path.string());
  }
  return sources;
}

void refuse_unfinished(const ModalitySource& source, const std::string& cross) {
  const std::string run = source.path.string();
  if (!source.is_run) return;
  if (!fs::exists(source.path / "predictions.csv")) {
    if (cross.empty() && !folds_in(source.path).empty()) {
      throw Error(
          "the folds in {} are not joined: join them with their trainer and --join, or, where a "
          "clip is tested by several of them, ask for --cross COLUMN",
          run);
    }
    throw Error("{} holds no predictions.csv: give the folder of a finished run", run);
  }
  if (is_run_folder(source.path)) require_finished_run(source.path);
}

/// Given one by one, or with commas between them.
std::vector<std::string> columns_of(const EvaluateConfig& config) {
  std::vector<std::string> columns;
  for (const std::string& words : config.group_by) {
    for (const std::string& column : split_text(words, ',')) {
      if (std::string name = trim(column); !name.empty()) columns.push_back(std::move(name));
    }
  }
  return columns;
}

// Results must not take the place of a run's or a stage's own files.
void check_output(const EvaluateConfig& config, const std::vector<ModalitySource>& sources) {
  for (const ModalitySource& source : sources) refuse_output_beside(config.output, source.path);
  refuse_output_onto_work(config.output);
}

/// What was read, and what is to be said of it.
struct Read {
  std::vector<ModalityInput> inputs;
  std::vector<std::string> warnings;
};

Read read_sources(const std::vector<ModalitySource>& sources, const EvaluateConfig& config,
                  const Corpus& corpus) {
  Read read;
  const ClipTable known = clips_of(sources, corpus);
  const auto tables = read_tables(sources, config.labels, config.logits, corpus, known);
  require_same_classes(tables);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    std::ranges::copy(tables[i].remarks, std::back_inserter(read.warnings));
    read.inputs.push_back(read_modality(sources[i], tables[i].table, config.channel, known));
    if (auto words = other_channel_words(read.inputs.back()); !words.empty()) {
      read.warnings.push_back(std::move(words));
    }
  }
  return read;
}

/// The folds of a run that are in folders of their own, or the run itself.
std::vector<ModalitySource> folds_of(const ModalitySource& source) {
  std::vector<ModalitySource> folds;
  for (const int fold : source.is_run ? folds_in(source.path) : std::vector<int>()) {
    folds.push_back({source.name, fold_folder(source.path, fold), true});
  }
  return folds.empty() ? std::vector{source} : folds;
}

/// Which folds of its split are not there, as a sentence; "" when none is missing.
std::string missing_folds(const ModalitySource& source) {
  const auto there = source.is_run ? folds_in(source.path) : std::vector<int>();
  if (there.empty()) return {};
  const auto metrics = read_run_metrics(fold_folder(source.path, there.front()));
  const auto split = metrics.value("split", nlohmann::json::object());
  std::vector<int> missing;
  for (const int fold : split.value("folds", std::vector<int>())) {
    if (std::ranges::find(there, fold) == there.end()) missing.push_back(fold);
  }
  if (missing.empty()) return {};
  return fmt::format("{}: fold {} of its split is not there, and cells are of the others alone",
                     source.path.string(), fmt::join(missing, ", "));
}

CrossTable read_cross(const ModalitySource& source, const EvaluateConfig& config,
                      const Corpus& corpus, std::vector<std::string>& warnings) {
  std::vector<CrossFold> folds;
  for (const ModalitySource& fold : folds_of(source)) {
    refuse_unfinished(fold, config.cross);
    Read read = read_sources({fold}, config, corpus);
    for (std::string& warning : read.warnings) {
      if (std::ranges::find(warnings, warning) == warnings.end()) {
        warnings.push_back(std::move(warning));
      }
    }
    CrossFold own{std::move(read.inputs), {}};
    const auto clips = join(own.input);
    own.clips = taken_of(clips, tested_by(clips, 0));
    folds.push_back(std::move(own));
  }
  if (auto missing = missing_folds(source); !missing.empty())
    warnings.push_back(std::move(missing));
  return cross_table(source.name, config.cross, folds, {config.draws, config.seed, config.workers});
}

void write_tables(const fs::path& folder, const Evaluation& evaluation, const std::string& text) {
  write_file(folder / "table.txt", printable_text(text));
  const auto write = [&](const char* name, const CsvTable& table) {
    if (table.rows.empty()) {
      fs::remove(folder / name);  // of an earlier evaluation, which had some
    } else {
      write_file(folder / name, spreadsheet_csv(table));
    }
  };
  write("metrics.csv", metrics_csv(evaluation));
  write("per_class.csv", per_class_csv(evaluation));
  write("comparisons.csv", comparisons_csv(evaluation));
  write("groups.csv", groups_csv(evaluation));
  write("cross.csv", cross_csv(evaluation));
}

/// A name as a part of a file's, another one than those `taken`.
std::string file_name_of(const std::string& name, std::set<std::string>& taken) {
  std::string safe;
  for (const char letter : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    safe += plain || letter == '-' ? letter : '_';
  }
  std::string own = safe;
  for (int number = 2; !taken.insert(own).second; ++number)
    own = fmt::format("{}-{}", safe, number);
  return own;
}

std::vector<Drawing> drawings_of(const Evaluation& evaluation) {
  std::vector<Drawing> drawings;
  std::set<std::string> taken, taken_by_tables;
  for (const EvaluatedSystem& system : evaluation.systems) {
    if (system.result.scores.total == 0) continue;
    drawings.push_back(confusion_heatmap(
        "confusion_" + file_name_of(system.name, taken), system.result.matrix,
        fmt::format("{}, {} test clips", system.name, system.result.scores.total)));
  }
  for (const CrossTable& table : evaluation.cross) {
    ShareGrid grid;
    grid.row_label = "trained on";
    grid.column_label = "tested on";
    grid.bar_label = "UAR";
    grid.columns = table.values;
    for (const auto& training : table.training_sets()) {
      grid.rows.push_back(table.words_of(training));
      for (const std::string& value : table.values) {
        const CrossCell* cell = table.find(training, value);
        grid.shares.push_back(cell == nullptr ? std::nullopt
                                              : std::optional(cell->result.scores.uar));
      }
    }
    drawings.push_back(share_heatmap("cross_" + file_name_of(table.name, taken_by_tables), grid,
                                     fmt::format("{}: unweighted average recall", table.name)));
  }
  return drawings;
}

}  // namespace

void EvaluateConfig::describe(Options& options) {
  options.heading("What to evaluate");
  options
      .place("systems", systems,
             "Run folders of any trainer, or CSVs with a column clip and one per class, from "
             "anywhere; NAME=PATH gives one another name than its own")
      .names_files()
      .positional()
      .required();
  options.result("cross", cross,
                 "A column of clips.csv, such as corpus or language: from each value to each, of "
                 "folds that aver-split make --protocol cross-K:COLUMN dealt");
  options.result("group-by", group_by,
                 "Columns of clips.csv (gender,intensity): scores of each value, the lowest, and "
                 "its gap to the best");
  options.heading("Input and output");
  options.control("output", output, "Folder for tables, report.html and figures").required();
  describe_corpus(options, corpus);
  options.place("labels", labels,
                "TOML file whose [labels] say which class a spelling in such a CSV means");
  options.result("logits", logits,
                 "Values of such a CSV that are no probabilities are logits: take their softmax");
  options.result("channel", channel, kChannelHelp);
  options.heading("Report");
  options.control("caption", caption, "A line to stand above the tables");
  options.result("draws", draws, "Bootstrap draws for the 95 % intervals (0 = none)");
  options.result("seed", seed, "Seed of the bootstrap");
  options.control("figures", figures, "Draw confusion matrices and heat maps").has_opposite();
  options.heading("Running");
  describe_workers(options, workers);
  options.check([this](std::vector<std::string>& problems) {
    if (!cross.empty() && !group_by.empty()) {
      problems.emplace_back(
          "--cross and --group-by are tables of their own: ask for one at a time");
    }
  });
}

void EvaluateConfig::validate() const {
  Options::of(*this).require_valid();
}

EvaluateReport run_evaluate(const EvaluateConfig& config, Progress& progress) {
  config.validate();
  const auto sources = sources_of(config);
  check_output(config, sources);
  const Corpus corpus(config.corpus);
  const BootstrapOptions bootstrap{config.draws, config.seed, config.workers};

  EvaluateReport report;
  Evaluation evaluation;
  if (config.cross.empty()) {
    for (const ModalitySource& source : sources) refuse_unfinished(source, {});
    Read read = read_sources(sources, config, corpus);
    report.warnings = std::move(read.warnings);
    evaluation = evaluate_systems(read.inputs, join(read.inputs, /*apart=*/true),
                                  columns_of(config), bootstrap);
  } else {
    evaluation.bootstrap = bootstrap;
    progress.start("runs", sources.size());
    for (const ModalitySource& source : sources) {
      evaluation.cross.push_back(read_cross(source, config, corpus, report.warnings));
      progress.update(evaluation.cross.size());
    }
    progress.finish();
  }
  evaluation.caption = printable(one_line(config.caption));
  report.text = text_of(evaluation);
  report.metrics = json_of(evaluation);
  report.leaks = evaluation.cross_leaks();

  const FolderLock lock = lock_cleared(config.output);
  remove_temporaries(config.output / "figures");
  write_tables(config.output, evaluation, report.text);
  write_file(config.output / "metrics.json", dump_keeping_bytes(report.metrics, 2) + "\n");
  write_file(config.output / "report.html", html_of(evaluation));
  if (config.figures) {
    for (auto& warning : draw_all(config.output / "figures", drawings_of(evaluation))) {
      report.warnings.push_back(std::move(warning));
    }
  }
  return report;
}

}  // namespace aver
