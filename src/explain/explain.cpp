#include "explain/explain.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "base/escaped_name.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "explain/explanation_page.h"
#include "explain/heat_pictures.h"
#include "features/feature_picture.h"
#include "media/image_file.h"
#include "prediction/asked_clips.h"
#include "prediction/clip_reader.h"
#include "prediction/model_clips.h"
#include "report/tables.h"
#include "runs/chosen_model.h"
#include "series/landmarks.h"
#include "series/series_stage.h"
#include "store/npy.h"
#include "train/load_network.h"
#include "train/runtime.h"

namespace aver {
namespace {

/// The first `frames` of [rows, frames].
FloatArray first_frames(const FloatArray& features, std::size_t frames) {
  FloatArray result = FloatArray::matrix(features.rows(), frames);
  for (std::size_t row = 0; row < features.rows(); ++row) {
    std::copy_n(features.row(row).begin(), frames,
                result.values.begin() + static_cast<std::ptrdiff_t>(row * frames));
  }
  return result;
}

/// What a clip's folder can hold.
constexpr const char* kClipFiles[] = {"face.npy", "faces.png", "sound.npy", "sound.png",
                                      "sound-looked-at.png"};

constexpr double kRough = .05;      // gap of integrated gradients
constexpr std::size_t kShown = 60;  // pictures of a clip on the page

void require_class(const std::string& emotion, const std::vector<std::string>& classes) {
  if (emotion.empty() || std::ranges::count(classes, emotion) > 0) return;
  throw UsageError("--class {}: the models know {}", emotion, fmt::join(classes, ", "));
}

std::string folder_name(std::size_t number, const std::string& clip) {
  return fmt::format("{:04}-{}", number + 1, escaped_path(fs::path(clip).stem().string()));
}

/// Writes what there is of each clip, and at the end of all.
class Output {
 public:
  explicit Output(fs::path folder) : folder_(std::move(folder)) {}

  void write_pictures(ExplainedClip& clip, const cv::Mat& strip) const {
    clip.faces = encode_png(strip);
    write_file(folder_ / clip.folder / "faces.png", clip.faces);
  }

  void write_features(ExplainedClip& clip, const FloatArray& features, RowAxis axis,
                      double seconds_per_frame) {
    const FloatArray& places = clip.sound->places;
    const FloatArray seen = first_frames(features, places.columns());
    clip.features = painter_.png(seen, axis, seconds_per_frame, fs::path(clip.name).filename());
    axis.first_apart = false;
    axis.shown = 0;
    axis.unit = clip.sound->layer.empty() ? "logit" : "of the most";
    clip.looked =
        painter_.png(places, axis, seconds_per_frame, clip.sound->method + " for " + clip.emotion);
    clip.unit = seconds_per_frame > 0 ? "s" : "frames";
    clip.seconds =
        static_cast<double>(places.columns()) * (seconds_per_frame > 0 ? seconds_per_frame : 1);
    write_npy(folder_ / clip.folder / "sound.npy", places);
    write_file(folder_ / clip.folder / "sound.png", clip.features);
    write_file(folder_ / clip.folder / "sound-looked-at.png", clip.looked);
  }

  /// All in the array, and so many in the picture that it can be opened.
  void write_face(ExplainedClip& clip, const ClipInput& input) const {
    const FloatArray& places = clip.face->places;
    write_npy(folder_ / clip.folder / "face.npy", places);
    const auto shown = spread_items(input.pictures.size(), kShown);
    for (const std::size_t i : shown) clip.picture_seconds.push_back(input.picture_seconds[i]);
    write_pictures(clip, faces_with_heat(input.pictures, places, shown));
  }

  ExplainReport finish(const std::vector<ExplainedClip>& clips, std::vector<std::string> failed);

 private:
  void remove_earlier(const std::vector<ExplainedClip>& clips) const;

