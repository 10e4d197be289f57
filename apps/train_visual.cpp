#include "training/train_visual.h"

#include "cli.h"
#include "interrupt.h"
#include "train/runtime.h"
#include "training_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-visual",
                 "Train a network, the paper's CNN unless told, on the frames of a stage folder, "
                 "or on any folder of "
                 "class-named folders with pictures, score it and write its predictions for every "
                 "clip. Ctrl-C keeps the last finished epoch and leaves with status 130.");
  TrainVisualConfig config;
  config.training.should_stop = cli::interrupted;
  bool describe = false;
  tool.options_by(
      "architecture", [&](const std::string& name) { config.network.choose(name); },
      [&](Options& options) {
        config.describe(options);
        options.heading("Running");
        options.control("describe", describe, "Print layers, shapes and parameters, and leave");
      });
  tool.example("A small visual model on the demo's frames",
               "aver-train-visual -i demo-work/frames -o demo-work/runs/small-visual --epochs 2 "
               "--filters 8,16,32,64 --dense 64,32");
  tool.example("One run per fold of a split, joined at the end",
               "aver-train-visual -i demo-work/frames -o demo-work/runs/visual-folds --split "
               "demo-work/split.csv --folds all --epochs 1");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    if (describe) return cli::Outcome{describe_visual(config), {}, 0};
    cli::catch_interrupts();
    return cli::outcome_of(run_train_visual(config, tool.progress()));
  });
}
