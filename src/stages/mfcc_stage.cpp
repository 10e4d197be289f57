#include "stages/mfcc_stage.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/finite.h"
#include "base/json_text.h"
#include "base/parallel.h"
#include "stages/chosen_stage.h"

namespace aver {
namespace {

struct ReadClip {
  std::optional<FloatArray> array;
  std::string reason;
  std::string change = {};  ///< since its stage made it
};

const StageOutput& npy_of(const StageClip& clip) {
  for (const StageOutput& output : clip.outputs) {
    if (output.path.ends_with(".npy")) return output;
  }
  throw Error("The manifest names no .npy for {}: run aver-compute-mfcc again",
              clip.recording.name);
}

}  // namespace

std::size_t MfccClips::longest() const {
  std::size_t longest = 0;
  for (const MfccClip& clip : clips) longest = std::max(longest, clip.array.shape[1]);
  return longest;
}

std::vector<std::string> MfccClips::labels() const {
  std::vector<std::string> labels;
  for (const MfccClip& clip : clips) labels.push_back(clip.clip.label);
  return labels;
}

ClipFeatures MfccClips::features() const {
  ClipFeatures features;
  for (const MfccClip& clip : clips) features.push_back(&clip.array);
  return features;
}

nlohmann::json mfcc_settings(const nlohmann::json& stage_settings) {
  nlohmann::json settings = stage_settings;
  for (const char* key : {"pictures", "channel", "modality", "conditions", "copies", "seed"})
    settings.erase(key);
  if (settings.value("features", "") == "mfcc") settings.erase("features");  // as aver-compute-mfcc
  return settings;
}

std::string features_in_stage(const fs::path& input) {
  const std::string stage = stage_of(input);
  if (stage == "mfcc") return stage;
  if (stage != "features") return {};
  const auto settings = read_stage(input, stage).settings;
  return reading_json((input / "stage.json").string(), "compute its features again with --force",
                      [&] { return settings.value("features", "mfcc"); });
}

FloatArray read_mfcc(const fs::path& path, std::size_t coefficients) {
  FloatArray clip = read_npy(path);
  const std::string wanted = coefficients == 0 ? "N" : std::to_string(coefficients);
  if (clip.shape.size() != 2 || clip.shape[1] == 0 || clip.shape[0] == 0 ||
      (coefficients != 0 && clip.shape[0] != coefficients)) {
    throw Error(
        "{} holds an array of shape {}, not [{} rows, frames]: compute the features of "
        "all clips with the same settings",
        path.string(), fmt::join(clip.shape, "x"), wanted);
  }
  if (const auto bad = first_not_finite(clip.values)) {
    throw Error("{} holds {} in row {}, frame {}: compute this clip's features again",
                path.string(), clip.values[*bad], *bad / clip.shape[1], *bad % clip.shape[1]);
  }
  return clip;
}

MfccClips read_mfcc_stage(const fs::path& input, const ClipChoice& choice, std::size_t coefficients,
                          std::size_t workers, Progress& progress,
                          const std::optional<Shard>& shard) {
  const Stage stage = read_stage(input, stage_of(input) == "features" ? "features" : "mfcc");
  ChosenClips chosen(choice);
  auto clips = chosen_clips(stage, chosen);
  require_one_recording_each(stage, clips);
  MfccClips result;
  for (const StageClip& clip : clips) result.all.push_back(clip.recording.clip.key);
  if (shard) {
    std::vector<StageClip> share;
    for (const std::size_t i : items_of_shard(*shard, clips.size())) share.push_back(clips[i]);
    clips = std::move(share);
  }
  result.left_out = chosen.left_out_of_all();
  result.remarks = chosen.labels_against_names();
  result.settings = mfcc_settings(stage.settings);
  std::vector<std::string> changed;
  progress.start("reading features", clips.size());
  parallel_map(
      clips.size(), workers,
      [&] {
        return [&](std::size_t i) -> ReadClip {
          try {
            const StageOutput& output = npy_of(clips[i]);
            FloatArray array = read_mfcc(stage.root / output.path, coefficients);
            std::string change = changed_since(
                output, fmt::format("{}", fmt::join(array.shape, "x")), stage.root / output.path);
            return {std::move(array), {}, std::move(change)};
          } catch (const Error& error) {
            return {std::nullopt, error.what()};
          }
        };
      },
      [&](std::size_t i, ReadClip read) {
        progress.update(i + 1);
        if (!read.change.empty()) {
          const fs::path file = stage.root / npy_of(clips[i]).path;
          changed.push_back(fmt::format("{} {}", file.string(), read.change));
        }
        if (read.array && !result.clips.empty() &&
            read.array->shape[0] != result.clips.front().array.shape[0]) {
          read = {std::nullopt,
                  fmt::format("{} has {} coefficients, the clips before it have {}",
                              (stage.root / npy_of(clips[i]).path).string(), read.array->shape[0],
                              result.clips.front().array.shape[0])};
        }
        if (!read.array) {
          result.failed.push_back({clips[i].recording.clip.key, read.reason});
          return;
        }
        result.clips.push_back({clips[i].recording.clip, std::move(*read.array)});
      });
  progress.finish();
  if (!changed.empty()) spdlog::warn(changed_text(changed, clips.size()));
  if (shard && !result.all.empty()) return result;
  if (result.clips.empty()) {
    throw Error("{} holds no features that can be used{}", input.string(),
                result.failed.empty() ? chosen.why_none() : ": " + result.failed.front().reason);
  }
  return result;
}

MfccClips read_mfcc_copies(const fs::path& copies, const fs::path& input, const ClipChoice& choice,
                           std::size_t workers, Progress& progress) {
  MfccClips clips = read_mfcc_stage(copies, choice, 0, workers, progress);
  const Stage original = read_stage(input, stage_of(input) == "features" ? "features" : "mfcc");
  require_same_stage(input, mfcc_settings(original.settings), copies, clips.settings);
  return clips;
}

MfccClips read_mfcc_stages(const std::vector<fs::path>& inputs, const ClipChoice& choice,
                           std::size_t workers, Progress& progress) {
  MfccClips all = read_mfcc_stage(inputs.front(), choice, 0, workers, progress);
  if (inputs.size() == 1) return all;
  for (const fs::path& input : std::span(inputs).subspan(1)) {
    const std::size_t coefficients = all.clips.front().array.rows();
    MfccClips more = read_mfcc_stage(input, choice, coefficients, workers, progress);
    require_same_stage(inputs.front(), all.settings, input, more.settings);
    std::ranges::move(more.clips, std::back_inserter(all.clips));
    std::ranges::move(more.failed, std::back_inserter(all.failed));
    std::ranges::move(more.left_out, std::back_inserter(all.left_out));
    std::ranges::move(more.remarks, std::back_inserter(all.remarks));
  }
  std::ranges::stable_sort(all.clips, {}, [](const MfccClip& clip) { return clip.clip.key; });
  all.all.clear();
  for (const MfccClip& clip : all.clips) all.all.push_back(clip.clip.key);
  require_once(all.all);
  return all;
}

}  // namespace aver
