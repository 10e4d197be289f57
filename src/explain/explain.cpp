#include "explain/explain.h"

#include <algorithm>

#include "base/error.h"
#include "base/escaped_name.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "explain/explained_output.h"
#include "explain/heat_pictures.h"
#include "prediction/asked_clips.h"
#include "prediction/clip_reader.h"
#include "prediction/model_clips.h"
#include "runs/chosen_model.h"
#include "series/landmarks.h"
#include "series/series_stage.h"
#include "series/side_by_side.h"
#include "train/load_network.h"
#include "train/runtime.h"

namespace aver {
namespace {

void require_class(const std::string& emotion, const std::vector<std::string>& classes) {
  if (emotion.empty() || std::ranges::count(classes, emotion) > 0) return;
  throw UsageError("--class {}: the models know {}", emotion, fmt::join(classes, ", "));
}

std::string folder_name(std::size_t number, const std::string& clip) {
  return fmt::format("{:04}-{}", number + 1, escaped_path(fs::path(clip).stem().string()));
}

/// One model's or both models' view of recordings.
class ClipsExplained {
 public:
  ClipsExplained(const ExplainConfig& config, ExplainedOutput& output)
      : config_(config), output_(output), models_(config.models), reader_(models_.make_reader()) {
    require_class(config.emotion, models_.classes());
    if (models_.has_visual()) {
      visual_.emplace(models_.model("visual"), config.models.visual.string(), config.how);
    }
    if (models_.has_audio()) {
      audio_.emplace(models_.model("audio"), config.models.audio.string(), config.how);
      features_.emplace(*models_.reader_settings().sound);
    }
  }

  ExplainedClip explain(std::size_t place, const std::string& path) {
    const ClipInput input = reader_->read(source_of(path, config_.read), config_.read);
    const EmotionEstimate whole = models_.estimate({input}).front().whole;
    ExplainedClip clip;
    clip.name = path;
    clip.folder = folder_name(place, path);
    clip.remarks = input.remarks;
    clip.answer = whole.emotion;
    clip.emotion = config_.emotion.empty() ? whole.emotion : config_.emotion;
    const auto target = static_cast<std::size_t>(
        std::ranges::find(models_.classes(), clip.emotion) - models_.classes().begin());
    clip.probability = whole.fused.at(target);
    if (!whole.visual.empty()) clip.visual = whole.visual[target];
    if (!whole.audio.empty()) clip.audio = whole.audio[target];
    if (clip.visual && clip.audio) {
      clip.shares = modality_shares(models_.fusion(), whole.visual, whole.audio, target);
    }
    if (clip.visual) {
      clip.face = visual_->at_pictures(input.pictures, clip.emotion);
      output_.write_face(clip, input);
    }
    if (clip.audio) {
      clip.sound = audio_->at_features(*input.whole.mfcc, clip.emotion);
      output_.write_features(clip, *input.whole.mfcc, features_->row_axis(),
                             features_->seconds_per_frame());
    }
    return clip;
  }

