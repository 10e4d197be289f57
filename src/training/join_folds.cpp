#include "training/join_folds.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/json_text.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "corpus/corpus.h"
#include "corpus/group_pattern.h"
#include "protocol/audit.h"
#include "protocol/split_file.h"
#include "protocol/untrained.h"
#include "runs/fold_scores.h"
#include "runs/model_file.h"
#include "runs/outcome.h"
#include "runs/run_folder.h"
#include "runs/second_head.h"
#include "runs/seed_scores.h"
#include "store/settings.h"
#include "training/fold_trainer.h"
#include "training/training_setup.h"

namespace aver {
namespace {

using nlohmann::json;

/// The finished run of one fold, without its tables.
struct FoldRun {
  int fold = 0;
  fs::path folder;
  nlohmann::ordered_json settings;
  json metrics;
  json input;  ///< what its input was made with, as its model remembers it
  Split split;
};

std::vector<int> numbers_of(const std::vector<FoldRun>& runs) {
  std::vector<int> numbers;
  for (const FoldRun& run : runs) numbers.push_back(run.fold);
  return numbers;
}

// Of what is read later on.
void require_kinds(const json& metrics) {
  metrics.value("format", 0);
  metrics.value("split", json::object()).value("folds", std::vector<int>());
  for (const char* text : {"kind", "protocol", "select"}) metrics.value(text, "");
  metrics.value("fold", -1);
  metrics.value("untrained_classes", std::vector<std::string>());
  metrics.value("chosen_on_test_part", false);
  const auto met = metrics.value("begun_with", json::object());
  for (const char* count : {"clips", "of_speakers"}) met.value(count, std::size_t{0});
}

FoldRun read_fold(const fs::path& output, int fold) {
  FoldRun run;
  run.fold = fold;
  run.folder = fold_folder(output, fold);
  run.settings = read_run_config(run.folder).settings;
  run.metrics = read_run_metrics(run.folder);
  reading_json((run.folder / "metrics.json").string(), "train this fold again with --force",
               [&] { require_kinds(run.metrics); });
  if (run.metrics.value("format", 0) > kRunMetricsFormat) {
    throw Error("{} has a newer format than this aver reads",
                (run.folder / "metrics.json").string());
  }
  reading_json((run.folder / "config.toml").string(), "train this fold again with --force", [&] {
    run.settings.value("group-pattern", "");
    run.settings.value("seeds", std::vector<int>());
  });
  run.input = read_model(run.folder, "").input;
  run.split = read_split(run.folder / "split.csv", clips_of_folder(run.folder));
  return run;
}

// Every fold must be there and finished; the sentence names all that are not.
void require_finished(const fs::path& output, const std::vector<int>& folds,
                      const std::string& tool) {
  std::vector<std::string> unfinished, missing;
  for (const int fold : folds) {
    const fs::path folder = fold_folder(output, fold);
    if (fs::exists(folder / "metrics.json")) continue;
    auto& list = fs::exists(folder / "config.toml") ? unfinished : missing;
    list.push_back(std::to_string(fold));
  }
  std::vector<std::string> reasons;
  if (!unfinished.empty()) {
    reasons.push_back(fmt::format("fold {} is unfinished (continue with {} --resume)",
                                  fmt::join(unfinished, ", "), tool));
  }
  if (!missing.empty()) {
    reasons.push_back(fmt::format("fold {} has no run there", fmt::join(missing, ", ")));
  }
  if (!reasons.empty()) {
    throw Error("{} cannot be joined: {}", output.string(), fmt::join(reasons, "; "));
  }
}

// All folds of the split that a run's fold is of; empty when an earlier build wrote the run.
std::vector<int> folds_of_split(const FoldRun& run) {
  const json source = run.metrics.value("split", json::object());
  return source.value("folds", std::vector<int>());
}

std::vector<FoldRun> read_folds(const fs::path& output, const FoldChoice& choice,
                                const std::string& tool) {
  const std::vector<int> folds = choice.numbers.empty() ? folds_in(output) : choice.numbers;
  if (folds.empty()) {
    throw Error("{} holds no folder fold-K to join: train with --folds all", output.string());
  }
  require_finished(output, folds, tool);
  std::vector<FoldRun> runs;
  for (const int fold : folds) runs.push_back(read_fold(output, fold));
  if (choice.all) {
    const auto all_folds = folds_of_split(runs.front());
    if (all_folds.empty()) {
      throw Error("{} does not say which folds its split has: name them, --folds {}",
                  runs.front().folder.string(), fmt::join(folds, ","));
    }
    require_finished(output, all_folds, tool);
  }
  return runs;
}

void require_own_kind(const FoldRun& run, const std::string& tool) {
  const std::string kind = run.metrics.value("kind", "");
  if (tool != "aver-train-" + kind) {
    throw Error("{} is a run of aver-train-{}: join it with that, not with {}", run.folder.string(),
                kind, tool);
  }
  const int fold = run.metrics.value("fold", -1);
  if (fold != run.fold) {
    throw Error("{} holds fold {}: the folder of a fold is named fold-K", run.folder.string(),
                fold);
  }
}

void require_same_run(const FoldRun& one, const FoldRun& other, const Options& options) {
  if (const auto key = options.differing(one.settings, other.settings, Purpose::join)) {
    throw Error(
        "{} was trained with {} = {}, {} with {}: folds that are joined need the same settings",
        one.folder.string(), *key, one.settings.value(*key, nlohmann::ordered_json()).dump(),
        other.folder.string(), other.settings.value(*key, nlohmann::ordered_json()).dump());
  }
  std::vector<std::string> inputs;
  for (const auto& [key, first, second] : differing_settings(one.input, other.input)) {
    inputs.push_back(fmt::format("{} is {} and {}", key, quoted_json(first), quoted_json(second)));
  }
  if (!inputs.empty()) {
    throw Error(
        "{} and {} were trained on input that was made with other settings ({}): train both on the "
        "same stage folder",
        one.folder.string(), other.folder.string(), fmt::join(inputs, ", "));
  }
  const auto source = [](const FoldRun& run) { return run.metrics.value("split", json()); };
  if (one.split.protocol != other.split.protocol || one.split.seed != other.split.seed ||
      source(one) != source(other)) {
    throw Error("{} and {} are folds of different splits, so they cannot be joined",
                one.folder.string(), other.folder.string());
  }
}

using Labels = std::map<std::string, std::string>;

Labels labels_of(const CsvTable& table) {
  const std::size_t clip = table.column("clip"), label = table.column("label");
  Labels labels;
  for (const auto& row : table.rows) labels[row[clip]] = row[label];
  return labels;
}

// The test rows of one table over all folds, as they stand there, sorted by clip.
CsvTable test_rows(const std::vector<FoldRun>& runs, const char* name, Labels& labels) {
  CsvTable joined;
  for (const FoldRun& run : runs) {
    CsvTable table = read_csv(run.folder / name);
    if (joined.header.empty()) {
      joined.header = table.header;
      labels = labels_of(table);
    }
    if (table.header != joined.header) {
      throw Error("{} has other classes than {}: {} against {}", table.source,
                  (runs.front().folder / name).string(), fmt::join(table.header, ","),
                  fmt::join(joined.header, ","));
    }
    if (labels_of(table) != labels) {
      throw Error("{} was trained on other clips or labels than {}", run.folder.string(),
                  runs.front().folder.string());
    }
    const std::size_t role = table.column("role");
    std::erase_if(table.rows, [&](const auto& row) { return role_named(row[role]) != Role::test; });
    std::move(table.rows.begin(), table.rows.end(), std::back_inserter(joined.rows));
  }
  std::sort(joined.rows.begin(), joined.rows.end());
  const std::size_t clip = joined.column("clip"), fold = joined.column("fold");
  const auto twice =
      std::adjacent_find(joined.rows.begin(), joined.rows.end(),
                         [&](const auto& a, const auto& b) { return a[clip] == b[clip]; });
  if (twice != joined.rows.end()) {
    throw Error(
        "{} is a test clip of fold {} and of fold {}: they are no folds of one split, or of one "
        "that tests a clip several times (aver-evaluate --cross COLUMN reads those)",
        (*twice)[clip], (*twice)[fold], (*std::next(twice))[fold]);
  }
  return joined;
}

Split joined_split(const std::vector<FoldRun>& runs) {
  Split joined{runs.front().split.protocol, runs.front().split.seed, {}};
  for (const FoldRun& run : runs) {
    joined.rows.insert(joined.rows.end(), run.split.rows.begin(), run.split.rows.end());
  }
  return joined;
}

// What the folds know of their clips; runs of earlier versions know what names say.
ClipTable clips_of(const std::vector<FoldRun>& runs) {
  ClipTable clips = Corpus().clips();
  for (const FoldRun& run : runs) clips = clips_of_folder(run.folder, std::move(clips));
  return clips;
}

// The subject of a picture is found as its trainer found it.
LeakVerdict audit_joined(const Split& split, const Labels& labels, const ClipTable& known,
                         const nlohmann::ordered_json& settings, const EqualSounds& equal) {
  const std::string pattern = settings.value("group-pattern", "");
  std::optional<GroupPattern> subjects;
  if (!pattern.empty()) subjects.emplace(pattern);
  std::vector<SplitItem> items;
  for (const auto& [clip, label] : labels) {
    items.push_back({clip, label,
                     subjects
                         ? subjects->subject_of(fs::path(clip).filename().string()).value_or("")
                         : known.speaker(known.find(clip).value_or(Clip()))});
  }
  const Split present = present_rows(split, items);
  // The audit compares sounds that items name, so items that sound alike are given once more with
  // it.
  for (SplitItem& item : known_sounds(present, equal, known)) items.push_back(std::move(item));
  return audit_split(present, known, items);
}

std::vector<int> left_out(const std::vector<FoldRun>& runs) {
  std::vector<int> rest = folds_of_split(runs.front());
  const auto numbers = numbers_of(runs);
  std::erase_if(rest, [&](int fold) {
    return std::find(numbers.begin(), numbers.end(), fold) != numbers.end();
  });
  return rest;
}

// The settings of the folds, such that --config repeats all of them.
nlohmann::ordered_json joined_settings(const std::vector<FoldRun>& runs) {
  auto settings = runs.front().settings;
  if (folds_of_split(runs.front()) == numbers_of(runs)) {
    settings["folds"] = "all";
  } else {
    settings["folds"] = numbers_of(runs);
  }
  return settings;
}

std::vector<FoldScores> scores_of(const std::vector<FoldRun>& runs) {
  std::vector<FoldScores> scores;
  for (const FoldRun& run : runs) scores.push_back(score_fold(run.folder, run.fold, run.metrics));
  return scores;
}

/// Of runs that are the mean of several seeds' each.
SeedScores scores_of_seeds(const std::vector<FoldRun>& runs, bool pictures) {
  const auto seeds = runs.front().settings.value("seeds", std::vector<int>());
  if (seeds.empty()) return {};
  std::vector<fs::path> folders;
  for (const FoldRun& run : runs) folders.push_back(run.folder);
  return score_seeds(folders, seeds, pictures ? "pictures" : "clips");
}

std::string title_of(const FoldRun& run) {
  std::string kind = run.metrics.value("kind", "model");
  kind.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(kind.front())));
  return fmt::format("{}, protocol {}", kind, run.metrics.value("protocol", "unknown"));
}

