#include "training_outcome.h"

#include "interrupt.h"
#include "train/runtime.h"

namespace aver::cli {

Outcome outcome_of(const TrainingReport& report) {
  if (report.elsewhere) return {{}, {}, report.interrupted ? kInterrupted : 0};
  nlohmann::json json = report.metrics.is_null() ? nlohmann::json::object() : report.metrics;
  json["epochs_done"] = report.epochs_done;
  json["interrupted"] = report.interrupted;
  if (report.failed) json["failed"] = true;
  return {report.text, json, report.interrupted ? kInterrupted : (report.failed ? 1 : 0)};
}

int run_trainer(Tool& tool, int argc, char** argv, const TrainerProgram& program) {
  program.training.should_stop = interrupted;
  bool describe = false;
  tool.options_by("architecture", program.choose_architecture, [&](Options& options) {
    program.describe_options(options);
    options.heading("Running");
    options.control("describe", describe, "Print layers, shapes and parameters, and leave");
  });
  tool.library("LibTorch " + libtorch_version());
  return tool.run(argc, argv, [&] {
    if (describe) return Outcome{program.describe(), {}, 0};
    catch_interrupts();
    return outcome_of(program.train(tool.progress()));
  });
}

}  // namespace aver::cli
