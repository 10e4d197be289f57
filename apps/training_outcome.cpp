#include "training_outcome.h"

#include "interrupt.h"

namespace aver::cli {

Outcome outcome_of(const TrainingReport& report) {
  if (report.elsewhere) return {{}, {}, report.interrupted ? kInterrupted : 0};
  nlohmann::json json = report.metrics.is_null() ? nlohmann::json::object() : report.metrics;
  json["epochs_done"] = report.epochs_done;
  json["interrupted"] = report.interrupted;
  if (report.failed) json["failed"] = true;
  return {report.text, json, report.interrupted ? kInterrupted : (report.failed ? 1 : 0)};
}

}  // namespace aver::cli
