#include "fusion/input.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/text.h"
#include "corpus/frame_name.h"
#include "fusion/modalities.h"
#include "protocol/audit.h"
#include "protocol/split_file.h"
#include "runs/run_folder.h"

namespace aver {
namespace {

/// What a split says of a clip, frames of it taken together.
struct Parts {
  bool train = false, validation = false, test = false;
};

using PartsOfClips = std::map<std::pair<int, std::string>, Parts>;

PartsOfClips parts_of_clips(const Split& split) {
  PartsOfClips result;
  for (const SplitRow& row : split.rows) {
    Parts& parts = result[{row.fold, clip_of_item(row.item)}];
    parts.train = parts.train || row.role == Role::train;
    parts.validation = parts.validation || row.role == Role::validation;
    parts.test = parts.test || row.role == Role::test;
  }
  return result;
}

Seen seen_by_role(std::optional<Role> role) {
  if (!role) return Seen::unknown;
  if (*role == Role::train) return Seen::trained;
  return *role == Role::validation ? Seen::validated : Seen::held_out;
}

// The split knows more than the role column: a clip some of whose frames were trained on.
Seen seen_of(const Prediction& row, const std::optional<Split>& split, const PartsOfClips& parts) {
  if (split) {
    const auto folds = split->folds();
    const std::optional<int> fold =
        row.fold ? row.fold : (folds.size() == 1 ? std::optional(folds.front()) : std::nullopt);
    if (const auto found = fold ? parts.find({*fold, row.clip}) : parts.end();
        found != parts.end()) {
      if (found->second.train) return Seen::trained;
      return found->second.validation ? Seen::validated : Seen::held_out;
    }
  }
  return seen_by_role(row.role);
}

// One row per clip: where several folds have it, the one that tests it.
void keep_one_row_per_clip(ModalityInput& input) {
  std::map<std::string, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < input.predictions.rows.size(); ++i) {
    rows[input.predictions.rows[i].clip].push_back(i);
  }
  std::vector<Prediction> kept;
  std::vector<Seen> kept_seen;
  for (auto& [clip, candidates] : rows) {
    if (candidates.size() > 1) {
      const std::size_t folds = candidates.size();
      std::erase_if(candidates, [&](std::size_t i) { return input.seen[i] != Seen::held_out; });
      if (candidates.size() != 1) {
        throw Error(
            "{} has the clip {} in {} folds and in {} of them as a test clip; give a table with "
            "one "
            "row per clip, or roles that say which fold tests it",
            input.table.string(), clip, folds, candidates.size());
      }
    }
    kept.push_back(std::move(input.predictions.rows[candidates.front()]));
    kept_seen.push_back(input.seen[candidates.front()]);
  }
  input.predictions.rows = std::move(kept);
  input.seen = std::move(kept_seen);
}

std::vector<std::string> missing_from(const std::vector<std::string>& names,
                                      const std::vector<std::string>& others) {
  std::vector<std::string> missing;
  for (const auto& name : names) {
    if (std::find(others.begin(), others.end(), name) == others.end()) missing.push_back(name);
  }
  return missing;
}

void require_classes_of(const std::string& one, const std::vector<std::string>& classes,
                        const std::string& other, const std::vector<std::string>& others) {
  const auto missing = missing_from(classes, others);
  if (missing.empty()) return;
  const auto near = nearest(to_lower(missing.front()), missing_from(others, classes));
  throw Error("{} has no column for the class{} {} of {}: both tables need the same classes{}",
              other, missing.size() > 1 ? "es" : "", fmt::join(missing, ", "), one,
              near ? fmt::format("; if {} and {} are one, --labels MAP.toml says so",
                                 missing.front(), *near)
                   : "");
}

/// What a run's metrics.json says of its training.
void take_metrics(ModalityInput& input, const fs::path& metrics) {
  const auto json = restore_bytes(parse_json(read_file(metrics)));
  if (!json.is_object()) return;
  reading_json(metrics.string(), "train the run again", [&] {
    input.equal_recordings = json.value(
        json.contains("equal_pictures") ? "equal_pictures" : "equal_recordings", EqualSounds());
    input.uses = joined_uses({input.uses, json.value("pretrained", "")});
    if (json.value("chosen_on_test_part", false)) {
      input.uses = joined_uses({input.uses, "The epoch was chosen on the test part"});
    }
  });
}

LeakVerdict unchecked(const char* reason) {
  LeakVerdict verdict;
  verdict.unchecked = reason;
  return verdict;
}

void take_label(FusionClip& clip, const Prediction& row) {
  if (row.label.empty() || row.label == clip.label) return;
  if (!clip.label.empty()) {
    throw Error("the clip {} is '{}' in one table and '{}' in {}", clip.clip, clip.label, row.label,
                the_other(clip.answers.size()));
  }
  clip.label = row.label;
}

void take_fold(FusionClip& clip, const std::optional<int>& fold) {
  if (!fold || clip.folds_differ) return;
  if (clip.fold && clip.fold != fold) {
    clip.fold.reset();
    clip.folds_differ = true;
  } else {
    clip.fold = fold;
  }
}

fs::path table_of(const ModalitySource& source) {
  return source.is_run ? source.path / "predictions.csv" : source.path;
}

/// The trainer whose runs these are by their name.
std::string trainer_of(const std::string& modality) {
  return modality == "audio" || modality == "visual" ? "aver-train-" + modality
                                                     : "its trainer with";
}

void require_finished(const ModalitySource& source) {
  const std::string run = source.path.string(), trainer = trainer_of(source.name);
  if (!fs::exists(table_of(source))) {
    const std::string finished = trainer.starts_with("aver") ? trainer + " run" : "run";
    throw Error("{} has no predictions.csv: give the folder of a finished {}, or a table with {}",
                run, finished,
                trainer.starts_with("aver") ? "--" + source.name + "-posteriors"
                                            : "--posteriors " + source.name + "=FILE");
  }
  // A run that got more epochs and did not finish them has a table older than its model.
  if (!fs::exists(source.path / "config.toml") || fs::exists(source.path / "metrics.json")) return;
  if (!folds_in(source.path).empty()) {
    throw Error("the folds in {} are not joined: run {} --join --output {}", run, trainer, run);
  }
  throw Error("{} is unfinished: run {} --resume", run, trainer);
}

/// Each table must have a clip that another one has too.
void require_common_clips(const std::vector<ModalityInput>& inputs,
                          const std::map<std::string, FusionClip>& clips) {
  std::vector<bool> shares(inputs.size(), false);
  for (const auto& [name, clip] : clips) {
    const auto there = std::count_if(clip.answers.begin(), clip.answers.end(),
                                     [](const auto& answer) { return !answer.missing(); });
    if (there < 2) continue;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!clip.answers[i].missing()) shares[i] = true;
    }
  }
  const auto alone = std::find(shares.begin(), shares.end(), false);
  if (alone == shares.end()) return;
  const auto clips_of = [](const ModalityInput& input) {
    return fmt::format("{} has {} …", input.table.string(), input.predictions.rows.front().clip);
  };
  if (inputs.size() == 2) {
    throw Error("no clip is in both tables: {}, {}", clips_of(inputs[0]), clips_of(inputs[1]));
  }
  throw Error("no clip of one table is in any other: {}",
              clips_of(inputs[static_cast<std::size_t>(alone - shares.begin())]));
}

}  // namespace

