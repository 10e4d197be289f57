#include "robustness/clip_answers.h"

#include "base/error.h"
#include "conditions/sound_under_conditions.h"
#include "runs/chosen_model.h"
#include "runs/run_folder.h"
#include "stages/recorded_sound.h"
#include "stages/sampled_frames.h"

namespace aver {
namespace {

std::vector<fs::path> runs_in(const fs::path& run) {
  std::vector<fs::path> runs;
  for (const int fold : folds_in(run)) runs.push_back(fold_folder(run, fold));
  if (runs.empty()) runs.push_back(run);
  return runs;
}

FoldModel read_fold(const fs::path& run, bool audio, const fs::path& encoder,
                    const FaceFiles& faces, std::size_t threads) {
  const ModelFile model = read_chosen_model(run, audio ? "audio" : "visual");
  RecogniserConfig config;
  (audio ? config.audio : config.visual) = run;
  if (audio) config.encoder = encoder;
  config.face.files = faces;
  config.device = "cpu";
  config.threads = threads;
  FoldModel fold{std::nullopt, Recogniser(config), {}, {}, fingerprint_of_model(run)};
  if (const auto number = model.training.find("fold");
      number != model.training.end() && number->is_number_integer()) {
    fold.fold = number->get<int>();
  }
  if (audio) {
    fold.sound = sound_settings_of(model, encoder);
  } else {
    fold.pictures = picture_settings_of(model, faces);
  }
  return fold;
}

ClipInput input_of(std::vector<std::vector<std::uint8_t>> pictures) {
  ClipInput input;
  input.whole.pictures = pictures.size();
  input.pictures = std::move(pictures);
  return input;
}

ClipInput input_of(FloatArray features) {
  ClipInput input;
  input.whole.mfcc = std::move(features);
  return input;
}

}  // namespace

std::vector<FoldModel> fold_models(const fs::path& run, bool audio, const fs::path& encoder,
                                   const FaceFiles& faces, std::size_t threads) {
  std::vector<FoldModel> models;
  for (const fs::path& fold : runs_in(run)) {
    models.push_back(read_fold(fold, audio, encoder, faces, threads));
  }
  return models;
}

nlohmann::json json_of(const ClipAnswers& answers) {
  return {{"audio", answers.audio}, {"visual", answers.visual}};
}

ClipAnswers clip_answers_from(const nlohmann::json& json) {
  return {json.at("audio").get<std::vector<std::vector<double>>>(),
          json.at("visual").get<std::vector<std::vector<double>>>()};
}

ClipAnswers ClipAsker::ask(const AskedClip& clip) {
  ClipAnswers answers;
  if (clip.audio) answers.audio = listen(*clip.audio);
  if (clip.visual) answers.visual = look(*clip.visual);
  return answers;
}

ClipAsker::Own& ClipAsker::own(const FoldModel& model) {
  auto& kept = own_[&model];
  if (kept) return *kept;
  kept = std::make_unique<Own>(Own{model.recogniser.for_this_thread(questions_.threads), {}, {}});
  if (model.sound) kept->features.emplace(*model.sound);
  if (model.pictures) kept->faces.emplace(model.pictures->frames.face);
  return *kept;
}

std::vector<std::vector<double>> ClipAsker::listen(const AskedRecording& asked) {
  const FoldModel& model = questions_.audio[asked.model];
  Own& with = own(model);
  const int rate = model.sound->sound_rate_hz;
  const DatasetClip& recording = asked.recording;
  const auto samples =
      sound_of_clip(recording, questions_.limits, questions_.tracks, rate, resampler_).samples;
  const Clip& clip = recording.recording.clip;
  SoundUnderConditions sound(samples, rate, {clip.key, clip.speaker}, questions_.others,
                             questions_.seed, resampler_);
  std::vector<std::vector<double>> answers(questions_.columns.size());
  std::vector<std::size_t> columns;
  std::vector<ClipInput> inputs;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& [condition, level] = questions_.columns[i];
    if (condition != nullptr && condition->sound == nullptr) continue;
    columns.push_back(i);
    inputs.push_back(input_of(with.features->compute(
        condition == nullptr ? samples : sound.under(*condition->sound, level))));
  }
  const auto estimates = with.recogniser.estimate(inputs);
  for (std::size_t i = 0; i < columns.size(); ++i) answers[columns[i]] = estimates[i].whole.audio;
  return answers;
}

std::vector<std::vector<double>> ClipAsker::look(const AskedRecording& asked) {
  const FoldModel& model = questions_.visual[asked.model];
  Own& with = own(model);
  const PictureSettings& settings = *model.pictures;
  const MediaSource source(fs::path(asked.recording.path), questions_.limits, questions_.tracks);
  ClipPictures clip;
  with.faces->start_clip();
  for_each_kept_frame(source, settings.frames, /*decode_all=*/false,
                      [&](const cv::Mat& frame, std::int64_t, double) {
                        clip.frames.push_back(frame);
                        clip.faces.push_back(with.faces->box(frame));
                      });
  std::vector<std::vector<double>> answers(questions_.columns.size());
  std::vector<std::size_t> columns;
  std::vector<ClipInput> inputs;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& [condition, level] = questions_.columns[i];
    if (condition != nullptr && condition->picture == nullptr) continue;
    // Faces are looked for once more: what hides one from the network hides it from the finder.
    with.faces->start_clip();
    std::vector<std::vector<std::uint8_t>> pictures;
    for (const cv::Mat& frame :
         condition == nullptr ? clip.frames : condition->picture->apply(clip, level)) {
      if (const auto face = finished_frame(frame, settings.frames, *with.faces)) {
        pictures.push_back(network_picture(*face, settings, source.name()));
      }
    }
    if (pictures.empty()) continue;
    columns.push_back(i);
    inputs.push_back(input_of(std::move(pictures)));
  }
  if (columns.empty() || columns.front() != 0) {
    throw Error("{}: no face found in any of its pictures, so none is left", source.name());
  }
  const auto estimates = with.recogniser.estimate(inputs);
  for (std::size_t i = 0; i < columns.size(); ++i) answers[columns[i]] = estimates[i].whole.visual;
  return answers;
}

}  // namespace aver
