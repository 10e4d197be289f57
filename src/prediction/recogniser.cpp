#include "prediction/recogniser.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "base/finite.h"
#include "base/parallel.h"
#include "corpus/catalog.h"
#include "corpus/emotions.h"
#include "features/speaker_states.h"
#include "prediction/clip_fusion.h"
#include "prediction/clip_reader.h"
#include "prediction/enrolment.h"
#include "prediction/estimate_output.h"
#include "runs/chosen_model.h"
#include "train/load_network.h"
#include "train/network_options.h"
#include "train/runtime.h"
#include "train/tensors.h"
#include "train/trainer.h"

namespace aver {
namespace {

using Distributions = std::vector<std::vector<double>>;

/// A model, its network, and where each of its classes stands among the recogniser's.
struct Expert {
  Expert(const fs::path& model_path, ModelFile model, const torch::Device& device)
      : path(model_path),
        file(std::move(model)),
        network(load_network(file, model_path.string(), device)) {}

  /// Brings probabilities from the model's class order into the recogniser's.
  std::vector<double> in_order(const std::vector<double>& distribution) const {
    std::vector<double> ordered(distribution.size());
    for (std::size_t c = 0; c < distribution.size(); ++c) ordered[position[c]] = distribution[c];
    return ordered;
  }

  fs::path path;
  ModelFile file;
  std::shared_ptr<Network> network;
  std::vector<std::size_t> position;
};

Distributions predict_all(Expert& expert, const Dataset& dataset, const torch::Device& device) {
  std::vector<std::size_t> all(dataset.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  Distributions result = predict(*expert.network, dataset, all, device);
  for (auto& distribution : result) {
    if (!all_finite(distribution)) refuse_answers_of(expert.path.string());
    distribution = expert.in_order(distribution);
  }
  return result;
}

Distributions look(Expert& expert, const std::vector<ClipInput>& clips,
                   const torch::Device& device) {
  std::vector<const std::vector<std::uint8_t>*> pictures;
  for (const ClipInput& clip : clips) {
    for (const auto& picture : clip.pictures) pictures.push_back(&picture);
  }
  const auto size = static_cast<std::size_t>(
      network_options(expert.file).as<PictureNetworkOptions>().picture_size);
  const PictureDataset dataset(
      [&](std::size_t i) { return std::span<const std::uint8_t>(*pictures[i]); },
      std::vector<std::int64_t>(pictures.size(), -1), size);
  return predict_all(expert, dataset, device);
}

Distributions listen(Expert& expert, const std::vector<ClipInput>& clips,
                     const torch::Device& device) {
  ClipFeatures sounds;
  for (const ClipInput& clip : clips) {
    if (clip.whole.mfcc) sounds.push_back(&*clip.whole.mfcc);
    for (const ClipPart& window : clip.windows) {
      if (window.mfcc) sounds.push_back(&*window.mfcc);
    }
  }
  const auto reads = network_options(expert.file).as<SeriesNetworkOptions>().coefficients;
  for (const FloatArray* sound : sounds) {
    if (sound->rows() == static_cast<std::size_t>(reads)) continue;
    throw Error(
        "{} cannot be used: the settings of its features give {} coefficients, and its network "
        "reads {}",
        expert.path.string(), sound->rows(), reads);
  }
  const MfccDataset dataset(
      sounds, std::vector<std::int64_t>(sounds.size(), -1), expert.file.normalisation,
      static_cast<std::size_t>(network_options(expert.file).as<SeriesNetworkOptions>().max_frames));
  return predict_all(expert, dataset, device);
}

/// Class by class; empty for nothing.
std::vector<double> mean_of(std::span<const std::vector<double>> distributions) {
  if (distributions.empty()) return {};
  std::vector<double> mean = distributions.front();
  for (const auto& distribution : distributions.subspan(1)) {
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += distribution[c];
  }
  for (double& p : mean) p /= static_cast<double>(distributions.size());
  return mean;
}

/// Where the pictures of a part show the face, on the mean.
FaceBox mean_box(const FaceInput& face, const ClipPart& part) {
  const auto boxes =
      std::span(face.boxes).subspan(part.first_picture - face.whole.first_picture, part.pictures);
  const auto mean = [&](int FaceBox::*side) {
    double sum = 0;
    for (const FaceBox& box : boxes) sum += box.*side;
    return static_cast<int>(std::lround(sum / static_cast<double>(boxes.size())));
  };
  return {mean(&FaceBox::x), mean(&FaceBox::y), mean(&FaceBox::width), mean(&FaceBox::height)};
}

EmotionEstimate fused(const ClipFusion& fusion, const ClipPart& part, std::vector<double> visual,
                      std::vector<double> audio, const std::vector<std::string>& classes) {
  EmotionEstimate estimate = fused_estimate(fusion, std::move(visual), std::move(audio), classes);
  estimate.start = part.start;
  estimate.end = part.end;
  return estimate;
}

ModelFile asked_model(const RecogniserConfig& config, const fs::path& path, const char* kind) {
  ModelFile model = read_chosen_model(path, kind);
  return config.second_head ? answering_levels(std::move(model), path) : model;
}

/// What is wrong with a model's settings is said with its file.
void naming(const fs::path& model, const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    throw Error("{} cannot be used: {}", model.string(), error.what());
  }
}

/// Throws UsageError for a speaker encoder that is missing or too many.
void require_encoder_where_needed(const RecogniserConfig& config, const ModelFile* audio) {
  std::string needed;
  if (audio != nullptr) {
    naming(config.audio, [&] { needed = pretrained_note(audio->input); });
  }
  if (needed.empty() == config.encoder.empty()) return;
  if (needed.empty()) throw UsageError("--encoder is of no use: no model here needs one");
  throw UsageError("{} needs --encoder, the file of its speaker encoder. {}", config.audio.string(),
                   needed);
}

}  // namespace

struct Recogniser::State {
  State(const RecogniserConfig& with, const torch::Device& on) : config(with), device(on) {
    if (!config.visual.empty()) {
      visual.emplace(config.visual, asked_model(config, config.visual, "visual"), device);
    }
    if (!config.audio.empty()) {
      audio.emplace(config.audio, asked_model(config, config.audio, "audio"), device);
    }
    require_encoder_where_needed(config, audio ? &audio->file : nullptr);
    place_all();
    fusion.emplace(config, classes);
    if (!config.enrol_from.empty()) enrol_person();
  }

