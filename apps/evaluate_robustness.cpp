#include "robustness/evaluate_robustness.h"

#include "base/interruption.h"
#include "cli.h"
#include "interrupt.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "train/runtime.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool("aver-evaluate-robustness",
                 "How well models still answer under noise, reverberation, a telephone, dim light, "
                 "blur, covered faces: UAR over the level of each condition, for each modality and "
                 "for both fused, on clips that no model has seen. Clips are decoded once and "
                 "changed in memory.");
  EvaluateRobustnessConfig config;
  config.describe(tool.options());
  tool.example("Both models of the demo under everything that they and the recordings allow",
               "aver-evaluate-robustness -i demo-work/corpus --audio demo-work/runs/audio --visual "
               "demo-work/runs/visual -o demo-work/robustness");
  tool.example("The voice alone over a telephone, and beside other voices that are louder",
               "aver-evaluate-robustness -i demo-work/corpus --audio demo-work/runs/audio -o "
               "demo-work/robustness-voice --conditions telephone,babble=-5");
  tool.library(ffmpeg_version());
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    cli::catch_interrupts();
    StoppableProgress progress(tool.progress(), cli::interrupted);
    try {
      const auto report = run_evaluate_robustness(config, progress);
      return cli::Outcome{report.text, report.metrics,
                          report.failed > 0 && !config.keep_going ? 1 : 0};
    } catch (const Interrupted&) {
      return cli::Outcome{
          fmt::format("interrupted; the same command goes on behind the clips that are answered, "
                      "which are kept in {}\n",
                      config.output.string()),
          {{"interrupted", true}},
          cli::kInterrupted};
    }
  });
}
