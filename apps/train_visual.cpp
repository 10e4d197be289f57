#include "training/train_visual.h"

#include "media/ffmpeg_library.h"
#include "training_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  cli::Tool tool("aver-train-visual",
                 "Train a network, the paper's CNN unless told, on the frames of a stage folder, "
                 "or on any folder of "
                 "class-named folders with pictures, score it and write its predictions for every "
                 "clip. Ctrl-C keeps the last finished epoch and leaves with status 130.");
  TrainVisualConfig config;
  tool.example("A small visual model on the demo's frames",
               "aver-train-visual -i demo-work/frames -o demo-work/runs/small-visual --epochs 2 "
               "--filters 8,16,32,64 --dense 64,32");
  tool.example("One run per fold of a split, joined at the end",
               "aver-train-visual -i demo-work/frames -o demo-work/runs/visual-folds --split "
               "demo-work/split.csv --folds all --epochs 1");

  return cli::run_trainer(
      tool, argc, argv,
      {config.training, [&](const std::string& name) { config.network.choose(name); },
       [&](Options& options) { config.describe(options); }, [&] { return describe_visual(config); },
       [&](Progress& progress) { return run_train_visual(config, progress); }});
}
