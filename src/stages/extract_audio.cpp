#include "stages/extract_audio.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "media/audio_file.h"
#include "media/resampler.h"
#include "stages/clip_stage.h"
#include "stages/recorded_sound.h"

namespace aver {
namespace {

const StageMaker kMaker = {"aver-extract-audio", "audio"};

const std::vector<std::string> kSoundExtensions = {".wav", ".flac"};

bool is_sound_file(const fs::path& path) {
  return std::ranges::find(kSoundExtensions, to_lower(path.extension().string())) !=
         kSoundExtensions.end();
}

std::set<Modality> wanted_modalities(const ExtractAudioConfig& config) {
  if (config.modality == "av") return {Modality::audio_video};
  if (config.modality == "audio-only") return {Modality::audio_only};
  return {Modality::audio_video, Modality::audio_only};
}

std::vector<std::string> wanted_extensions(const ExtractAudioConfig& config) {
  if (config.modality == "av") return video_extensions();
  std::vector<std::string> extensions = kSoundExtensions;
  if (config.modality == "both") {
    extensions.insert(extensions.end(), video_extensions().begin(), video_extensions().end());
  }
  return extensions;
}

/// scan_dataset, with a hint when the folder holds the other kind of recording.
Catalog scan(const ExtractAudioConfig& config) {
  try {
    return scan_dataset(config.input, wanted_extensions(config), config.channel);
  } catch (const Error& error) {
    if (config.modality != "av" || !fs::is_directory(config.input) ||
        std::ranges::none_of(list_files(config.input), is_sound_file)) {
      throw;
    }
    throw Error("{}; for its .wav and .flac files say --modality audio-only", error.what());
  }
}

bool lies_within(const fs::path& path, const fs::path& folder) {
  const fs::path relative =
      fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
  return !relative.empty() && *relative.begin() != "..";
}

std::vector<StageFile> make_sound(const DatasetClip& clip, int sample_rate_hz,
                                  Resampler& resampler) {
  const auto kind = is_sound_file(clip.path) ? MediaKind::sound : MediaKind::container;
  const auto samples = recorded_sound(fs::path(clip.path), kind, sample_rate_hz, resampler);
  const std::string path =
      fmt::format("{}/{}/{}.wav", clip.id.actor_folder(), name_of(clip.id.emotion), clip.id.stem());
  std::vector<StageFile> files;
  files.push_back({path, std::to_string(samples.size()), encode_wav(samples, sample_rate_hz)});
  return files;
}

}  // namespace

void ExtractAudioConfig::validate() const {
  std::vector<std::string> problems;
  if (input.empty() && !join) problems.push_back("--input is missing");
  if (output.empty()) problems.push_back("--output is missing");
  if (modality != "av" && modality != "audio-only" && modality != "both") {
    problems.push_back(
        fmt::format("--modality is '{}': av, audio-only or both expected", modality));
  } else if (modality != "av" && !input.empty() && !output.empty() && lies_within(output, input)) {
    problems.push_back("--output lies within --input, where its own WAV files would be read again");
  }
  if (sample_rate < 1000 || sample_rate > 384'000) {
    problems.push_back(fmt::format("--sample-rate is {}: 1000 to 384000 Hz expected", sample_rate));
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

StageSummary run_extract_audio(const ExtractAudioConfig& config, Progress& progress) {
  config.validate();
  if (config.join) return join_clip_stage(config.output, kMaker);
  Catalog catalog = scan(config);
  StageWriter writer(config.output,
                     {kMaker.tool,
                      kMaker.stage,
                      {{"modality", config.modality}, {"sample-rate", config.sample_rate}}},
                     config.force, config.shard);
  keep_modalities(catalog, wanted_modalities(config), config.input, writer);
  fail_unnamed(writer, config.input, catalog);
  run_clip_stage(writer, config.input, catalog.clips, config.workers, progress,
                 {"extracting sound",
                  [&]() -> ClipMaker {
                    return [&, resampler = std::make_shared<Resampler>()](const DatasetClip& clip) {
                      return make_sound(clip, config.sample_rate, *resampler);
                    };
                  },
                  {}});
  return writer.complete();
}

}  // namespace aver
