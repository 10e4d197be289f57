#include "stages/extract_audio.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "conditions/sound_under_conditions.h"
#include "conditions/sound_versions.h"
#include "corpus/version_name.h"
#include "media/audio_file.h"
#include "media/resampler.h"
#include "stages/clip_stage.h"
#include "stages/lies_within.h"
#include "stages/recorded_sound.h"

namespace aver {
namespace {

const StageMaker kMaker = {"aver-extract-audio", "audio"};

bool is_sound_file(const fs::path& path) {
  return has_extension(path, sound_extensions());
}

std::set<std::string_view> wanted_modalities(const ExtractAudioConfig& config) {
  if (config.modality == "av") return {kAudioVideo};
  if (config.modality == "audio-only") return {kAudioOnly};
  return {kAudioVideo, kAudioOnly};
}

const std::vector<std::string>& wanted_extensions(const ExtractAudioConfig& config) {
  // A name may say that there is sound alone in a file that could have pictures.
  return config.modality == "av" ? video_extensions() : recording_extensions();
}

/// scan_dataset, with a hint when the folder holds the other kind of recording.
Catalog scan(const ExtractAudioConfig& config, ChosenClips& chosen) {
  try {
    return Corpus(config.corpus)
        .scan(config.input, wanted_extensions(config), chosen, doubles_of(config.keep_first));
  } catch (const NoClips& error) {
    if (config.modality != "av" || std::ranges::none_of(list_files(config.input), is_sound_file)) {
      throw;
    }
    throw Error("{}; for its .wav, .flac, .mp3… files say --modality audio-only", error.what());
  }
}

/// What is done to the clips beyond taking them out of their files.
struct Conditions {
  std::vector<ConditionLevel> levels;  ///< none: nothing
  OtherSounds others;
  std::uint64_t seed;

