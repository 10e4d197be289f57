#include "training/train_audio.h"

#include "base/text.h"
#include "interrupt.h"
#include "train/runtime.h"
#include "training_options.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-train-audio",
                 "Train the paper's CNN + LSTM on the MFCCs of a stage folder, score it and write "
                 "its predictions for every clip. Ctrl-C keeps the last finished epoch and leaves "
                 "with status 130.");
  TrainAudioConfig config;
  std::string max_frames = "auto";
  std::string third_norm = config.network.third_norm ? "on" : "off";
  bool describe = false;
  tool.option("--input", config.input, "Stage folder of aver-compute-mfcc");
  cli::add_training_options(tool, config.training);
  tool.option("--test-share", config.test_share, "Share of the clips that test, without --split");
  tool.option("--max-frames", max_frames,
              "Time steps clips are padded or cut to: auto (the longest clip) or a number");
  tool.flag("--normalize,!--no-normalize", config.normalize,
            "Standardise each coefficient over the training part");
  tool.option("--plateau-patience", config.plateau_patience,
              "Epochs without a better validation loss before the rate is cut (0 = never)");
  tool.option("--plateau-factor", config.plateau_factor, "What a cut multiplies the rate with");
  tool.option("--filters", config.network.filters, "Filters of the three convolutions")
      ->delimiter(',');
  cli::add_padding(tool, config.network.padding);
  tool.option("--third-norm", third_norm,
              "Batch normalisation after the third convolution: on, off")
      ->check(CLI::IsMember({"on", "off"}));
  tool.option("--norm-momentum", config.network.norm_momentum,
              "Share of batch normalisation's running statistics that stays at each step; runs of "
              "fewer than some 500 steps do better with 0.9");
  tool.option("--lstm", config.network.lstm, "Units of the LSTM layers")->delimiter(',');
  tool.option("--dense", config.network.dense, "Units of the hidden dense layer");
  tool.option("--dropout", config.network.dropout, "Dropout rate");
  tool.flag("--mask-padding", config.network.mask_padding,
            "Read the LSTM's state at each clip's own last step, not after the padding");
  tool.flag("--describe", describe, "Print layers, shapes and parameters, and leave");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    if (max_frames != "auto") {
      const auto number = parse_integer(max_frames);
      if (!number || *number < 1 || *number > 1'000'000) {
        throw UsageError("--max-frames is auto or a number above 0, not \"{}\"", max_frames);
      }
      config.max_frames = static_cast<int>(*number);
    }
    config.network.third_norm = third_norm == "on";
    if (describe) return cli::Outcome{describe_audio(config), {}, 0};
    cli::catch_interrupts();
    return cli::outcome_of(run_train_audio(config, tool.progress()));
  });
}
