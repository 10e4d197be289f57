#include "predict_outcome.h"

#include <cstdio>

#include "base/interruption.h"
#include "base/printable.h"
#include "interrupt.h"
#include "prediction/answer_journal.h"
#include "prediction/predict_join.h"
#include "prediction/predict_live.h"
#include "prediction/predict_media.h"
#include "prediction/predict_stage.h"
#include "stages/clip_stage.h"
#include "standard_streams.h"

namespace aver::cli {
namespace {

int status_of(bool failures, bool keep_going) {
  return failures && !keep_going ? 1 : 0;
}

/// What `predict` comes to, or what an interruption of it leaves. It is asked to stop between two
/// clips, for those that are answered are kept.
Outcome or_interrupted(const PredictConfig& config, Progress& progress,
                       const std::function<Outcome(Progress&)>& predict) {
  if (config.output.empty()) return predict(progress);
  catch_interrupts();
  StoppableProgress stoppable(progress, interrupted);
  try {
    return predict(stoppable);
  } catch (const Interrupted&) {
    const fs::path kept = journal_of(config.output, config.shard);
    const bool some = fs::exists(kept);
    return {fmt::format("interrupted; {}\n",
                        some ? fmt::format("the answers so far are in {}: the same command with "
                                           "--resume goes on behind them",
                                           kept.string())
                             : "nothing was answered yet"),
            {{"interrupted", true}, {"kept", some ? kept.string() : ""}},
            kInterrupted};
  }
}

}  // namespace

Outcome joined_predictions(const PredictConfig& config, bool keep_going) {
  config.validate();
  const auto joined = join_predictions(config.output);
  if (!joined) {
    return {fmt::format("{} is joined already: there are no shards beside it\n",
                        printable(config.output.string())),
            {{"output", config.output.string()}, {"joined_already", true}},
            0};
  }
  if (const auto* stage = std::get_if<PredictReport>(&*joined)) {
    return {stage->text, stage->json, status_of(!stage->failed.empty(), keep_going)};
  }
  const auto& clips = std::get<PredictMediaReport>(*joined);
  return {summary_text(clips), summary_json(clips), status_of(!clips.failed.empty(), keep_going)};
}

Outcome predictions_of_stage(const PredictConfig& config, bool keep_going, Progress& progress) {
  return or_interrupted(config, progress, [&](Progress& stoppable) -> Outcome {
    const auto report = run_predict(config, stoppable);
    return {report.text +
                next_step_text(config.shard, "aver-predict", config.output, !report.failed.empty()),
            report.json, status_of(!report.failed.empty(), keep_going)};
  });
}

Outcome predictions_of_clips(const PredictConfig& config, bool keep_going, Progress& progress) {
  return or_interrupted(config, progress, [&](Progress& stoppable) -> Outcome {
    const auto report = run_predict_media(config, stoppable, write_to_stdout);
    const int status = status_of(!report.failed.empty(), keep_going);
    // A summary after CSV or JSON would break what parses them.
    if (config.output.empty() && config.format != "table") {
      for (const auto& reason : report.failed) {
        std::fprintf(stderr, "%s\n", message_text(reason).c_str());
      }
      for (const auto& file : report.left_out) {
        std::fprintf(stderr, "%s\n",
                     message_text("left out, no recording by its name: " + file).c_str());
      }
      return {"", nullptr, status};
    }
    return {summary_text(report) +
                next_step_text(config.shard, "aver-predict", config.output, !report.failed.empty()),
            summary_json(report), status};
  });
}

Outcome live_predictions(const PredictConfig& config) {
  catch_interrupts();
  PredictLiveReport report;
  try {
    report = run_predict_live(
        config, [](std::span<std::byte> into) { return part_of_standard_input(into, interrupted); },
        write_to_stdout);
  } catch (const Error&) {
    if (interrupted()) return {"", nullptr, kInterrupted};  // before anything came
    throw;
  }
  if (report.damaged > 0) {
    std::fprintf(stderr, "note: %lld packets of it could not be decoded and were passed over\n",
                 static_cast<long long>(report.damaged));
  }
  if (report.windows == 0 && !interrupted())
    throw Error(
        "standard input ended before anything came that can be decoded; an MP4 has its index at "
        "its end, so Matroska or WAV it must be");
  return {"", nullptr, interrupted() ? kInterrupted : 0};
}

}  // namespace aver::cli