std::span<const double> ModalityAnswer::probabilities() const {
  return missing() ? std::span<const double>() : std::span<const double>(row->probabilities);
}

bool FusionClip::complete() const {
  return std::none_of(answers.begin(), answers.end(),
                      [](const auto& answer) { return answer.missing(); });
}

bool FusionClip::any_seen(Seen seen) const {
  return std::any_of(answers.begin(), answers.end(), [seen](const auto& answer) {
    return !answer.missing() && answer.seen == seen;
  });
}

bool FusionClip::held_out() const {
  return std::all_of(answers.begin(), answers.end(), [](const auto& answer) {
    return answer.missing() || answer.seen == Seen::held_out;
  });
}

std::optional<Role> FusionClip::role() const {
  if (any_seen(Seen::trained)) return Role::train;
  if (any_seen(Seen::unknown)) return std::nullopt;
  return any_seen(Seen::validated) ? Role::validation : Role::test;
}

std::vector<ForeignTable> read_tables(const std::vector<ModalitySource>& sources,
                                      const fs::path& labels, bool logits, const Corpus& corpus,
                                      const ClipTable& clips) {
  ForeignWays ways;
  ways.corpus = corpus.scheme();
  ways.logits = logits;
  if (!labels.empty()) ways.labels = LabelMap(labels);
  std::vector<ForeignTable> tables(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].is_run) continue;
    require_finished(sources[i]);
    tables[i].table = read_csv(table_of(sources[i]));
    if (auto remark = labels_against_names(tables[i].table, clips)) {
      tables[i].remarks.push_back(std::move(*remark));
    }
    if (ways.classes.empty()) ways.classes = prediction_classes(tables[i].table);
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].is_run) tables[i] = read_foreign_table(table_of(sources[i]), clips, ways);
  }
  return tables;
}

void require_same_classes(const std::vector<ForeignTable>& tables) {
  const CsvTable& first = tables.front().table;
  const auto classes = prediction_classes(first);
  for (const auto& [other, remarks] : tables) {
    const auto others = prediction_classes(other);
    require_classes_of(first.source, classes, other.source, others);
    require_classes_of(other.source, others, first.source, classes);
  }
}

