#include <cstdio>
#include <vector>

#include "cli.h"
#include "eval/fusion_rules.h"
#include "face_options.h"
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
  PredictConfig stage;
  PredictMediaConfig media;
  bool keep_going = false;
  bool join_shards = false;
  tool.app().add_option("PATH", media.paths,
                        "Clips (.mp4 .webm .mkv .avi .mov .wav .flac .jpg .png), folders of clips, "
                        "or - for one clip on standard input");
  tool.option("--visual", media.models.visual,
              "Picture model for the clips: model file, or folder of a finished run");
  tool.option("--audio", media.models.audio, "Sound model for the clips");
  tool.option("--rule", media.models.rule, "How the two become one: " + fusion_rules_help(false));
  cli::add_face_options(tool, media.models.face_as_trained, media.models.face);
  tool.option("--window", media.read.window,
              "A timeline of windows of this many seconds, for longer clips (0 = none)");
  tool.option("--hop", media.read.hop,
              "Seconds from one window to the next (0 = a third of the window)");
  tool.option("--format", media.format, "Of the answers: table, jsonl or csv");
  tool.option("--model", stage.model,
              "For a stage folder: model file, or folder of a finished run");
  tool.option("--input", stage.input, "Stage folder to predict");
  tool.option("--output", stage.output,
              "File to write: answers on clips (default: stdout), or a stage's predictions.csv");
  tool.channel(stage.channel);
  tool.option("--device", stage.device, "auto, cpu or cuda");
  tool.option("--threads", stage.threads,
              "Threads of LibTorch (0 = the CPUs this process may use)");
  tool.workers(stage.workers);
  tool.shards(stage.shard, join_shards);
  tool.flag("--keep-going", keep_going, "Exit status 0 even when clips failed");
  tool.library("LibTorch " + libtorch_version());
  tool.library(ffmpeg_version());
  tool.library(opencv_version());
  tool.library(libsndfile_version());
  tool.library(libsoxr_version());
  quiet_ffmpeg();
  keep_opencv_on_one_thread();

  return tool.run(argc, argv, [&]() -> cli::Outcome {
    if (join_shards) return join(stage.output, keep_going);
    const bool about_clips =
        !media.paths.empty() || !media.models.visual.empty() || !media.models.audio.empty();
    if (!about_clips) {
      const auto report = run_predict(stage, tool.progress());
      return {report.text +
                  next_step_text(stage.shard, "aver-predict", stage.output, !report.failed.empty()),
              report.json, status_of(!report.failed.empty(), keep_going)};
    }
    if (!stage.model.empty() || !stage.input.empty()) {
      throw UsageError(
          "--model and --input are for a stage folder, --visual, --audio and paths for clips: give "
          "one kind");
    }
    media.models.device = stage.device;
    media.models.threads = stage.threads;
    media.workers = stage.workers;
    media.shard = stage.shard;
    media.standard_input = all_of_standard_input;
    media.output = stage.output;
    if (media.read.hop == 0 && media.read.window > 0) media.read.hop = media.read.window / 3;
    if (tool.json() && media.format == "table") media.format = "jsonl";
    const auto report = run_predict_media(media, tool.progress(), write_to_stdout);
    const int status = status_of(!report.failed.empty(), keep_going);
    const std::string summary =
        summary_text(report) +
        next_step_text(media.shard, "aver-predict", stage.output, !report.failed.empty());
    // Behind answers in a machine's format a summary would be in the way.
    if (stage.output.empty() && media.format != "table") {
      for (const auto& reason : report.failed) std::fprintf(stderr, "%s\n", reason.c_str());
      return {"", nullptr, status};
    }
    return {summary, summary_json(report), status};
  });
}
