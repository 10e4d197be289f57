#include "explain/explain.h"

#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "train/runtime.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool("aver-explain",
                 "What models looked at in clips: Grad-CAM over faces and over features of the "
                 "sound, integrated gradients over landmarks and other series, and what each "
                 "modality adds. Arrays, pictures and one page with sliders over time.");
  ExplainConfig config;
  bool keep_going = false;
  config.describe(tool.options());
  tool.options().control("keep-going", keep_going, "Exit status 0 even when clips failed");
  tool.example("What the demo's models looked at in the clips of one actor",
               "aver-explain --visual demo-work/runs/visual --audio demo-work/runs/audio -o "
               "demo-work/explained demo-work/corpus/Actor_01");
  tool.example("The voice alone, from its features, with a check whether it says something",
               "aver-explain --model demo-work/runs/audio -i demo-work/mfcc -o "
               "demo-work/explained-voice --filter speaker=01 --check");
  tool.library("LibTorch " + libtorch_version());
  tool.library(ffmpeg_version());
  tool.library(opencv_version());

  return tool.run(argc, argv, [&] {
    const auto report = run_explain(config, tool.progress());
    std::string text = report.text;
    for (const std::string& sentence : report.failed) text += "  failed: " + sentence + "\n";
    return cli::Outcome{text, report.metrics, report.failed.empty() || keep_going ? 0 : 1};
  });
}
