#pragma once

#include "training/train_audio.h"
#include "training/train_visual.h"

// Small networks for the stages of tiny_stages.h: an epoch takes a fraction of a second.
namespace aver::test {

inline TrainAudioConfig tiny_audio(const fs::path& mfcc, const fs::path& run, int epochs = 1) {
  TrainAudioConfig config;
  config.input = {mfcc};
  config.training.output = run;
  config.training.epochs = epochs;
  config.training.threads = 1;
  auto& network = config.network.as<AudioNetOptions>();
  network.filters = {4, 4, 6};
  network.lstm = {8, 6};
  network.dense = 8;
  return config;
}

/// Its input is still to be named.
inline TrainVisualConfig tiny_visual(const fs::path& run, int epochs = 1) {
  TrainVisualConfig config;
  config.training.output = run;
  config.training.epochs = epochs;
  config.training.threads = 1;
  auto& network = config.network.as<VisualNetOptions>();
  network.picture_size = 16;
  network.filters = {4, 6};
  network.dense = {8};
  return config;
}

inline void train_tiny_audio(const fs::path& mfcc, const fs::path& run) {
  NoProgress progress;
  run_train_audio(tiny_audio(mfcc, run), progress);
}

inline void train_tiny_visual(const fs::path& frames, const fs::path& run) {
  auto config = tiny_visual(run);
  config.input = {frames};
  NoProgress progress;
  run_train_visual(config, progress);
}

}  // namespace aver::test
