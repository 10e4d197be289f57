#pragma once

#include "aver/pipeline/train_audio.h"
#include "aver/pipeline/train_visual.h"

// One epoch of small networks on the stages of tiny_stages.h, a second each.
namespace aver::test {

inline void train_tiny_audio(const fs::path& mfcc, const fs::path& run) {
  TrainAudioConfig config;
  config.input = mfcc;
  config.training.output = run;
  config.training.epochs = 1;
  config.training.threads = 1;
  config.network.filters = {4, 4, 6};
  config.network.lstm = {8, 6};
  config.network.dense = 8;
  NoProgress progress;
  run_train_audio(config, progress);
}

inline void train_tiny_visual(const fs::path& frames, const fs::path& run) {
  TrainVisualConfig config;
  config.input = frames;
  config.training.output = run;
  config.training.epochs = 1;
  config.training.threads = 1;
  config.network.picture_size = 16;
  config.network.filters = {4, 6};
  config.network.dense = {8};
  NoProgress progress;
  run_train_visual(config, progress);
}

}  // namespace aver::test