std::string notes_of(const std::vector<FoldRun>& runs, std::size_t clips, std::size_t tested) {
  std::string text;
  if (const auto rest = left_out(runs); !rest.empty()) {
    text += fmt::format("  Left out: fold {} of this split.\n", fmt::join(rest, ", "));
  }
  if (tested < clips) {
    text += fmt::format(
        "  {} of {} are tested by none of these folds.\n", clips - tested,
        counted(clips, runs.front().metrics.contains("pictures") ? "pictures" : "clips"));
  }
  return text;
}

/// Classes that a fold tests and does not train, as its metrics.json says.
UntrainedClasses untrained_by(const std::vector<FoldRun>& runs) {
  UntrainedClasses classes;
  for (const FoldRun& run : runs) {
    auto names = run.metrics.value("untrained_classes", std::vector<std::string>());
    if (!names.empty()) classes[run.fold] = std::move(names);
  }
  return classes;
}

/// What training began with, as each fold says it.
std::set<std::string> pretrained_notes(const std::vector<FoldRun>& runs) {
  std::set<std::string> notes;
  for (const FoldRun& run : runs) notes.insert(run.metrics.value("pretrained", ""));
  notes.erase("");
  return notes;
}

/// What all of them learn besides: joined runs have the same settings.
SecondHead second_head_of_runs(const std::vector<FoldRun>& runs) {
  const json& metrics = runs.front().metrics;
  if (!metrics.contains("second_head")) return {};
  return reading_json((runs.front().folder / "metrics.json").string(),
                      "train this fold again with --force",
                      [&] { return second_head_from(metrics.at("second_head")); });
}