  /// The one that is drawn for this clip.
  std::vector<std::int16_t> apply(const std::vector<std::int16_t>& samples, int rate_hz,
                                  const Clip& clip, Resampler& resampler) const {
    const auto& [scale, level] = drawn_condition(levels, seed, clip.key);
    return SoundUnderConditions(samples, rate_hz, {clip.key, clip.speaker}, others, seed, resampler)
        .under(sound_condition(scale->name), level);
  }
};

Conditions conditions_of(const ExtractAudioConfig& config, const std::vector<DatasetClip>& clips) {
  auto levels = named_conditions(config.conditions, sound_condition_scales());
  std::vector<Voice> voices;
  for (const auto& [recording, folder, path, start, end, line] : clips) {
    voices.push_back({recording.clip.key, recording.clip.speaker, path, start, end});
  }
  OtherSounds others(levels.empty() ? fs::path() : config.noise, std::move(voices), config.limits,
                     config.tracks);
  require_others(levels, others);
  return {std::move(levels), std::move(others), config.seed};
}

/// The clips, and behind each its changed versions, sorted by the names of recordings as they were.
std::vector<DatasetClip> in_versions(const std::vector<DatasetClip>& clips, int copies) {
  std::vector<DatasetClip> all;
  for (const DatasetClip& clip : clips) {
    for (int number = 1; number <= copies; ++number) {
      Recording& recording = all.emplace_back(clip).recording;
      recording.clip = version_of(std::move(recording.clip), number);
      recording.name = version_name(recording.name, number);
      if (number > 1) recording.clip.attributes["change"] = change_of_version(number).name;
    }
  }
  std::ranges::stable_sort(
      all, {}, [](const DatasetClip& clip) { return std::string_view(clip.recording.name); });
  return all;
}

ClipProducts make_sound(const DatasetClip& clip, const ExtractAudioConfig& config,
                        const Conditions& conditions, Resampler& resampler) {
  auto [samples, start, remarks] =
      sound_of_clip(clip, config.limits, config.tracks, config.sample_rate, resampler);
  if (!conditions.levels.empty()) {
    samples = conditions.apply(samples, config.sample_rate, clip.recording.clip, resampler);
  }
  if (const auto version = version_in(clip.recording.clip.key); version && config.copies > 1) {
    samples = sound_version(samples, config.sample_rate, version->of, version->number, config.seed,
                            resampler);
  }
  const std::string path = clip.output_stem() + ".wav";
  std::vector<StageFile> files;
  files.push_back({path, std::to_string(samples.size()), encode_wav(samples, config.sample_rate)});
  return {std::move(files), {}, std::move(remarks)};
}

}  // namespace

void ExtractAudioConfig::describe(Options& options) {
  StageConfig::describe(
      options,
      {.input = "Dataset folder: its clips may lie in any folders below it, or flat",
       .results =
           [this](Options& own) {
             own.result(
                    "modality", modality,
                    "av: sound tracks of the audio-video clips; audio-only: the dataset's own .wav "
                    "or .flac files; both: either, which doubles each performance that is there as "
                    "both")
                 .one_of({"av", "audio-only", "both"});
             own.heading("Sound");
             own.result("sample-rate", sample_rate, "Sample rate of the output in Hz")
                 .from_to(1000, 384'000);
             Tracks::describe(own, tracks.audio, "audio");
             own.result("conditions", conditions,
                        "Degraded copies: each clip is changed by one of these, drawn for it, NAME "
                        "or NAME=LEVEL: " +
                            conditions_help(sound_condition_scales()))
                 .unsaid_at(nlohmann::ordered_json::array());
             own.place("noise", noise, "Folder of noises that the condition noise mixes in");
             own.result("copies", copies,
                        "Each clip in so many versions, itself among them, each a clip of its own "
                        "for aver-split --protocol paper-augmented; the others are changed in "
                        "turn by " +
                            sound_changes_help())
                 .from_to(1, 100)
                 .unsaid_at(1);
             own.result("seed", seed, "Seed of what is drawn for --conditions and --copies")
                 .unsaid_at(42);
             own.heading("Input and output");
             describe_corpus(own, corpus);
           },
       .running =
           [this](Options& own) {
             limits.describe(own);
             describe_keep_first(own, keep_first);
           }});
  options.check([this](std::vector<std::string>& problems) {
    try {
      named_conditions(conditions, sound_condition_scales());
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
    if (copies > 1 && !conditions.empty()) {
      problems.emplace_back("--copies goes without --conditions");
    }
    if (!noise.empty() && conditions.empty()) problems.emplace_back("--noise needs --conditions");
    if (modality != "av" && !input.empty() && !output.empty() && lies_within(output, input)) {
      problems.emplace_back(
          "--output lies within --input, where its own WAV files would be read again");
    }
  });
}

void ExtractAudioConfig::validate() const {
  Options::of(*this).require_valid();
}

StageSummary run_extract_audio(const ExtractAudioConfig& config, Progress& progress) {
  config.validate();
  if (config.join) return join_clip_stage(config.output, kMaker);
  ChosenClips chosen(config.choice);
  Catalog catalog = scan(config, chosen);
  StageWriter writer(config.output, {kMaker.tool, kMaker.stage, Options::of(config).to_json()},
                     config.force, config.shard);
  keep_modalities(catalog, wanted_modalities(config), config.input, writer);
  fail_unnamed(writer, config.input, catalog);
  fail_contradictions(writer, config.input, catalog);
  say_left_out(chosen);
  const Conditions conditions = conditions_of(config, catalog.clips);
  if (config.copies > 1) catalog.clips = in_versions(catalog.clips, config.copies);
  run_clip_stage(writer, config.input, catalog.clips, config.workers, progress,
                 {"extracting sound",
                  [&]() -> ClipMaker {
                    return [&, resampler = std::make_shared<Resampler>()](const DatasetClip& clip) {
                      return make_sound(clip, config, conditions, *resampler);
                    };
                  },
                  {}});
  return writer.complete();
}

}  // namespace aver
