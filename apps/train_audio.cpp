#include "training/train_audio.h"

#include "cli.h"
#include "interrupt.h"
#include "train/runtime.h"
#include "training_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-audio",
                 "Train a network, the paper's CNN + LSTM unless told, on the MFCCs or other "
                 "features of a stage folder, score it and write its predictions for every clip. "
                 "Ctrl-C keeps the last finished epoch and leaves "
                 "with status 130.");
  TrainAudioConfig config;
  config.training.should_stop = cli::interrupted;
  bool describe = false;
  tool.options_by(
      "architecture", [&](const std::string& name) { config.network.choose(name); },
      [&](Options& options) {
        config.describe(options);
        options.heading("Running");
        options.control("describe", describe, "Print layers, shapes and parameters, and leave");
      });
  tool.example("A small audio model on the demo's MFCCs",
               "aver-train-audio -i demo-work/mfcc -o demo-work/runs/small-audio --epochs 3 "
               "--filters 8,16,32 --lstm 32,16 --norm-momentum 0.9");
  tool.example("One run per fold of a split, joined at the end",
               "aver-train-audio -i demo-work/mfcc -o demo-work/runs/audio-folds --split "
               "demo-work/split.csv --folds all --epochs 1");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    if (describe) return cli::Outcome{describe_audio(config), {}, 0};
    cli::catch_interrupts();
    return cli::outcome_of(run_train_audio(config, tool.progress()));
  });
}
