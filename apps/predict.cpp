#include <cstdio>
#include <vector>

#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "media/sound_libraries.h"
#include "prediction/predict_join.h"
#include "prediction/predict_media.h"
#include "prediction/predict_stage.h"
#include "stages/clip_stage.h"
#include "train/runtime.h"

namespace {

using namespace aver;

/// A pipe may never end.
std::string all_of_standard_input() {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  std::string bytes;
  std::vector<char> part(1 << 16);
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), stdin)) {
    bytes.append(part.data(), count);
    if (bytes.size() > kMost) throw Error("more than 1 GiB on standard input: give a file instead");
  }
  return bytes;
}

void write_to_stdout(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error("cannot write to standard output");
  }
}

int status_of(bool failures, bool keep_going) {
  return failures && !keep_going ? 1 : 0;
}

cli::Outcome join(const fs::path& output, bool keep_going) {
  const auto joined = join_predictions(output);
  if (const auto* stage = std::get_if<PredictReport>(&joined)) {
    return {stage->text, stage->json, status_of(!stage->failed.empty(), keep_going)};
  }
  const auto& clips = std::get<PredictMediaReport>(joined);
  return {summary_text(clips), summary_json(clips), status_of(!clips.failed.empty(), keep_going)};
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool(
      "aver-predict",
      "Ask trained models about clips (--visual, --audio and paths of recordings of any name), or "
      "run one model over a stage folder (--model, --input and --output).");
  PredictConfig config;
  config.standard_input = all_of_standard_input;
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

  return tool.run(argc, argv, [&]() -> cli::Outcome {
    if (config.join) {
      config.validate();
      return join(config.output, keep_going);
    }
    if (!config.about_clips()) {
      const auto report = run_predict(config, tool.progress());
      return {report.text + next_step_text(config.shard, "aver-predict", config.output,
                                           !report.failed.empty()),
              report.json, status_of(!report.failed.empty(), keep_going)};
    }
    if (tool.json() && config.format == "table") config.format = "jsonl";
    const auto report = run_predict_media(config, tool.progress(), write_to_stdout);
    const int status = status_of(!report.failed.empty(), keep_going);
    // A summary after CSV or JSON would break what parses them.
    if (config.output.empty() && config.format != "table") {
      for (const auto& reason : report.failed) std::fprintf(stderr, "%s\n", reason.c_str());
      return {"", nullptr, status};
    }
    return {summary_text(report) +
                next_step_text(config.shard, "aver-predict", config.output, !report.failed.empty()),
            summary_json(report), status};
  });
}
