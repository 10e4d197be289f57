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
      "real .mp4 files (H.264 and AAC) with RAVDESS names. Picture and sound both carry "
      "the emotion, each imperfectly. For trying out the other tools and testing them, "
      "not for research.");
  SynthesizeConfig config;
  tool.required("--output", config.output, "Folder to write Actor_XX/<name>.mp4 to");
  tool.option("--seed", config.seed, "Seed of everything: equal seeds give equal bytes");
  tool.option("--actors", config.scheme.actors, "Actors, 60 performances each (1 to 24)");
  tool.option("--statements", config.scheme.statements, "Sentences per emotion: 2, or 1 for half");
  tool.option("--repetitions", config.scheme.repetitions, "Takes of each: 2, or 1 for half");
  tool.option("--twin-actor", config.scheme.twin_actor,
              "Actor who also gets video-only and audio-only files (0 = none)");
  tool.option("--size", config.size, "Picture size in pixels, WIDTHxHEIGHT");
  tool.option("--seconds", config.performance.seconds, "Mean length of a clip in seconds");
  tool.option("--fps", config.fps, "Frames per second, a ratio or a number");
  tool.option("--picture-ambiguity", config.performance.picture_ambiguity,
              "Share of the clips whose face is half another emotion");
  tool.option("--voice-ambiguity", config.performance.voice_ambiguity,
              "Share of the clips whose voice is half another emotion");
  tool.flag("--force", config.force, "Replace a corpus made with other settings");
  tool.workers(config.workers);
  tool.library(ffmpeg_version());
  tool.library(opencv_version());

  return tool.run(argc, argv, [&] {
    const auto report = run_synthesize(config, tool.progress());
    return cli::Outcome{
        .text = fmt::format("{}: {} clips, {} of them new, {:.1f} MB", config.output.string(),
                            report.clips, report.made, static_cast<double>(report.bytes) / 1e6),
        .json = {{"output", config.output.string()},
                 {"clips", report.clips},
                 {"made", report.made},
                 {"bytes", report.bytes}}};
  });
}
