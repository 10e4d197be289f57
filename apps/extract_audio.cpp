#include "stages/extract_audio.h"

#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/sound_libraries.h"
#include "stages/clip_stage.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  cli::Tool tool(
      "aver-extract-audio",
      "Write the sound of each RAVDESS clip as mono 16-bit WAV, by actor and emotion. "
      "Stereo becomes the mean of its channels. A second run does only what is missing or "
      "changed.");
  ExtractAudioConfig config;
  bool keep_going = false;
  tool.required("--input", config.input,
                "Dataset folder: Actor_XX folders, the zip layout or flat files", &config.join);
  tool.required("--output", config.output, "Stage folder to write");
  tool.option(
      "--modality", config.modality,
      "av: sound tracks of the audio-video clips; audio-only: the dataset's own .wav or .flac "
      "files; both: either, which doubles each performance that is there as both");
  tool.option("--sample-rate", config.sample_rate, "Sample rate of the output in Hz");
  tool.channel(config.channel);
  tool.workers(config.workers);
  tool.shards(config.shard, config.join);
  tool.flag("--force", config.force, "Redo output that was made with other settings");
  tool.flag("--keep-going", keep_going, "Exit with 0 although clips failed");
  tool.library(ffmpeg_version());
  tool.library(libsndfile_version());
  tool.library(libsoxr_version());

  return tool.run(argc, argv, [&] {
    const auto summary = run_extract_audio(config, tool.progress());
    return cli::Outcome{summary_text(summary, config.output, "sounds") +
                            next_step_text(config.shard, "aver-extract-audio", config.output,
                                           !summary.failed.empty()),
                        summary_json(summary, config.output), exit_status(summary, keep_going)};
  });
}
