#include "stages/extract_audio.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
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

/// The samples from start to end of a clip that is part of a file.
void keep_part(std::vector<std::int16_t>& samples, const DatasetClip& clip, int sample_rate_hz,
               std::vector<std::string>& remarks) {
  if (clip.start == 0 && clip.end == 0) return;
  const auto at = [&](double seconds) {
    return static_cast<std::size_t>(std::llround(seconds * sample_rate_hz));
  };
  const std::size_t end = clip.end == 0 ? samples.size() : std::min(at(clip.end), samples.size());
  const std::size_t start = at(clip.start);
  // A list may round up; a tenth of a second is more than that.
  if (clip.end != 0 && at(clip.end) > end + at(.1)) {
    remarks.push_back(
        fmt::format("the part of it that is meant ends at {:g} s, and it has {:.2f} s", clip.end,
                    static_cast<double>(samples.size()) / sample_rate_hz));
  }
  if (start >= end) {
    throw Error("{} has {:.2f} s of sound, and the part of it that is meant begins at {:g} s",
                clip.path, static_cast<double>(samples.size()) / sample_rate_hz, clip.start);
  }
  samples = {samples.begin() + static_cast<std::ptrdiff_t>(start),
             samples.begin() + static_cast<std::ptrdiff_t>(end)};
}

ClipProducts make_sound(const DatasetClip& clip, const ExtractAudioConfig& config,
                        Resampler& resampler) {
  const MediaSource source(clip.path, config.limits, config.tracks);
  auto [samples, start, remarks] = recorded_sound(source, config.sample_rate, resampler);
  keep_part(samples, clip, config.sample_rate, remarks);
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
             own.heading("Input and output");
             describe_corpus(own, corpus);
           },
       .running =
           [this](Options& own) {
             limits.describe(own);
             describe_keep_first(own, keep_first);
           }});
  options.check([this](std::vector<std::string>& problems) {
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
  run_clip_stage(writer, config.input, catalog.clips, config.workers, progress,
                 {"extracting sound",
                  [&]() -> ClipMaker {
                    return [&, resampler = std::make_shared<Resampler>()](const DatasetClip& clip) {
                      return make_sound(clip, config, *resampler);
                    };
                  },
                  {}});
  return writer.complete();
}

}  // namespace aver
