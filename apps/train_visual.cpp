#include "training/train_visual.h"

#include "interrupt.h"
#include "train/runtime.h"
#include "training_options.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-visual",
                 "Train the paper's CNN on the frames of a stage folder, or on any folder of "
                 "class-named folders with pictures, score it and write its predictions for every "
                 "clip. Ctrl-C keeps the last finished epoch and leaves with status 130.");
  TrainVisualConfig config;
  bool describe = false;
  tool.option("--input", config.input, "Stage folder of aver-extract-frames");
  tool.option("--images", config.images, "Or: folder with one folder of pictures per class");
  cli::add_training_options(tool, config.training);
  tool.option("--test-share", config.test_share,
              "Share of the pictures that test, without --split");
  tool.option("--group-pattern", config.group_pattern,
              "With --images: regular expression over file names whose first group is the subject, "
              "e.g. '^(S[0-9]+)_'; subjects are then kept apart");
  tool.option("--group-folds", config.group_folds,
              "Folds the subjects are dealt into; --folds names those to train, 0 unless given "
              "(0 = pictures at random, subjects only for the leak check)");
  tool.option("--picture-cache", config.picture_cache,
              "File for the decoded pictures, to share between runs (unset = hidden in --output)");
  tool.option("--size", config.network.picture_size, "Side the pictures are squeezed to, pixels");
  tool.option("--filters", config.network.filters, "Filters of the convolutions")->delimiter(',');
  cli::add_padding(tool, config.network.padding);
  tool.option("--dense", config.network.dense, "Units of the hidden dense layers")->delimiter(',');
  tool.option("--dropout", config.network.dropout, "Dropout rate");
  tool.flag("--describe", describe, "Print layers, shapes and parameters, and leave");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    if (describe) return cli::Outcome{describe_visual(config), {}, 0};
    cli::catch_interrupts();
    return cli::outcome_of(run_train_visual(config, tool.progress()));
  });
}