  fs::path folder_;
  FeaturePainter painter_;
};

/// Adds one; what only the page holds goes where the page is full.
void keep(std::vector<ExplainedClip>& clips, ExplainedClip clip) {
  if (clips.size() >= kClipsOnPage) {
    for (auto* png : {&clip.faces, &clip.features, &clip.looked}) *png = {};
  }
  for (auto* looked : {&clip.face, &clip.sound}) {
    if (*looked) (*looked)->places = {};
  }
  clips.push_back(std::move(clip));
}

/// What is added up of the checks.
struct Checks {
  std::size_t clips = 0, better = 0;
  double correlation = 0;
};

std::string number(double value) {
  return fmt::format("{:.6f}", value);
}

/// A row for a modality of a clip, in the order of kColumns.
std::string row_of(const ExplainedClip& clip, const std::string& modality, const LookedAt& looked,
                   const std::optional<double>& own, const std::optional<double>& share) {
  const auto optional = [](const std::optional<double>& value) {
    return value ? number(*value) : std::string();
  };
  const auto of_check = [&](double AttributionCheck::*value) {
    return looked.check ? number((*looked.check).*value) : std::string();
  };
  return spreadsheet_line(
      {clip.name, clip.folder, clip.emotion, clip.answer, number(clip.probability), modality,
       optional(own), optional(share), looked.method, looked.layer,
       looked.layer.empty() ? number(looked.gap) : "", of_check(&AttributionCheck::deletion),
       of_check(&AttributionCheck::random_deletion), of_check(&AttributionCheck::shuffled)});
}

const std::vector<std::string> kColumns = {"clip",
                                           "folder",
                                           "class",
                                           "answer",
                                           "probability",
                                           "modality",
                                           "probability_of_modality",
                                           "share",
                                           "method",
                                           "layer",
                                           "gap",
                                           "deletion",
                                           "random_deletion",
                                           "shuffled_correlation"};

/// Those of clips that an earlier run explained here, as its table names them, and that this one
/// did not write again.
void Output::remove_earlier(const std::vector<ExplainedClip>& clips) const {
  const fs::path table = folder_ / "explanations.csv";
  if (!fs::exists(table)) return;
  std::set<std::string> now;
  for (const ExplainedClip& clip : clips) now.insert(clip.folder);
  const CsvTable earlier = read_csv(table);
  const auto column = earlier.find("folder");
  if (!column) return;
  for (const auto& row : earlier.rows) {
    const std::string folder = row[*column];
    if (now.contains(folder) || fs::path(folder).has_parent_path()) continue;
    for (const char* name : kClipFiles) fs::remove(folder_ / folder / name);
    std::error_code not_empty;  // somebody else's file stays, and its folder
    fs::remove(folder_ / folder, not_empty);
  }
}

ExplainReport Output::finish(const std::vector<ExplainedClip>& clips,
                             std::vector<std::string> failed) {
  std::string table = csv_line(kColumns);
  std::map<std::string, Checks> checks;
  std::size_t rough = 0;
  const auto note = [&](const std::string& modality, const LookedAt& looked) {
    if (looked.gap > kRough) ++rough;
    if (!looked.check) return;
    Checks& sums = checks[modality];
    ++sums.clips;
    if (looked.check->deletion < looked.check->random_deletion) ++sums.better;
    sums.correlation += std::abs(looked.check->shuffled);
  };
  for (const ExplainedClip& clip : clips) {
    const auto share = [&](double ModalityShares::*which) {
      return clip.shares ? std::optional((*clip.shares).*which) : std::nullopt;
    };
    if (clip.face) {
      table += row_of(clip, "visual", *clip.face, clip.visual, share(&ModalityShares::visual));
      note("visual", *clip.face);
    }
    if (clip.sound) {
      table +=
          row_of(clip, clip.sound_modality, *clip.sound, clip.audio, share(&ModalityShares::audio));
      note(clip.sound_modality, *clip.sound);
    }
  }
  if (rough > 0) {
    spdlog::warn(
        "the integrated gradients of {} add up to more than {:.0f} % beside what they should: give "
        "more --steps",
        counted(rough, "attributions"), 100 * kRough);
  }
  ExplainReport report;
  report.text = fmt::format("{} explained{}: {}\n", counted(clips.size(), "clips"),
                            failed.empty() ? "" : fmt::format(", {} failed", failed.size()),
                            (folder_ / "index.html").string());
  report.metrics = {{"clips", clips.size()}, {"failed", failed}};
  for (const auto& [modality, sums] : checks) {
    const auto all = static_cast<double>(sums.clips);
    report.text += fmt::format(
        "  {}: what is marked is missed more than random places in {} of {}; mean correlation with "
        "a network of shuffled weights {:.2f}\n",
        modality, sums.better, counted(sums.clips, "clips"), sums.correlation / all);
    report.metrics["checks"][modality] = {
        {"clips", sums.clips},
        {"better_than_random", static_cast<double>(sums.better) / all},
        {"shuffled_correlation", sums.correlation / all}};
  }
  remove_earlier(clips);
  write_file(folder_ / "explanations.csv", table);
  write_file(folder_ / "metrics.json", report.metrics.dump(2) + "\n");
  write_file(folder_ / "index.html", explanation_page(clips, failed));
  report.failed = std::move(failed);
  return report;
}

/// One model's or both models' view of recordings.
class ClipsExplained {
 public:
  ClipsExplained(const ExplainConfig& config, Output& output)
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
  Output& output_;
  Recogniser models_;
  std::unique_ptr<ClipReader> reader_;
  std::optional<Explainer> visual_, audio_;
  std::optional<SoundFeatures> features_;
};

ExplainReport explain_clips(const ExplainConfig& config, Progress& progress) {
  const AskedClips asked = asked_clips(config.paths);
  Output output(config.output);
  ClipsExplained models(config, output);
  std::vector<ExplainedClip> clips;
  std::vector<std::string> failed;
  progress.start("explaining", asked.clips.size());
  for (std::size_t i = 0; i < asked.clips.size(); ++i) {
    try {
      keep(clips, models.explain(i, asked.clips[i]));
    } catch (const Error& error) {
      failed.emplace_back(error.what());
    }
    progress.update(i + 1);
  }
  progress.finish();
  return output.finish(clips, std::move(failed));
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
  RowAxis axis;
  axis.name = "feature";
  Output output(config.output);
  std::vector<ExplainedClip> clips;
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
    output.write_features(clip, features, axis, 0);
    const FloatArray& places = clip.sound->places;
    if (of_landmarks && features.rows() % kLandmarkNumbers == 0 && places.columns() > 1) {
      const auto frames = spread_items(places.columns(), kShown);
      clip.picture_seconds.assign(frames.begin(), frames.end());
      output.write_pictures(clip, landmarks_with_heat(features, places, frames));
    }
    keep(clips, std::move(clip));
    progress.update(i + 1);
  }
  progress.finish();
  std::vector<std::string> failed;
  for (const StageRemark& remark : input.failed) {
    failed.push_back(remark.source + ": " + remark.reason);
  }
  return output.finish(clips, std::move(failed));
}

}  // namespace

void ExplainConfig::describe(Options& options) {
  const auto clips = [this] { return about_clips(); };
  options.heading("Clips");
  options.control("PATH", paths, "Clips (" + format_names() + "), or folders of clips")
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
              "grad-cam, hires-cam (each place by its own gradient) or integrated-gradients")
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