  /// Tells the audio model of the person whose other clips there are.
  void enrol_person() {
    if (!audio) {
      throw UsageError("--enrol-from tells an audio model of a person: give --audio");
    }
    require_takes_enrolment(audio->file, config.audio);
    std::vector<fs::path> files;
    if (fs::is_directory(config.enrol_from)) {
      for_each_media_file(config.enrol_from, recording_extensions(),
                          [&](const fs::path& file) { files.push_back(file); });
      std::ranges::sort(files);
    } else {
      files.push_back(config.enrol_from);
    }
    if (files.empty()) {
      throw Error("{} holds no recording, of which the person's voice could be learnt",
                  config.enrol_from.string());
    }
    keep_drawn(files, config.enrol);
    std::optional<SoundSettings> sound;
    naming(config.audio, [&] { sound = sound_settings_of(audio->file, config.encoder); });
    const auto reader = make_clip_reader({std::nullopt, std::move(sound)});
    std::vector<ClipInput> clips;
    ClipFeatures features;
    for (const fs::path& file : files) clips.push_back(reader->read(file, {}));
    for (const ClipInput& clip : clips) features.push_back(&*clip.whole.mfcc);
    tell_of_person(audio->file, features);
    enrolled = files.size();
  }

  /// Networks of its own, from the files as they were read.
  State(const State& other)
      : config(other.config), fusion(other.fusion), enrolled(other.enrolled), device(other.device) {
    if (other.visual) visual.emplace(config.visual, other.visual->file, device);
    if (other.audio) audio.emplace(config.audio, other.audio->file, device);
    place_all();
  }

  void place_all() {
    classes = in_class_order((visual ? visual : audio)->file.classes);
    for (auto* expert : {&visual, &audio}) {
      if (*expert) place_classes(**expert);
    }
  }

  void place_classes(Expert& expert) const {
    const auto& own = expert.file.classes;
    for (const std::string& name : own) {
      expert.position.push_back(
          static_cast<std::size_t>(std::ranges::find(classes, name) - classes.begin()));
    }
    if (own.size() != classes.size() || std::ranges::count(expert.position, classes.size()) > 0) {
      throw Error("the two models know other classes and cannot be fused: {} and {}",
                  fmt::join(classes, ", "), fmt::join(own, ", "));
    }
  }

