#include "training/training_setup.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/interruption.h"
#include "base/json_bytes.h"
#include "base/options.h"
#include "base/text.h"
#include "corpus/frame_name.h"
#include "distributed/first_rank.h"
#include "protocol/audit.h"
#include "protocol/split_file.h"
#include "protocol/untrained.h"
#include "runs/model_card.h"
#include "runs/outcome.h"

namespace aver {
namespace {

nlohmann::json source_of(const Split& split) {
  Fingerprint rows;
  for (const SplitRow& row : split.rows) {
    rows.add(fmt::format("{}/{}", row.fold, name_of(row.role)));
    rows.add(row.item);
  }
  return {{"folds", split.folds()}, {"fingerprint", rows.text()}};
}

bool all_train(const Split& split) {
  return !split.rows.empty() && std::ranges::all_of(split.rows, [](const SplitRow& row) {
    return row.role == Role::train;
  });
}

}  // namespace

bool splits_frames(const Split& split) {
  return !split.rows.empty() && clip_of_item(split.rows.front().item) != split.rows.front().item;
}

Split present_rows(const Split& split, const std::vector<SplitItem>& items) {
  // A split of clips goes with items that are frames of them.
  std::set<std::string> present;
  for (const SplitItem& item : items) {
    present.insert(item.item);
    present.insert(clip_of_item(item.item));
  }
  Split kept{split.protocol, split.seed, {}};
  std::copy_if(split.rows.begin(), split.rows.end(), std::back_inserter(kept.rows),
               [&](const SplitRow& row) { return present.contains(row.item); });
  return kept;
}

nlohmann::ordered_json identity_of(const Options& options, const std::string& fingerprint) {
  auto identity = options.compared(Purpose::resume);
  // A rate that ends with the last epoch is another one when there are more.
  const auto settings = options.settings();
  if (settings.value("schedule", "constant") != "constant") identity["epochs"] = settings["epochs"];
  identity[kDataAndSplit] = fingerprint;
  return identity;
}

nlohmann::json training_record(const TrainingConfig& config, const Options& told,
                               const Split& split, int fold) {
  nlohmann::json record = {{"seed", config.seed},
                           {"protocol", split.protocol},
                           {"fold", fold},
                           {"select", config.select},
                           {"precision", config.precision}};
  for (const Option& option : told.all()) {
    if (option.is_departure() && option.effect() == Effect::result)
      record["recipe"][option.name()] = option.value().json();
  }
  return record;
}

RunSplit choose_split(const TrainingConfig& config, const Split& split,
                      const std::vector<SplitItem>& items, const ClipTable& clips) {
  const int asked = config.folds.numbers.empty() ? -1 : config.folds.numbers.front();
  RunSplit chosen;
  chosen.fold = choose_fold(split, asked, config.split);
  chosen.source = source_of(split);
  chosen.split = fold_of(split, chosen.fold);
  chosen.equal_recordings = equal_sounds(items);
  chosen.verdict = audit_split(present_rows(chosen.split, items), clips, items);
  if (all_train(chosen.split)) chosen.verdict.unchecked = "every clip trains and none is tested";
  return chosen;
}

Parts parts_of(const Split& split, const Roles& roles, const std::string& unit) {
  Parts parts;
  std::vector<std::size_t> test;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i] == Role::train) parts.train.push_back(i);
    if (roles[i] == Role::validation) parts.validation.push_back(i);
    if (roles[i] == Role::test) test.push_back(i);
  }
  const bool declares_validation =
      std::any_of(split.rows.begin(), split.rows.end(),
                  [](const SplitRow& row) { return row.role == Role::validation; });
  if (parts.validation.empty() && !declares_validation) {
    parts.validation = all_train(split) ? parts.train : test;
    parts.validating = all_train(split) ? "training" : "test";
  }
  if (declares_validation && parts.validation.empty() && !parts.train.empty() && !test.empty()) {
    throw Error(
        "The split has a validation part, but none of the {} of this input is in it, and the test "
        "part must not take its place: give the whole input, or make a split of it with aver-split",
        unit);
  }
  if (parts.train.empty() || parts.validation.empty()) {
    throw Error(
        "The split gives {} {} of this input to training and {} to validation or test: it was made "
        "for other clips; make one with aver-split",
        parts.train.size(), unit, parts.validation.size());
  }
  return parts;
}

