#include "training/train_features.h"

#include "cli.h"
#include "interrupt.h"
#include "train/runtime.h"
#include "training_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-features",
                 "Train a network on series of features that other programs made, such as facial "
                 "landmarks, action units or physiology, or on one row of numbers for each clip; "
                 "score it and write its predictions for every clip. Ctrl-C keeps the last "
                 "finished epoch and leaves with status 130.");
  TrainFeaturesConfig config;
  config.training.should_stop = cli::interrupted;
  bool describe = false;
  tool.options_by(
      "architecture", [&](const std::string& name) { config.network.choose(name); },
      [&](Options& options) {
        config.describe(options);
        options.heading("Running");
        options.control("describe", describe, "Print layers, shapes and parameters, and leave");
      });
  tool.example("A GRU on the demo's MFCCs",
               "aver-train-features -i demo-work/mfcc -o demo-work/runs/series --epochs 2");
  tool.example(
      "A linear model over the mean and deviation of each feature, for people of whom some clips "
      "will be known",
      "aver-train-features -i demo-work/mfcc -o demo-work/runs/linear --architecture linear "
      "--centre speaker --epochs 20 --split demo-work/split.csv --folds 0");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    if (describe) return cli::Outcome{describe_features(config), {}, 0};
    cli::catch_interrupts();
    return cli::outcome_of(run_train_features(config, tool.progress()));
  });
}
