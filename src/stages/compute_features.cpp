#include "stages/compute_features.h"

#include <map>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/json_text.h"
#include "base/options.h"
#include "corpus/known_corpora.h"
#include "features/feature_picture.h"
#include "media/audio_file.h"
#include "media/resampler.h"
#include "stages/chosen_stage.h"
#include "stages/clip_stage.h"
#include "stages/sound_rate.h"
#include "store/npy.h"

namespace aver {
namespace {

const StageMaker kMaker = {"aver-compute-features", "features"};

/// "1" for "01": how a picture's title names an actor.
std::string without_leading_zeros(const std::string& number) {
  return number.substr(std::min(number.find_first_not_of('0'), number.size() - 1));
}

/// By the file of a sound, what the audio stage recorded of it.
using Recorded = std::map<std::string, StageOutput>;

/// What one worker keeps from clip to clip.
class FeatureMaker {
 public:
  FeatureMaker(const FeatureChoice& features, bool pictures, const Recorded& recorded)
      : features_(features), recorded_(recorded) {
    if (pictures) painter_.emplace();
  }

  ClipProducts make(const DatasetClip& clip) {
    const Sound sound = read_sound_file(fs::path(clip.path));
    if (sound.samples.empty()) throw Error("{} holds no sound", clip.path);
    const int rate = features_.rate_for(sound.sample_rate_hz);
    FeatureExtractor& extractor = for_rate(rate, clip.path);
    const FloatArray values =
        extractor.compute(resampler_.resample(sound.samples, sound.sample_rate_hz, rate));

    const std::string stem = clip.output_stem();
    std::vector<StageFile> files;
    files.push_back(
        {stem + ".npy", fmt::format("{}x{}", values.rows(), values.columns()), encode_npy(values)});
    if (painter_) {
      const Clip& facts = clip.recording.clip;
      const std::string title =
          facts.speaker.empty()
              ? fmt::format("{}   {}", facts.key, facts.label)
              : fmt::format("{}   {}, {} {}", facts.key, facts.label, person_of(facts),
                            without_leading_zeros(facts.speaker));
      files.push_back(
          {stem + ".png", fmt::format("{}x{}x3", FeaturePainter::kHeight, FeaturePainter::kWidth),
           painter_->png(values, extractor.row_axis(), extractor.seconds_per_frame(), title)});
    }
    std::vector<std::string> remarks;
    const std::string samples = std::to_string(sound.samples.size());
    if (const std::string change = changed_since(recorded_.at(clip.path), samples, clip.path);
        !change.empty()) {
      remarks.push_back("it " + change);
    }
    return {std::move(files), {}, std::move(remarks)};
  }

 private:
  /// With each file's own rate there may be several.
  FeatureExtractor& for_rate(int rate, const fs::path& path) {
    if (const auto found = by_rate_.find(rate); found != by_rate_.end()) return *found->second;
    try {
      return *by_rate_.emplace(rate, features_.make(rate)).first->second;
    } catch (const UsageError& error) {
      throw Error("{} has {} Hz, where these options do not work: {}", path.string(), rate,
                  error.what());
    }
  }

  const FeatureChoice& features_;
  const Recorded& recorded_;
  Resampler resampler_;
  std::optional<FeaturePainter> painter_;
  std::map<int, std::unique_ptr<FeatureExtractor>> by_rate_;
};

/// The sounds of the audio stage that are there. One that was removed behind its back fails.
std::vector<DatasetClip> clips_of(const Stage& audio, const std::vector<StageClip>& taken,
                                  StageWriter& writer, Recorded& recorded) {
  std::vector<DatasetClip> clips;
  for (const auto& clip : taken) {
    const std::string& sound = clip.outputs.front().path;
    if (fs::is_regular_file(audio.root / sound)) {
      clips.push_back({clip.recording, fs::path(sound).parent_path().generic_string(),
                       (audio.root / sound).string()});
      recorded[clips.back().path] = clip.outputs.front();
    } else {
      writer.fail(clip.recording.name,
                  {sound, fmt::format("{} is in the manifest but not there; run "
                                      "aver-extract-audio again",
                                      sound)});
    }
  }
  return clips;
}

}  // namespace

void ComputeFeaturesConfig::describe(Options& options) {
  StageConfig::describe(
      options, {.input = "Stage folder of aver-extract-audio", .results = [this](Options& own) {
                  own.heading("Features");
                  features.describe(own);
                  own.result("pictures", pictures,
                             "Write a picture beside each array; of log-mel "
                             "it shows the levels");
                }});
}

void ComputeFeaturesConfig::validate() const {
  Options::of(*this).require_valid();
}

StageSummary run_compute_features(const ComputeFeaturesConfig& config, Progress& progress) {
  config.validate();
  // What cannot be computed with is said once, and before there is a folder.
  if (config.features.needs_encoder() && !config.join) {
    (void)config.features.make(config.features.rate_for(0));
  }
  return run_feature_stage(config,
                           {kMaker, Options::of(config).to_json(), config.pictures,
                            fmt::format("computing {}", config.features.name())},
                           progress);
}

StageSummary run_feature_stage(const ComputeFeaturesConfig& config, FeatureStage stage,
                               Progress& progress) {
  if (config.join) return join_clip_stage(config.output, stage.maker);
  const Stage audio = read_stage(config.input, "audio");
  ChosenClips chosen(config.choice);
  const auto taken = chosen_clips(audio, chosen);
  if (taken.empty()) {
    throw Error("{} holds no clip that --channel, --filter and --labels leave{}",
                config.input.string(), chosen.why_none());
  }
  reading_json(
      (audio.root / "stage.json").string(), "run aver-extract-audio again with --force", [&] {
        record_sound_rate(stage.settings, audio.settings.value("sample-rate", kRecordedRateHz));
        // Of degraded copies nobody shall think that they are the recordings.
        for (const char* key : {"conditions", "copies", "seed"}) {
          if (audio.settings.contains(key)) stage.settings[key] = audio.settings.at(key);
        }
      });
  StageWriter writer(config.output, {stage.maker.tool, stage.maker.stage, stage.settings},
                     config.force, config.shard);
  Recorded recorded;
  const auto clips = clips_of(audio, taken, writer, recorded);
  say_left_out(chosen);
  for (const StageClip& clip : audio.clips) {
    if (!chosen.is_other_channel(clip.recording.clip)) continue;
    writer.skip({clip.source, other_channel_reason(clip.recording.clip.value("channel"))});
  }
  run_clip_stage(
      writer, config.input, clips, config.workers, progress,
      {stage.what,
       [&]() -> ClipMaker {
         return [maker = std::make_shared<FeatureMaker>(config.features, stage.pictures, recorded)](
                    const DatasetClip& clip) { return maker->make(clip); };
       },
       {}});
  return writer.complete();
}

}  // namespace aver
