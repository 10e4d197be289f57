#include "aver/pipeline/predict.h"

#include "aver/train/runtime.h"
#include "cli.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-predict",
                 "Run a trained model over another stage folder (frames for a visual model, MFCCs "
                 "for an audio model) and write its distribution for every clip.");
  PredictConfig config;
  bool keep_going = false;
  tool.option("--model", config.model, "Model file, or folder of a finished training run");
  tool.option("--input", config.input, "Stage folder to predict");
  tool.option("--output", config.output, "predictions.csv to write");
  tool.channel(config.channel);
  tool.option("--device", config.device, "auto, cpu or cuda");
  tool.option("--threads", config.threads,
              "Threads of LibTorch (0 = the CPUs this process may use)");
  tool.workers(config.workers);
  tool.flag("--keep-going", keep_going, "Exit status 0 even when clips failed");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    const auto report = run_predict(config, tool.progress());
    return cli::Outcome{report.text, report.json, report.failed.empty() || keep_going ? 0 : 1};
  });
}