bool chosen_on_test(const std::vector<FoldRun>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const FoldRun& run) {
    return run.metrics.value("chosen_on_test_part", false);
  });
}

}  // namespace

TrainingReport join_folds(const fs::path& output, const FoldChoice& folds,
                          const FoldTrainer& trainer) {
  check_folds_folder(output);
  const std::string tool = trainer.tool();
  const Options options = trainer.options({});
  const auto runs = read_folds(output, folds, tool);
  for (const FoldRun& run : runs) {
    require_own_kind(run, tool);
    require_same_run(runs.front(), run, options);
  }
  Labels labels, frame_labels;
  const CsvTable clips = test_rows(runs, "predictions.csv", labels);
  const bool frames = fs::exists(runs.front().folder / "frame_predictions.csv");
  CsvTable frame_rows;
  if (frames) frame_rows = test_rows(runs, "frame_predictions.csv", frame_labels);

  const SecondHead second = second_head_of_runs(runs);
  CsvTable second_rows;
  Labels second_labels;
  if (!second.none()) second_rows = test_rows(runs, kSecondPredictions, second_labels);

  const SeedScores seeds = scores_of_seeds(runs, runs.front().metrics.contains("equal_pictures"));

  // Of joins that were killed; folds below are others' to write.
  for (const fs::path& part : {output, output / "figures"}) {
    remove_temporaries(part, /*recursive=*/false);
  }
  fs::remove(output / "metrics.json");  // comes last: with it the folder is whole
  const Split split = joined_split(runs);
  write_run_config(output, {tool, joined_settings(runs)});
  const ClipTable known = clips_of(runs);
  if (!known.clips().empty()) write_clip_table(output / "clips.csv", known);
  write_split(output / "split.csv", split);
  write_file(output / "predictions.csv", spreadsheet_csv(clips));
  if (frames) write_file(output / "frame_predictions.csv", spreadsheet_csv(frame_rows));
  if (!second.none()) write_file(output / kSecondPredictions, spreadsheet_csv(second_rows));

  const FoldRun& first = runs.front();
  const auto scores = scores_of(runs);
  const FoldScores pooled = score_fold(output, -1, first.metrics);
  const bool pictures = first.metrics.contains("equal_pictures");
  const char* equal = pictures ? "equal_pictures" : "equal_recordings";
  LeakVerdict verdict =
      audit_joined(split, labels, known, first.settings, first.metrics.value(equal, EqualSounds()));
  verdict.pictures = pictures;
  for (const FoldRun& run : runs) {
    const json met = run.metrics.value("begun_with", json::object());
    verdict.begun_clips += met.value("clips", std::size_t{0});
    verdict.begun_speakers += met.value("of_speakers", std::size_t{0});
  }
  RunLog log(output);
  write_score_figures(output, read_predictions(output / "predictions.csv", known), Role::test,
                      fmt::format("{}, {} folds", title_of(first), runs.size()), log);

  TrainingReport report;
  report.metrics = {{"format", kRunMetricsFormat},
                    {"kind", first.metrics.value("kind", "")},
                    {"protocol", first.metrics.value("protocol", "")},
                    {"classes", first.metrics.value("classes", json())},
                    {"select", first.metrics.value("select", "")},
                    {"chosen_on_test_part", chosen_on_test(runs)},
                    {"folds", folds_json(scores)},
                    {"left_out", left_out(runs)},
                    {"leaks", verdict.leaks()},
                    {"leak_check", verdict.sentence()}};
  if (const auto notes = pretrained_notes(runs); !notes.empty()) {
    report.metrics["pretrained"] = joined_uses({notes.begin(), notes.end()});
  }
  if (first.metrics.contains(equal)) report.metrics[equal] = first.metrics[equal];
  if (runs.size() > 1) report.metrics["mean_of_folds"] = mean_json(scores);
  for (const UnitScores& unit : pooled.units) {
    report.metrics[unit.unit] = part_metrics(unit.predictions);
  }
  report.test_accuracy = pooled.units.back().scores.accuracy;
  report.test_uar = pooled.units.back().scores.uar;
  report.text = fmt::format("{}, test part of {} joined:\n\n{}", title_of(first),
                            counted(runs.size(), "folds"), fold_table(scores, &pooled));
  if (!seeds.text.empty()) {
    report.metrics.update(seeds.json);
    report.text += "\n" + seeds.text;
  }
  add_second_scores(report, output, second);
  report.text += notes_of(runs, labels.size(), clips.rows.size());
  if (const auto untrained = untrained_by(runs); !untrained.empty()) {
    for (const auto& [fold, names] : untrained) {
      report.metrics["untrained_classes"][std::to_string(fold)] = names;
    }
    report.text += "  " + untrained_sentence(untrained, true) + "\n";
  }
  if (chosen_on_test(runs)) report.text += "  The epochs were chosen on the test parts.\n";
  report.text += verdict.sentence() + "\n";
  if (report.metrics.contains("pretrained")) {
    report.text += report.metrics["pretrained"].get<std::string>() + "\n";
  }
  report.text += fmt::format("Everything is in {}\n", output.string());
  finish_run(output, report, log);
  return report;
}

TrainingReport report_on_folds(const fs::path& output, const std::vector<int>& folds) {
  TrainingReport report;
  if (folds.empty()) return report;
  std::vector<FoldRun> runs;
  for (const int fold : folds) runs.push_back(read_fold(output, fold));
  const auto scores = scores_of(runs);
  report.metrics = {{"kind", runs.front().metrics.value("kind", "")},
                    {"protocol", runs.front().metrics.value("protocol", "")},
                    {"folds", folds_json(scores)}};
  report.text = fmt::format("{}, test part of {}:\n\n{}", title_of(runs.front()),
                            counted(runs.size(), "folds"), fold_table(scores, nullptr));
  return report;
}

}  // namespace aver