std::vector<std::int64_t> indices_of(const std::vector<std::string>& labels,
                                     const std::vector<std::string>& classes) {
  std::map<std::string, std::int64_t> index;
  for (const std::string& name : classes) {
    index.emplace(name, static_cast<std::int64_t>(index.size()));
  }
  std::vector<std::int64_t> indices;
  for (const std::string& label : labels) indices.push_back(index.at(label));
  return indices;
}

namespace {

RunLog open_run(const TrainingConfig& config, const RunConfig& told, const Split& split,
                const Runtime& runtime, FolderLock& lock) {
  if (config.should_stop && config.should_stop()) throw Interrupted{};
  const bool was_ours = lock.open();
  make_locked(config.output, lock);
  // Another program may have made the folder, and trained there, while this one read its input.
  if (!was_ours && !config.force) check_run_folder(config.output, false, false);
  open_run_folder(config.output, config.force);
  write_run_config(config.output, told);
  write_split(config.output / "split.csv", split);
  RunLog log(config.output);
  log.info(runtime.description());
  if (runtime.slow_blas) {
    log.warn(
        "LibTorch uses the reference BLAS, with which the audio network trains 4-5 times "
        "slower: install libopenblas0-openmp");
  }
  return log;
}

}  // namespace

FolderLock lock_run(const TrainingConfig& config, const Runtime& runtime) {
  FolderLock lock;
  NoProgress none;
  on_first_rank(*runtime.group, none, [&](Progress&) {
    lock = lock_if_there(config.output);
    if (!config.force) check_run_folder(config.output, config.resume, false);  // there by now
  });
  return lock;
}

RunLog start_run(const TrainingConfig& config, const RunConfig& told, const Split& split,
                 const Runtime& runtime, FolderLock& lock) {
  RunLog log;
  NoProgress none;
  on_first_rank(*runtime.group, none,
                [&](Progress&) { log = open_run(config, told, split, runtime, lock); });
  return log;
}

TrainingReport interrupted_report(const TrainingConfig& config, std::size_t epochs_done) {
  TrainingReport report;
  report.interrupted = true;
  report.epochs_done = static_cast<int>(epochs_done);
  report.text = fmt::format("Interrupted after epoch {} of {}; continue with --resume\n",
                            epochs_done, config.epochs);
  return report;
}

TrainingReport report_elsewhere(std::size_t epochs_done) {
  TrainingReport report;
  report.elsewhere = true;
  report.epochs_done = static_cast<int>(epochs_done);
  return report;
}

void add_second_scores(TrainingReport& report, const fs::path& run, const SecondHead& head) {
  if (head.none()) return;
  SecondScores scores = score_second_head(run, head);
  report.text += scores.text;
  report.metrics["second_head"] = std::move(scores.json);
}

std::string notes_of_run(const fs::path& run, const nlohmann::json& metrics) {
  std::string text;
  const auto untrained = metrics.value("untrained_classes", std::vector<std::string>());
  if (!untrained.empty()) text += "  " + untrained_sentence({{0, untrained}}, false) + "\n";
  if (metrics.value("chosen_on_test_part", false)) {
    // A run of several seeds has an epoch for each.
    text += fmt::format("  The {} chosen on the test part.\n",
                        metrics.contains("epoch") ? "epoch was" : "epochs were");
  }
  for (const char* note : {"leak_check", "pretrained"}) {
    if (metrics.contains(note)) text += metrics[note].get<std::string>() + "\n";
  }
  return text + fmt::format("Everything is in {}\n", run.string());
}

void finish_run(const fs::path& run, const TrainingReport& report, RunLog& log) {
  for (const std::string& line : split_text(trim(report.text), '\n')) log.note(line);
  const fs::path model = run / "model.safetensors";
  write_file(run / "README.md",
             model_card({run, report.metrics, fs::exists(model) ? model : fs::path(), {}}));
  sync_file_system(run);  // what says that the run is finished comes to the disk last
  write_file_durably(run / "metrics.json", dump_keeping_bytes(report.metrics, 2) + "\n");
}

}  // namespace aver
