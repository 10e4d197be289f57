#include "prediction/model_clips.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/json_bytes.h"
#include "nn/architectures.h"
#include "protocol/split_file.h"
#include "runs/trained_on.h"
#include "series/series_stage.h"
#include "series/side_by_side.h"
#include "store/settings.h"
#include "train/network_options.h"

namespace aver {
namespace {

std::string features_of(const nlohmann::json& settings) {
  return settings.value("features", "mfcc");
}

const char* tool_of(const std::string& features) {
  return features == "mfcc" ? "aver-compute-mfcc" : "aver-compute-features";
}

// Before each clip fails for its shape.
void require_same_features(const nlohmann::json& trained, const fs::path& input) {
  const std::string then = features_of(trained), now = features_in_stage(input);
  if (now.empty() || now == then) return;
  throw Error("{} holds {}, and the model was trained on {}; run {} with the model's settings",
              input.string(), now, then, tool_of(then));
}

MfccClips read_stage_for(const ModelFile& model, const fs::path& input, const ClipChoice& choice,
                         std::size_t workers, const std::optional<Shard>& shard,
                         Progress& progress) {
  const auto network = network_options(model);
  const auto coefficients = network.as<SeriesNetworkOptions>().coefficients;
  require_same_features(model.input, input);
  auto clips = read_mfcc_stage(input, choice, static_cast<std::size_t>(coefficients), workers,
                               progress, shard);
  require_same_settings(model.input, clips.settings, input, "computed",
                        tool_of(features_of(model.input)));
  return clips;
}

// Of one input, prepared as the settings say.
MfccClips read_series_as(const nlohmann::json& settings, std::size_t features,
                         const fs::path& input, const ClipChoice& choice, Progress& progress) {
  auto clips = read_series({input, Corpus(), false}, choice, series_options_of(settings), progress);
  const auto stage = settings.value("stage", nlohmann::json::object());
  const auto now = clips.settings.value("stage", nlohmann::json::object());
  require_same_settings(stage, now, input, "computed", tool_of(features_of(stage)));
  for (const MfccClip& clip : clips.clips) {
    if (clip.array.rows() == features) continue;
    throw Error("{} has {} features a clip, and the model was trained on {}", input.string(),
                clip.array.rows(), features);
  }
  return clips;
}

// What the list says of a series' preparation, where it says anything, is what the model does.
void require_prepared_alike(const std::vector<nlohmann::json>& settings, const SeriesPart& part,
                            const fs::path& list) {
  const auto trained = std::ranges::find(settings, part.name, [](const nlohmann::json& one) {
    return one.at("name").get<std::string>();
  });
  for (const auto& [key, value] : part.said.items()) {
    // Which columns these are is known by their names, and "auto" is what the model's trainer
    // chose.
    if (key == "columns" || value == "auto" || value == trained->value(key, nlohmann::json())) {
      continue;
    }
    throw UsageError("{}: {} has {} = {}, and the model was trained with {}", list.string(),
                     part.name, key, value.dump(), trained->value(key, nlohmann::json()).dump());
  }
}

// Of the list's inputs those that the model knows, in its order. One that the list does not name
// is away from all clips.
MfccClips read_parts_as(const std::vector<nlohmann::json>& settings, bool may_lack,
                        const fs::path& input, const ClipChoice& choice, Progress& progress) {
  std::vector<std::string> names;
  for (const auto& part : settings) names.push_back(part.at("name").get<std::string>());
  const auto all = fmt::format("{}", fmt::join(names, ", "));
  if (!lists_series(input)) {
    throw Error(
        "the model was trained on several series ({}): give a .toml that names them, not {}", all,
        input.string());
  }
  std::map<std::string, fs::path> given;
  for (const SeriesPart& part : read_series_list(input, {})) {
    if (std::ranges::find(names, part.name) == names.end()) {
      throw Error("{}: the model knows no series {}; known: {}", input.string(), part.name, all);
    }
    given[part.name] = part.input;
    require_prepared_alike(settings, part, input);
  }
  std::vector<ReadPart> parts;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    ReadPart part{
        names[i], settings[i].at("rows").get<std::size_t>(), {}, settings[i].value("steps", 0.0)};
    const auto found = given.find(names[i]);
    if (found != given.end()) {
      part.clips = read_series_as(settings[i], part.features, found->second, choice, progress);
    } else if (!may_lack) {
      throw Error(
          "{} does not name the series {}, and the model was trained without --modality-dropout",
          input.string(), names[i]);
    }
    parts.push_back(std::move(part));
  }
  return side_by_side(std::move(parts), may_lack);
}

// Prepared as the model's were. A shard reads them all, and keeps its own.
MfccClips read_series_for(const ModelFile& model, const fs::path& input, const ClipChoice& choice,
                          const std::optional<Shard>& shard, Progress& progress) {
  const auto network = network_options(model);
  const auto& options = network.as<SeriesNetworkOptions>();
  const auto parts = settings_of_parts(model.input);
  auto clips = parts.empty()
                   ? read_series_as(model.input, static_cast<std::size_t>(options.coefficients),
                                    input, choice, progress)
                   : read_parts_as(parts, options.may_lack_series(), input, choice, progress);
  if (!shard) return clips;
  std::set<std::string> own;
  for (const std::size_t i : items_of_shard(*shard, clips.all.size())) {
    own.insert(clips.all[i]);
  }
  std::erase_if(clips.clips, [&](const MfccClip& clip) { return !own.contains(clip.clip.key); });
  std::erase_if(clips.failed,
                [&](const StageRemark& remark) { return !own.contains(remark.source); });
  return clips;
}

}  // namespace

void require_same_settings(const nlohmann::json& trained, const nlohmann::json& given,
                           const fs::path& input, const char* made, const char* tool) {
  std::vector<std::string> differences;
  for (const auto& [key, then, now] : differing_settings(trained, given)) {
    differences.push_back(fmt::format("{} {} (model: {})", key, shown_json(now), shown_json(then)));
  }
  if (!differences.empty()) {
    throw Error(
        "{} was {} with other settings than the model was trained with: {}; run {} with the "
        "model's "
        "settings",
        input.string(), made, fmt::join(differences, ", "), tool);
  }
}

MfccClips clips_for_model(const ModelFile& model, const fs::path& input, const ClipChoice& choice,
                          std::size_t workers, const std::optional<Shard>& shard,
                          Progress& progress) {
  MfccClips clips = is_of_series(model.input)
                        ? read_series_for(model, input, choice, shard, progress)
                        : read_stage_for(model, input, choice, workers, shard, progress);
  say_choice(clips.left_out, clips.remarks);
  return clips;
}

void say_choice(const std::vector<std::string>& left_out, const std::vector<std::string>& remarks) {
  for (const std::string& sentence : left_out) spdlog::info(sentence);
  for (const std::string& sentence : remarks) spdlog::warn(sentence);
}

Split split_of_model(const fs::path& run, const ModelFile& model) {
  if (run.empty()) {
    Split split;
    for (const auto& clip : trained_on(model.training).clips) {
      split.rows.push_back({0, clip, Role::train});
    }
    return split;
  }
  const Split split = read_split(run / "split.csv", clips_of_folder(run));
  const auto fold = model.training.find("fold");
  if (fold == model.training.end() || !fold->is_number_integer()) return {};
  return fold_of(split, fold->get<int>());
}

}  // namespace aver
