#include "training/train_features.h"

#include "training_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-features",
                 "Train a network on series of features that other programs made, such as facial "
                 "landmarks, action units or physiology, or on one row of numbers for each clip; "
                 "score it and write its predictions for every clip. Ctrl-C keeps the last "
                 "finished epoch and leaves with status 130.");
  TrainFeaturesConfig config;
  tool.example("A GRU on the demo's MFCCs",
               "aver-train-features -i demo-work/mfcc -o demo-work/runs/series --epochs 2");
  tool.example(
      "A linear model over the mean and deviation of each feature, for people of whom some clips "
      "will be known",
      "aver-train-features -i demo-work/mfcc -o demo-work/runs/linear --architecture linear "
      "--centre speaker --epochs 20 --split demo-work/split.csv --folds 0");

  return cli::run_trainer(
      tool, argc, argv,
      {config.training, [&](const std::string& name) { config.network.choose(name); },
       [&](Options& options) { config.describe(options); },
       [&] { return describe_features(config); },
       [&](Progress& progress) { return run_train_features(config, progress); }});
}
