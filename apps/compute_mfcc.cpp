#include "stages/compute_mfcc.h"

#include "cli.h"
#include "stages/clip_stage.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-compute-mfcc",
                 "Compute the MFCCs of each sound of an audio stage folder, equal to librosa's, as "
                 ".npy and as a picture. A second run does only what is missing or changed.");
  ComputeMfccConfig config;
  bool keep_going = false;
  tool.required("--input", config.input, "Stage folder of aver-extract-audio", &config.join);
  tool.required("--output", config.output, "Stage folder to write");
  tool.option("--sample-rate", config.mfcc.sample_rate_hz,
              "Resample to this rate in Hz first (0 = each file's own)");
  tool.option("--coefficients", config.mfcc.coefficients, "Coefficients to keep");
  tool.option("--n-fft", config.mfcc.fft_length, "Samples per frame, even");
  tool.option("--hop-length", config.mfcc.hop_length, "Samples from frame to frame");
  tool.option("--mels", config.mfcc.mel_bands, "Mel bands");
  tool.option("--lowest-hz", config.mfcc.lowest_hz, "Lower edge of the first mel band");
  tool.option("--highest-hz", config.mfcc.highest_hz,
              "Upper edge of the last mel band (0 = half the sample rate)");
  tool.option("--top-db", config.mfcc.top_db,
              "Raise levels further than this below the clip's highest (0 = off)");
  tool.option("--window", config.mfcc.window, "hann, hamming or rectangular");
  tool.flag("--pictures,!--no-pictures", config.pictures, "Write a picture beside each array");
  tool.channel(config.channel);
  tool.workers(config.workers);
  tool.shards(config.shard, config.join);
  tool.flag("--force", config.force, "Redo output that was made with other settings");
  tool.flag("--keep-going", keep_going, "Exit with 0 although clips failed");

  return tool.run(argc, argv, [&] {
    const auto summary = run_compute_mfcc(config, tool.progress());
    return cli::Outcome{summary_text(summary, config.output, "files") +
                            next_step_text(config.shard, "aver-compute-mfcc", config.output,
                                           !summary.failed.empty()),
                        summary_json(summary, config.output), exit_status(summary, keep_going)};
  });
}
