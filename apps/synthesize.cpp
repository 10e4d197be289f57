#include "stages/synthesize.h"

#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool(
      "aver-synthesize",
      "Make a small corpus shaped like RAVDESS: drawn faces that move, synthetic voices, "
      "real .mp4 files (H.264 and AAC) with RAVDESS names, or those of another corpus. Picture and "
      "sound both carry "
      "the emotion, each imperfectly. For trying out the other tools and testing them, "
      "not for research. With --transitions it joins clips, real ones too, into recordings in "
      "which "
      "the emotion changes.");
  SynthesizeConfig config;
  config.describe(tool.options());
  tool.example("Two actors, a quarter of a minute's work",
               "aver-synthesize -o demo-work/two-actors --actors 2 --statements 1 --repetitions 1");
  tool.example("Sounds with EMO-DB's names, for --corpus emo-db",
               "aver-synthesize -o demo-work/emo-db --names emo-db --actors 2");
  tool.library(ffmpeg_version());
  tool.library(opencv_version());

  return tool.run(argc, argv, [&] {
    const auto report = run_synthesize(config, tool.progress());
    cli::Outcome outcome;
    outcome.text = fmt::format("{}: {} clips, {} of them new, {:.1f} MB\n", config.output.string(),
                               report.clips, report.made, static_cast<double>(report.bytes) / 1e6);
    outcome.json = {{"output", config.output.string()},
                    {"clips", report.clips},
                    {"made", report.made},
                    {"bytes", report.bytes}};
    if (!report.left_out.empty()) outcome.json["left_out"] = report.left_out;
    for (const auto& sentence : report.left_out) outcome.text += sentence + "\n";
    return outcome;
  });
}