 private:
  const ExplainConfig& config_;
  ExplainedOutput& output_;
  Recogniser models_;
  std::unique_ptr<ClipReader> reader_;
  std::optional<Explainer> visual_, audio_;
  std::optional<SoundFeatures> features_;
};

ExplainReport explain_clips(const ExplainConfig& config, Progress& progress) {
  const AskedClips asked = asked_clips(config.paths);
  ExplainedOutput output(config.output);
  ClipsExplained models(config, output);
  std::vector<std::string> failed;
  progress.start("explaining", asked.clips.size());
  for (std::size_t i = 0; i < asked.clips.size(); ++i) {
    try {
      output.keep(models.explain(i, asked.clips[i]));
    } catch (const Error& error) {
      failed.emplace_back(error.what());
    }
    progress.update(i + 1);
  }
  progress.finish();
  return output.finish(std::move(failed));
}

/// A series of several that stand side by side.
struct PartRows {
  std::string name;
  std::size_t first = 0, rows = 0;
};

std::vector<PartRows> parts_of(const ModelFile& model) {
  std::vector<PartRows> parts;
  std::size_t first = 0;
  for (const auto& part : settings_of_parts(model.input)) {
    parts.push_back({part.value("name", ""), first, part.at("rows").get<std::size_t>()});
    first += parts.back().rows;
  }
  return parts;
}

/// How the features of a stage folder are drawn.
struct FeatureAxes {
  RowAxis rows = {.name = "feature", .unit = {}, .marks = {}};
  double seconds_per_frame = 0;  ///< 0: nobody knows
};

FeatureAxes axes_of(const ModelFile& model, const std::vector<PartRows>& parts) {
  FeatureAxes axes;
  if (!is_of_series(model.input) && model.kind == "audio") {
    const SoundSettings settings = sound_settings_of(model, {});
    if (settings.features.needs_encoder()) return axes;
    const SoundFeatures features(settings);
    return {features.row_axis(), features.seconds_per_frame()};
  }
  for (const PartRows& part : parts) {
    axes.rows.marks.push_back(
        {static_cast<double>(part.first) + static_cast<double>(part.rows - 1) / 2, part.name});
  }
  return axes;
}

/// "Added to the logit: face +1.20, voice -0.31."
std::string added_by_parts(const std::vector<PartRows>& parts, const LookedAt& looked) {
  std::vector<std::string> each;
  for (const PartRows& part : parts) {
    double sum = 0;
    for (std::size_t row = part.first; row < part.first + part.rows; ++row) {
      for (const float value : looked.places.row(row)) sum += value;
    }
    each.push_back(fmt::format("{} {:+.2f}", part.name, sum));
  }
  return fmt::format("Added to the logit: {}.", fmt::join(each, ", "));
}

ExplainReport explain_stage(const ExplainConfig& config, Progress& progress) {
  const Runtime runtime = start_runtime(
      config.models.device, config.models.threads > 0 ? config.models.threads : available_cpus());
  const ModelFile model = read_chosen_model(config.model, "");
  if (model.kind == "visual") {
    throw UsageError(
        "{} is a model of pictures: name recordings or pictures, and the model with --visual",
        config.model.string());
  }
  require_class(config.emotion, model.classes);
  const auto network = load_network(model, config.model.string(), runtime.device);
  Explainer explainer({&model, network.get()}, config.model.string(), config.how);
  const MfccClips input =
      clips_for_model(model, config.input, config.choice, available_cpus(), std::nullopt, progress);
  const bool of_landmarks =
      is_of_series(model.input) && model.input.value("align", nlohmann::json()) == "eyes";
  const std::vector<PartRows> parts = parts_of(model);
  const FeatureAxes axes = axes_of(model, parts);
  ExplainedOutput output(config.output);
  progress.start("explaining", input.clips.size());
  for (std::size_t i = 0; i < input.clips.size(); ++i) {
    const auto& [about, features] = input.clips[i];
    const std::vector<double> answer = explainer.answer(features);
    ExplainedClip clip;
    clip.name = about.key;
    clip.folder = folder_name(i, about.key);
    const auto top = static_cast<std::size_t>(std::ranges::max_element(answer) - answer.begin());
    clip.answer = model.classes[top];
    clip.emotion = config.emotion.empty() ? clip.answer : config.emotion;
    clip.probability = answer[static_cast<std::size_t>(
        std::ranges::find(model.classes, clip.emotion) - model.classes.begin())];
    clip.audio = clip.probability;
    clip.sound_modality = model.kind;
    clip.sound = explainer.at_features(features, clip.emotion);
    if (!parts.empty() && clip.sound->gap) {
      clip.remarks.push_back(added_by_parts(parts, *clip.sound));
    }
    output.write_features(clip, features, axes.rows, axes.seconds_per_frame);
    const FloatArray& places = clip.sound->places;
    if (of_landmarks && features.rows() % kLandmarkNumbers == 0 && places.columns() > 1) {
      const auto frames = spread_items(places.columns(), kPicturesShown);
      clip.picture_seconds.assign(frames.begin(), frames.end());
      output.write_pictures(clip, landmarks_with_heat(features, places, frames));
    }
    output.keep(std::move(clip));
    progress.update(i + 1);
  }
  progress.finish();
  std::vector<std::string> failed;
  for (const StageRemark& remark : input.failed) {
    failed.push_back(remark.source + ": " + remark.reason);
  }
  return output.finish(std::move(failed));
}

}  // namespace

void ExplainConfig::describe(Options& options) {
  const auto clips = [this] { return about_clips(); };
  options.heading("Clips");
  options.control("PATH", paths, "Clips (" + format_names() + "), or folders of clips")
      .names_files()
      .positional();
  models.describe_models(options);
  options.heading("Clips");
  read.describe_media(options);
  options.heading("Stage folder");
  options
      .place("model", model,
             "For a stage folder or series: model file, or folder of a finished run")
      .required(clips);
  options.place("input", input, "Stage folder of features, or series, whose clips are explained")
      .required(clips);
  choice.describe(options, Effect::place);
  options.heading("Output");
  options.control("output", output, "Folder for arrays, pictures, explanations.csv and index.html")
      .required();
  options.result("class", emotion, "What speaks for this class (default: for each clip's answer)");
  options.result("check", how.check,
                 "Also measure whether it says something: what happens to the answer when what is "
                 "marked is taken away, beside random places, and how like it what a network of "
                 "shuffled weights marks is");
  options.result("seed", how.seed, "Of the random places and the shuffled weights");
  options
      .result("method", how.method,
              "auto (Grad-CAM where a network has a layer with places, else integrated gradients), "
              "grad-cam, hires-cam (each place by its own gradient), integrated-gradients or "
              "occlusion (how much less likely the class is without each place)")
      .one_of(attribution_methods());
  options.result("steps", how.steps, "Of integrated gradients").from_to(1, 4096);
  models.describe_device(options);
  options.check([this](std::vector<std::string>& problems) {
    if (!about_clips()) return;
    if (paths.empty()) problems.emplace_back("no clip is given: name clips or folders");
    if (models.lacks_models()) problems.emplace_back("--visual, --audio or both are required");
    if (!model.empty() || !input.empty()) {
      problems.emplace_back(
          "--model and --input are for a stage folder, --visual, --audio and "
          "paths for clips: give one kind");
    }
    if (std::ranges::count(paths, kStandardInput) > 0) {
      problems.emplace_back("- is not read here: name files or folders");
    }
  });
}

void ExplainConfig::validate() const {
  Options::of(*this).require_valid();
}

ExplainReport run_explain(const ExplainConfig& config, Progress& progress) {
  config.validate();
  refuse_output_onto_work(config.output);
  if (!config.input.empty()) refuse_output_beside(config.output, config.input);
  for (const std::string& path : config.paths) refuse_output_beside(config.output, path);
  return config.about_clips() ? explain_clips(config, progress) : explain_stage(config, progress);
}

}  // namespace aver
