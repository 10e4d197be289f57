#include "fusion/input.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/error.h"
#include "corpus/clip_id.h"
#include "protocol/audit.h"
#include "protocol/split_file.h"

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

Seen seen_by_role(const std::string& role) {
  if (role == "train") return Seen::trained;
  if (role == "validation") return Seen::validated;
  return role == "test" ? Seen::held_out : Seen::unknown;
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

bool takes_channel(const std::string& clip, ChannelFilter channel) {
  const auto id = find_clip_id(clip);
  if (!id || channel == ChannelFilter::all) return true;
  return id->channel == (channel == ChannelFilter::speech ? Channel::speech : Channel::song);
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

void require_classes_of(const fs::path& one, const std::vector<std::string>& classes,
                        const fs::path& other, const std::vector<std::string>& others) {
  const auto missing = missing_from(classes, others);
  if (!missing.empty()) {
    throw Error("{} has no column for the class{} {} of {}: both tables need the same classes",
                other.string(), missing.size() > 1 ? "es" : "", fmt::join(missing, ", "),
                one.string());
  }
}

EqualSounds equal_recordings_of(const fs::path& metrics) {
  const auto json = nlohmann::json::parse(read_file(metrics), nullptr, false);
  return json.is_object() ? json.value("equal_recordings", EqualSounds()) : EqualSounds();
}

LeakVerdict unchecked(const char* reason) {
  LeakVerdict verdict;
  verdict.unchecked = reason;
  return verdict;
}

void take_label(FusionClip& clip, const Prediction& row) {
  if (row.label.empty() || row.label == clip.label) return;
  if (!clip.label.empty()) {
    throw Error("the clip {} is '{}' in one table and '{}' in the other", clip.clip, clip.label,
                row.label);
  }
  clip.label = row.label;
}

}  // namespace

std::span<const double> distribution(const Prediction* row) {
  return row == nullptr ? std::span<const double>() : std::span<const double>(row->probabilities);
}

bool FusionClip::held_out() const {
  return (audio == nullptr || audio_seen == Seen::held_out) &&
         (visual == nullptr || visual_seen == Seen::held_out);
}

std::string FusionClip::role() const {
  const auto any = [this](Seen seen) {
    return (audio != nullptr && audio_seen == seen) || (visual != nullptr && visual_seen == seen);
  };
  if (any(Seen::trained)) return "train";
  if (any(Seen::unknown)) return "";
  return any(Seen::validated) ? "validation" : "test";
}

fs::path table_of(const fs::path& run, const fs::path& posteriors) {
  return run.empty() ? posteriors : run / "predictions.csv";
}

void require_same_classes(const fs::path& audio, const fs::path& visual) {
  if (!fs::exists(audio) || !fs::exists(visual)) return;  // said by who reads them
  const auto of_audio = read_prediction_classes(audio), of_visual = read_prediction_classes(visual);
  require_classes_of(audio, of_audio, visual, of_visual);
  require_classes_of(visual, of_visual, audio, of_audio);
}

ModalityInput read_modality(const std::string& name, const fs::path& run,
                            const fs::path& posteriors, ChannelFilter channel) {
  ModalityInput input;
  input.name = name;
  input.is_run = !run.empty();
  input.table = table_of(run, posteriors);
  if (input.is_run && !fs::exists(input.table)) {
    throw Error(
        "{} has no predictions.csv: give the folder of a finished aver-train-{} run, or a table "
        "with --{}-posteriors",
        run.string(), name, name);
  }
  // Of a run that got more epochs and did not finish them, the table is older than the model.
  if (input.is_run && fs::exists(run / "config.toml") && !fs::exists(run / "metrics.json")) {
    if (fs::exists(run / "fold-0") || fs::exists(run / "fold-1")) {
      throw Error("the folds in {} are not joined: run aver-train-{} --join --output {}",
                  run.string(), name, run.string());
    }
    throw Error("{} is unfinished: run aver-train-{} --resume", run.string(), name);
  }
  input.predictions = read_predictions(input.table);
  if (input.is_run && fs::exists(run / "split.csv")) {
    input.split = read_split(run / "split.csv");
  }
  if (input.is_run && fs::exists(run / "metrics.json")) {
    input.equal_recordings = equal_recordings_of(run / "metrics.json");
  }
  input.other_channel = std::erase_if(input.predictions.rows, [&](const Prediction& row) {
    return !takes_channel(row.clip, channel);
  });
  if (input.predictions.rows.empty()) {
    throw Error("{} has only clips of the other vocal channel: see --channel",
                input.table.string());
  }
  const auto parts = input.split ? parts_of_clips(*input.split) : PartsOfClips();
  for (const Prediction& row : input.predictions.rows) {
    input.seen.push_back(seen_of(row, input.split, parts));
  }
  keep_one_row_per_clip(input);
  return input;
}

std::vector<FusionClip> join(const ModalityInput& audio, const ModalityInput& visual) {
  std::map<std::string, FusionClip> clips;
  for (std::size_t i = 0; i < audio.predictions.rows.size(); ++i) {
    const Prediction& row = audio.predictions.rows[i];
    FusionClip& clip = clips[row.clip];
    clip.clip = row.clip;
    clip.audio = &row;
    clip.audio_seen = audio.seen[i];
    clip.fold = row.fold;
    take_label(clip, row);
  }
  std::size_t common = 0;
  for (std::size_t i = 0; i < visual.predictions.rows.size(); ++i) {
    const Prediction& row = visual.predictions.rows[i];
    FusionClip& clip = clips[row.clip];
    clip.clip = row.clip;
    clip.visual = &row;
    clip.visual_seen = visual.seen[i];
    common += clip.audio != nullptr ? 1 : 0;
    if (!clip.fold) {
      clip.fold = row.fold;
    } else if (row.fold && clip.fold != row.fold) {
      clip.fold.reset();
      clip.folds_differ = true;
    }
    take_label(clip, row);
  }
  if (common == 0) {
    throw Error("no clip is in both tables: {} has {} …, {} has {} …", audio.table.string(),
                audio.predictions.rows.front().clip, visual.table.string(),
                visual.predictions.rows.front().clip);
  }
  std::vector<FusionClip> result;
  for (auto& [name, clip] : clips) {
    if (clip.label.empty()) {
      throw Error("neither table says what the clip {} is: add a column 'label'", name);
    }
    result.push_back(std::move(clip));
  }
  return result;
}

LeakVerdict verdict(const ModalityInput& input, const std::vector<FusionClip>& clips) {
  const bool audio = input.name == "audio";
  Split scored;
  std::set<int> tested_folds;
  bool roles_known = true;
  for (const FusionClip& clip : clips) {
    const Prediction* row = audio ? clip.audio : clip.visual;
    if (row == nullptr) continue;
    roles_known = roles_known && (audio ? clip.audio_seen : clip.visual_seen) != Seen::unknown;
    scored.rows.push_back({row->fold.value_or(0), row->clip, Role::test});
    tested_folds.insert(row->fold.value_or(0));
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
  return audit_split(scored, known_sounds(scored, input.equal_recordings));
}

}  // namespace aver
