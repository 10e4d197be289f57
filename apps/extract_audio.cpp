#include "stages/extract_audio.h"

#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/sound_libraries.h"
#include "media/tempo_and_pitch.h"
#include "stage_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  cli::Tool tool(
      "aver-extract-audio",
      "Write the sound of each clip of a corpus as mono 16-bit WAV, by speaker and emotion. "
      "Stereo becomes the mean of its channels. A second run does only what is missing or "
      "changed.");
  ExtractAudioConfig config;
  config.describe(tool.options());
  tool.example("The sound of the demo's clips once more, at 16 kHz",
               "aver-extract-audio -i demo-work/corpus -o demo-work/audio-16k --sample-rate 16000");
  tool.example("The first half of the clips, beside another process that does 2/2",
               "aver-extract-audio -i demo-work/corpus -o demo-work/audio-2 --shard 1/2");
  tool.library(ffmpeg_version());
  tool.library(libsndfile_version());
  tool.library(libsoxr_version());
  tool.library(soundtouch_version());

  return tool.run(argc, argv, [&] {
    return cli::outcome_of(run_extract_audio(config, tool.progress()), config, tool, "sounds");
  });
}
