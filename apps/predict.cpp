#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "media/sound_libraries.h"
#include "predict_outcome.h"
#include "prediction/boxed_model.h"
#include "standard_streams.h"
#include "train/runtime.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool(
      "aver-predict",
      "Ask trained models about clips (--visual, --audio and paths of recordings of any name; "
      "without a model that of voices which comes with aver), or run one model over a stage "
      "folder (--model, --input and --output).");
  PredictConfig config;
  config.standard_input = cli::all_of_standard_input;
  bool keep_going = false;
  config.describe(tool.options());
  tool.options().control("keep-going", keep_going, "Exit status 0 even when clips failed");
  tool.example("What the demo's models make of some clips",
               "aver-predict --visual demo-work/runs/visual --audio demo-work/runs/audio "
               "demo-work/corpus/Actor_01");
  tool.example("One model over a stage folder",
               "aver-predict --model demo-work/runs/audio -i demo-work/mfcc -o "
               "demo-work/predictions.csv");
  tool.library("LibTorch " + libtorch_version());
  tool.library(ffmpeg_version());
  tool.library(opencv_version());
  tool.library(libsndfile_version());
  tool.library(libsoxr_version());
  quiet_ffmpeg();
  keep_opencv_on_one_thread();

  return tool.run(argc, argv, [&] {
    if (config.live) {
      use_boxed_model(config.models);
      return cli::live_predictions(config);
    }
    if (config.join) return cli::joined_predictions(config, keep_going);
    if (!config.about_clips()) {
      return cli::predictions_of_stage(config, keep_going, tool.progress());
    }
    const bool of_clips = config.model.empty() && config.input.empty();
    if (of_clips && !config.read.every_face) use_boxed_model(config.models);
    if (tool.json() && config.format == "table") config.format = "jsonl";
    return cli::predictions_of_clips(config, keep_going, tool.progress());
  });
}