ClipTable clips_of(const std::vector<ModalitySource>& sources, const Corpus& corpus) {
  ClipTable clips = corpus.clips();
  for (const ModalitySource& source : sources) {
    if (source.is_run) clips = clips_of_folder(source.path, std::move(clips));
  }
  return clips;
}

ModalityInput read_modality(const ModalitySource& source, const CsvTable& table,
                            ChannelFilter channel, const ClipTable& clips) {
  const fs::path& run = source.path;
  ModalityInput input;
  input.name = source.name;
  input.is_run = source.is_run;
  input.table = table_of(source);
  input.predictions = predictions_of(table, clips);
  input.uses = input.predictions.uses;
  if (input.is_run && fs::exists(run / "split.csv")) {
    input.split = read_split(run / "split.csv", clips);
  }
  if (input.is_run && fs::exists(run / "metrics.json")) {
    take_metrics(input, run / "metrics.json");
  }
  input.clips = clips;
  input.other_channel = std::erase_if(input.predictions.rows, [&](const Prediction& row) {
    const auto clip = input.clips.find(row.clip);
    return clip && !takes(channel, *clip);
  });
  if (input.predictions.rows.empty()) {
    throw Error("{} has only clips of the other vocal channel ({}): --channel all takes them",
                input.table.string(), input.other_channel);
  }
  const auto parts = input.split ? parts_of_clips(*input.split) : PartsOfClips();
  for (const Prediction& row : input.predictions.rows) {
    input.seen.push_back(seen_of(row, input.split, parts));
  }
  keep_one_row_per_clip(input);
  return input;
}

std::string other_channel_words(const ModalityInput& input) {
  if (input.other_channel == 0) return {};
  return fmt::format("{}: {} clips of the other vocal channel left out (--channel all takes them)",
                     input.table.string(), input.other_channel);
}

std::vector<FusionClip> join(const std::vector<ModalityInput>& inputs, bool apart) {
  std::map<std::string, FusionClip> clips;
  for (std::size_t m = 0; m < inputs.size(); ++m) {
    for (std::size_t i = 0; i < inputs[m].predictions.rows.size(); ++i) {
      const Prediction& row = inputs[m].predictions.rows[i];
      FusionClip& clip = clips[row.clip];
      clip.clip = row.clip;
      clip.answers.resize(inputs.size());
      clip.answers[m] = {&row, inputs[m].seen[i]};
      if (!clip.facts) clip.facts = inputs[m].clips.find(row.clip);
      take_fold(clip, row.fold);
      take_label(clip, row);
    }
  }
  if (inputs.size() > 1 && !apart) require_common_clips(inputs, clips);
  std::vector<FusionClip> result;
  for (auto& [name, clip] : clips) {
    if (clip.label.empty()) {
      throw Error("{} table says what the clip {} is: add a column 'label'",
                  inputs.size() == 2 ? "neither" : "no", name);
    }
    result.push_back(std::move(clip));
  }
  return result;
}

LeakVerdict verdict(const ModalityInput& input, std::size_t modality,
                    const std::vector<FusionClip>& clips) {
  Split scored;
  std::set<int> tested_folds;
  bool roles_known = true;
  for (const FusionClip& clip : clips) {
    const ModalityAnswer& answer = clip.answers[modality];
    if (answer.missing()) continue;
    roles_known = roles_known && answer.seen != Seen::unknown;
    scored.rows.push_back({answer.row->fold.value_or(0), answer.row->clip, Role::test});
    tested_folds.insert(answer.row->fold.value_or(0));
  }
  if (!roles_known) {
    return unchecked("its table does not say which clips were trained on");
  }
  // The audit sees clips, not frames: a clip counts as seen when any of its frames was.
  std::set<std::tuple<int, std::string, Role>> training;
  if (input.split) {
    const auto folds = input.split->folds();
    const bool one_fold = folds.size() == 1 && tested_folds.size() == 1;
    for (const SplitRow& row : input.split->rows) {
      const int fold = one_fold ? *tested_folds.begin() : row.fold;
      if (row.role == Role::test || !tested_folds.contains(fold)) continue;
      training.emplace(fold, clip_of_item(row.item), row.role);
    }
  } else {
    for (std::size_t i = 0; i < input.seen.size(); ++i) {
      const Prediction& row = input.predictions.rows[i];
      if (input.seen[i] != Seen::trained && input.seen[i] != Seen::validated) continue;
      training.emplace(row.fold.value_or(0), row.clip,
                       input.seen[i] == Seen::trained ? Role::train : Role::validation);
    }
  }
  if (training.empty()) {
    return unchecked("its table names test clips but none that was trained on");
  }
  for (const auto& [fold, clip, role] : training) scored.rows.push_back({fold, clip, role});
  return audit_split(scored, input.clips,
                     known_sounds(scored, input.equal_recordings, input.clips));
}

}  // namespace aver
