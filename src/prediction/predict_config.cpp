#include "prediction/predict_config.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "media/media_source.h"
#include "prediction/answer_formats.h"
#include "runs/chosen_model.h"

namespace aver {
namespace {

void add_clip_problems(const PredictConfig& config, std::vector<std::string>& problems) {
  if (!config.model.empty() || !config.input.empty()) {
    problems.emplace_back(
        "--model and --input are for a stage folder, --visual, --audio and paths for clips: give "
        "one kind");
  }
  if (config.paths.empty()) problems.emplace_back("no clip is given: name clips, folders or -");
  if (config.models.lacks_models()) {
    problems.emplace_back("--visual, --audio or both are required");
  }
  if (config.models.enrol > 0 && config.models.enrol_from.empty()) {
    problems.emplace_back(RecogniserConfig::kEnrolOfWhom);
  }
  const auto standard_input = std::ranges::count(config.paths, "-");
  if (standard_input > 1) {
    problems.emplace_back("- can be given once: there is one standard input");
  }
  if (config.shard && standard_input > 0) {
    problems.emplace_back("- cannot be shared out: name files or folders with --shard");
  }
  if (config.resume && standard_input > 0) {
    problems.emplace_back("- cannot be resumed: it is there once");
  }
  for (const auto& [given, option] :
       {std::pair{config.shard.has_value(), "--shard"}, std::pair{config.resume, "--resume"}}) {
    if (given && config.output.empty())
      problems.push_back(fmt::format("{} needs --output", option));
  }
}

void add_segment_problems(const PredictConfig& config, std::vector<std::string>& problems) {
  const Smoother plain;
  const bool given = config.change_penalty != plain.change_penalty ||
                     config.minimum_segment != plain.minimum_seconds;
  if (!config.segments) {
    if (given || !config.smoother.empty()) {
      problems.emplace_back(
          "--smoother, --change-penalty and --minimum-segment are for --segments");
    }
    return;
  }
  if (!config.about_clips() && !config.join) problems.emplace_back("--segments is for clips");
  if (config.smoother.empty() && config.read.window == 0) {
    problems.emplace_back("--segments needs --window, or a --smoother that brings it");
  }
  if (given && !config.smoother.empty()) {
    problems.emplace_back(
        "--smoother brings both parameters: leave --change-penalty and --minimum-segment out");
  }
}

void add_face_problems(const PredictConfig& config, std::vector<std::string>& problems) {
  if (!config.about_clips() && !config.join) problems.emplace_back("--faces is for clips");
  if (!config.models.audio.empty()) {
    problems.emplace_back(
        "--faces all says what a face shows, not whose voice it is: leave --audio out");
  }
  if (config.live || config.segments) {
    problems.emplace_back("--faces all goes with neither --live nor --segments");
  }
}

void add_live_problems(const PredictConfig& config, std::vector<std::string>& problems) {
  if (config.paths != std::vector<std::string>{"-"}) {
    problems.emplace_back("--live answers standard input while it comes: give - and nothing else");
  }
  if (config.read.window == 0 && config.smoother.empty()) {
    problems.emplace_back("--live needs --window, or a --smoother that brings it");
  }
  if (config.format != "table" && config.format != "jsonl") {
    problems.emplace_back("--live writes lines of JSON: leave --format out");
  }
  if (!config.output.empty() || config.shard || config.resume || config.join) {
    problems.emplace_back(
        "--live writes to standard output, once: leave --output, --shard, --resume and --join out");
  }
}

}  // namespace

void PredictConfig::describe(Options& options) {
  const auto no_stage = [this] { return join || about_clips(); };
  options.heading("Clips");
  options
      .control(
          "PATH", paths,
          "Clips (" + format_names() + "), folders of clips, or - for one clip on standard input")
      .names_files()
      .positional();
  models.describe_models(options, /*of_stages=*/true);
  options.heading("Clips");
  read.describe(options);
  auto faces_value = option_value(
      "WORD",
      [this](const Words& words) {
        if (words.back() != "largest" && words.back() != "all") {
          throw UsageError("--faces must be largest or all, not '{}'", words.back());
        }
        read.every_face = words.back() == "all";
      },
      [this] { return nlohmann::ordered_json(read.every_face ? "all" : "largest"); });
  faces_value.choices = {"largest", "all"};
  options.result("faces", std::move(faces_value),
                 "Which faces of the pictures are answered: the largest of each, or all, each with "
                 "a timeline of its own, followed by its place alone (no --audio: nothing says "
                 "whose voice it is)");
  options.heading("Output");
  const auto formats = answer_format_names();
  options
      .result(
          "format", format,
          "How answers are written: for people (table), as data (jsonl, csv, emobox), or of one "
          "recording as captions (srt) or for Praat (textgrid)")
      .one_of(formats);
  options.control("live", live,
                  "Answer standard input (-) while it comes, by windows: a line of JSON for each, "
                  "and for each segment (`ffmpeg … -f wav - | aver-predict --live - …`)");
  options.heading("Segments");
  options.result("segments", segments,
                 "Segments of one emotion each in place of the windows that they are made of");
  options.place("smoother", smoother,
                "How: smoother.json of aver-evaluate-timeline --fit, which also brings --window "
                "and --hop");
  options
      .result("change-penalty", change_penalty,
              "Without it: what a change of emotion costs, in nats")
      .from_to(0, kLargestPenalty);
  options
      .result("minimum-segment", minimum_segment,
              "Without it: seconds that a segment lasts at least")
      .from_to(0, kLongestMinimum);
  options.heading("Stage folder");
  options.place("model", model, "For a stage folder: model file, or folder of a finished run")
      .required(no_stage);
  options.place("input", input, "Stage folder to predict").required(no_stage);
  options.heading("Output");
  options
      .control("output", output,
               "File to write: answers on clips (default: stdout), or a stage's predictions.csv")
      .required([this] { return about_clips() && !join; });
  options.heading("Stage folder");
  choice.describe(options, Effect::place);
  models.describe_device(options);
  describe_workers(options, workers);
  options.control(
      "resume", resume,
      "Go on behind the answers that an interrupted run kept in OUTPUT.part, and refuse "
      "those of other models, options or clips; without it, such ones are replaced");
  describe_shards(options, shard, join);
  options.check([this](std::vector<std::string>& problems) {
    if (resume && join) problems.emplace_back("--join asks nothing: leave --resume out");
    if (about_clips() && !join) add_clip_problems(*this, problems);
    if (live) add_live_problems(*this, problems);
    if (read.every_face) add_face_problems(*this, problems);
    if (read.every_face && !answer_format(format).of_faces) {
      problems.push_back(fmt::format("--format {} has no place for --faces all", format));
    }
    if (read.every_picture && (live || segments)) {
      problems.emplace_back(
          "--every-picture makes a timeline of its own: leave --live and --segments out");
    }
    if (shard && answer_format(format).of_one_clip) {
      problems.push_back(fmt::format("--format {} is of one recording: leave --shard out", format));
    }
    add_segment_problems(*this, problems);
    if (shard && models.enrol > 0 && models.enrol_from.empty()) {
      problems.emplace_back("--enrol draws among all clips of a speaker: leave --shard out");
    }
    const ClipChoice all;
    if (about_clips() && (choice.channel != all.channel || choice.filter != all.filter ||
                          choice.labels != all.labels)) {
      problems.emplace_back("--channel, --filter and --labels choose among the clips of --input");
    }
    if (!output.empty() && fs::is_directory(output)) {
      problems.push_back(
          fmt::format("--output {} is a folder: name the file to write", output.string()));
    }
  });
}

std::optional<Smoother> PredictConfig::smoother_in_use() const {
  if (!segments) return std::nullopt;
  if (!smoother.empty()) return read_smoother(smoother);
  return Smoother{change_penalty, minimum_segment};
}

ReadOptions PredictConfig::windows() const {
  ReadOptions options = read;
  if (segments && !smoother.empty()) {
    const Smoother fitted = read_smoother(smoother);
    const auto differs = [](double told, double known) {
      return told != 0 && std::abs(told - known) > 2e-3;
    };
    if (differs(options.window, fitted.window) || differs(options.hop, fitted.hop)) {
      throw UsageError(
          "{} was fitted on windows of {:g} s each {:g} s: leave --window and --hop out",
          smoother.string(), fitted.window, fitted.hop);
    }
    options.window = fitted.window;
    options.hop = fitted.hop;
  }
  if (options.hop == 0) options.hop = options.window / 3;
  return options;
}

void PredictConfig::validate() const {
  Options::of(*this).require_valid();
  if (output.empty()) return;
  for (const fs::path& path : {models.visual, models.audio, model}) {
    if (!path.empty()) refuse_output_onto_model(output, path);
  }
  if (!models.fusion.empty() && same_file(output, models.fusion)) {
    throw UsageError("--output {} would overwrite the --fusion file", output.string());
  }
  if (!smoother.empty() && same_file(output, smoother)) {
    throw UsageError("--output {} would overwrite the --smoother file", output.string());
  }
}

}  // namespace aver
