#include "aver/pipeline/predict_media.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

#include "aver/base/error.h"
#include "aver/base/parallel.h"
#include "aver/base/text.h"
#include "aver/pipeline/estimate_output.h"
#include "pipeline/sampled_frames.h"

namespace aver {
namespace {

constexpr const char* kStandardInput = "-";
bool is_clip(const fs::path& path) {
  static const std::vector<std::string> kExtensions = {".mp4", ".webm", ".mkv", ".avi",  ".mov",
                                                       ".wav", ".flac", ".jpg", ".jpeg", ".png"};
  return std::ranges::find(kExtensions, to_lower(path.extension().string())) != kExtensions.end();
}

std::vector<std::string> clips_of(const std::vector<std::string>& paths) {
  std::vector<std::string> clips;
  for (const std::string& path : paths) {
    if (path == kStandardInput || !fs::is_directory(path)) {
      if (path != kStandardInput) stamp_of(path);  // says what is missing before anything is loaded
      clips.push_back(path);
      continue;
    }
    const std::size_t before = clips.size();
    for_each_file(path, [&](const fs::path& file) {
      if (is_clip(file)) clips.push_back(file.string());
    });
    if (clips.size() == before) {
      throw Error("{} holds no clip (.mp4, .webm, .mkv, .avi, .mov, .wav, .flac, .jpg, .png)",
                  path);
    }
    std::sort(clips.begin() + static_cast<std::ptrdiff_t>(before), clips.end());
  }
  return clips;
}

/// A clip's answer, or why there is none.
struct Answer {
  std::optional<ClipEstimate> estimate;
  std::string failure;
};

/// Reads clips and asks the models about them; one per thread.
class Worker {
 public:
  Worker(const PredictMediaConfig& config, const Recogniser& models, std::size_t threads)
      : config_(config), models_(models.for_this_thread(threads)), reader_(models_.make_reader()) {}

  Answer answer(const std::string& clip) {
    try {
      return {std::move(models_.estimate({read(clip)}).front()), {}};
    } catch (const std::exception& error) {
      return {std::nullopt, error.what()};
    }
  }

 private:
  ClipInput read(const std::string& clip) {
    if (clip != kStandardInput) return reader_->read(fs::path(clip), config_.read);
    const std::string bytes = config_.standard_input();
    return reader_->read({std::as_bytes(std::span(bytes)), "standard input"}, config_.read);
  }

  const PredictMediaConfig& config_;
  Recogniser models_;
  std::unique_ptr<ClipReader> reader_;
};

/// Writes answers in one of the formats.
class Printer {
 public:
  Printer(const PredictMediaConfig& config, const std::vector<std::string>& classes,
          const std::function<void(std::string_view)>& write)
      : config_(config), classes_(classes), write_(write) {
    if (config.format == "csv") write(estimate_csv_header(classes));
  }

  void print(const std::string& clip, const Answer& answer) const {
    if (config_.format == "table") {
      // Failures are listed at the end.
      if (answer.estimate) write_(estimate_text(*answer.estimate, classes_));
    } else if (config_.format == "csv") {
      write_(answer.estimate ? estimate_csv(*answer.estimate, classes_)
                             : failure_csv(clip, answer.failure, classes_));
    } else {
      const nlohmann::ordered_json line =
          answer.estimate ? estimate_json(*answer.estimate, classes_)
                          : nlohmann::ordered_json{{"clip", clip}, {"error", answer.failure}};
      // A file name may be in no encoding at all.
      write_(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    }
  }

 private:
  const PredictMediaConfig& config_;
  const std::vector<std::string>& classes_;
  const std::function<void(std::string_view)>& write_;
};

void note(PredictMediaReport& report, const Answer& answer,
          const std::vector<std::string>& classes) {
  if (!answer.estimate) {
    report.failed.push_back(answer.failure);
    return;
  }
  ++report.clips;
  const EmotionEstimate& whole = answer.estimate->whole;
  ++report.emotions[classes[whole.top]];
  ++report.decided_by[std::string(name_of(whole.decided_by))];
  if (const auto& faces = answer.estimate->faces) {
    for (const auto& [name, frames] : stage_counts(*faces, FaceMode::haar)) {
      report.faces[name] += frames;
    }
  }
}

}  // namespace

void PredictMediaConfig::validate() const {
  std::vector<std::string> problems = read.problems();
  if (paths.empty()) problems.emplace_back("no clip is given: name clips, folders or -");
  if (std::ranges::count(paths, kStandardInput) > 1) {
    problems.emplace_back("- can be given once: there is one standard input");
  }
  if (format != "table" && format != "jsonl" && format != "csv") {
    problems.push_back(fmt::format("--format is '{}': table, jsonl or csv expected", format));
  }
  try {
    models.validate();
  } catch (const UsageError& error) {
    problems.emplace_back(error.what());
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

PredictMediaReport run_predict_media(const PredictMediaConfig& config, Progress& progress,
                                     const std::function<void(std::string_view)>& write) {
  config.validate();
  const auto clips = clips_of(config.paths);
  const Recogniser models(config.models);
  const auto& classes = models.classes();

  // Each worker decodes and runs the networks: all CPUs are busy whichever takes longer.
  const std::size_t workers = std::clamp<std::size_t>(clips.size(), 1, config.workers);
  const std::size_t cpus = config.models.threads > 0 ? config.models.threads : available_cpus();
  const std::size_t threads = std::max<std::size_t>(cpus / workers, 1);
  PredictMediaReport report;
  const Printer printer(config, classes, write);
  progress.start("predicting", clips.size());
  parallel_map(
      clips.size(), workers,
      [&] {
        return [&, worker = std::make_shared<Worker>(config, models, threads)](std::size_t i) {
          return worker->answer(clips[i]);
        };
      },
      [&](std::size_t i, const Answer& answer) {
        printer.print(clips[i], answer);
        note(report, answer, classes);
        progress.update(i + 1);
      });
  progress.finish();
  return report;
}

}  // namespace aver