  RecogniserConfig config;
  std::optional<ClipFusion> fusion;  ///< there once the classes are known
  std::size_t enrolled = 0;          ///< clips that the audio model was told of
  torch::Device device;
  std::optional<Expert> visual;
  std::optional<Expert> audio;
  std::vector<std::string> classes;
};

Recogniser::Recogniser(std::unique_ptr<State> state) : state_(std::move(state)) {}
Recogniser::~Recogniser() = default;
Recogniser::Recogniser(Recogniser&&) noexcept = default;
Recogniser& Recogniser::operator=(Recogniser&&) noexcept = default;

Recogniser::Recogniser(const RecogniserConfig& config) {
  config.validate();
  const std::size_t threads = config.threads > 0 ? config.threads : available_cpus();
  state_ = std::make_unique<State>(config, start_runtime(config.device, threads).device);
  make_reader();  // what this machine lacks for one, a face detector, is said before any work
}

Recogniser Recogniser::for_this_thread(std::size_t threads) const {
  use_threads(threads);
  return Recogniser(std::make_unique<State>(*state_));
}

const std::vector<std::string>& Recogniser::classes() const {
  return state_->classes;
}

bool Recogniser::has_visual() const {
  return state_->visual.has_value();
}

bool Recogniser::has_audio() const {
  return state_->audio.has_value();
}

bool Recogniser::makes_sets() const {
  return state_->fusion->makes_sets();
}

LoadedModel Recogniser::model(std::string_view modality) const {
  const auto& expert = modality == "visual" ? state_->visual : state_->audio;
  return {&expert->file, expert->network.get()};
}

const ClipFusion& Recogniser::fusion() const {
  return *state_->fusion;
}

bool Recogniser::sees_faces() const {
  const auto pictures = reader_settings().pictures;
  return pictures && pictures->frames.face.mode != FaceMode::none;
}

void Recogniser::require_can(const ReadOptions& options) const {
  if (options.every_picture && !has_visual()) {
    throw UsageError("--every-picture needs a visual model, which looks at each");
  }
  if (!options.every_face || !has_visual() || sees_faces()) return;
  throw UsageError(
      "--faces all needs a detector: --face haar or --face yunet, or a visual model that was "
      "trained on faces");
}

ReaderSettings Recogniser::reader_settings() const {
  ReaderSettings settings;
  if (state_->visual) {
    naming(state_->config.visual, [&] {
      const RecogniserConfig& config = state_->config;
      settings.pictures = config.face_as_trained
                              ? picture_settings_of(state_->visual->file, config.face.files)
                              : picture_settings_with(state_->visual->file, config.face);
    });
  }
  if (state_->audio) {
    naming(state_->config.audio, [&] {
      settings.sound = sound_settings_of(state_->audio->file, state_->config.encoder);
    });
  }
  return settings;
}

std::unique_ptr<ClipReader> Recogniser::make_reader() const {
  try {
    return make_clip_reader(reader_settings());
  } catch (const UsageError& error) {
    // Nobody gave these settings on the command line: they are the audio model's.
    if (!state_->audio) throw;
    throw Error("{} cannot be used: {}", state_->config.audio.string(), error.what());
  }
}

std::vector<ClipEstimate> Recogniser::estimate(const std::vector<ClipInput>& clips) {
  Distributions seen;
  Distributions heard;
  if (state_->visual) seen = look(*state_->visual, clips, state_->device);
  if (state_->audio) heard = listen(*state_->audio, clips, state_->device);

  std::size_t sound = 0;    // of the next part that has one
  std::size_t picture = 0;  // the clip's first
  std::vector<ClipEstimate> estimates;
  for (const ClipInput& clip : clips) {
    const auto estimate_of = [&](const ClipPart& part) {
      const auto pictures = std::span(seen).subspan(picture, clip.pictures.size());
      return fused(*state_->fusion, part,
                   mean_of(pictures.subspan(part.first_picture, part.pictures)),
                   part.mfcc ? heard[sound++] : std::vector<double>(), state_->classes);
    };
    ClipEstimate estimate{clip.name,  clip.seconds, clip.pictures.size(), estimate_of(clip.whole),
                          {},         {},           clip.faces,           clip.remarks,
                          clip.checks};
    for (const ClipPart& window : clip.windows) estimate.windows.push_back(estimate_of(window));
    for (const FaceInput& face : clip.every_face) {
      FaceEstimate of{
          face.whole.pictures, mean_box(face, face.whole), estimate_of(face.whole), {}, {}};
      for (const ClipPart& window : face.windows) {
        of.boxes.push_back(mean_box(face, window));
        of.windows.push_back(estimate_of(window));
      }
      estimate.every_face.push_back(std::move(of));
    }
    if (state_->enrolled > 0) estimate.remarks.push_back(enrolled_remark(state_->enrolled));
    picture += clip.pictures.size();
    estimates.push_back(std::move(estimate));
  }
  return estimates;
}

}  // namespace aver
