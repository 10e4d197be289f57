#include "training/train_audio.h"

#include "training_outcome.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-audio",
                 "Train a network, the paper's CNN + LSTM unless told, on the MFCCs or other "
                 "features of a stage folder, score it and write its predictions for every clip. "
                 "Ctrl-C keeps the last finished epoch and leaves "
                 "with status 130.");
  TrainAudioConfig config;
  tool.example("A small audio model on the demo's MFCCs",
               "aver-train-audio -i demo-work/mfcc -o demo-work/runs/small-audio --epochs 3 "
               "--filters 8,16,32 --lstm 32,16 --norm-momentum 0.9");
  tool.example("One run per fold of a split, joined at the end",
               "aver-train-audio -i demo-work/mfcc -o demo-work/runs/audio-folds --split "
               "demo-work/split.csv --folds all --epochs 1");

  return cli::run_trainer(
      tool, argc, argv,
      {config.training, [&](const std::string& name) { config.network.choose(name); },
       [&](Options& options) { config.describe(options); }, [&] { return describe_audio(config); },
       [&](Progress& progress) { return run_train_audio(config, progress); }});
}
