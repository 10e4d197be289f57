#include "prediction/predict_summary.h"

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "prediction/enrolment.h"
#include "prediction/predict_media.h"
#include "runs/outcome.h"
#include "stages/extract_frames.h"
#include "stages/sampled_frames.h"

namespace aver {
namespace {

// "" when the model knows every label.
std::string unknown_labels(const PredictReport& report, const std::vector<std::string>& classes) {
  if (report.unknown.empty()) return {};
  std::vector<std::string> labels;
  std::size_t clips = 0;
  for (const auto& [label, having] : report.unknown) {
    labels.push_back(label);
    clips += having.size();
  }
  return fmt::format(
      "  warning: {} of {} have a label that is no class of the model ({}; it knows {}): {}\n",
      clips, counted(report.clips, "clips"), fmt::join(labels, ", "), fmt::join(classes, ", "),
      clips == report.clips ? "no accuracy can be given"
                            : "the accuracy is that of the other clips");
}

}  // namespace

void summarise_predictions(const fs::path& output, const Predictions& predictions,
                           PredictReport& report) {
  report.clips = predictions.rows.size();
  const auto trained = static_cast<std::size_t>(
      std::count_if(predictions.rows.begin(), predictions.rows.end(),
                    [](const Prediction& row) { return row.role == Role::train; }));
  report.text = fmt::format("{} predicted, {} failed; {}\n", counted(report.clips, "clips"),
                            report.failed.size(), output.string());
  report.text += score_line(report.unknown.empty() ? "all clips" : "clips of known labels",
                            predictions, std::nullopt, "clips");
  report.text += unknown_labels(report, predictions.classes);
  if (report.enrolled > 0) {
    report.text += fmt::format("  note: {}\n", enrolled_remark(report.enrolled));
  }
  if (!predictions.uses.empty()) report.text += fmt::format("  {}.\n", predictions.uses);
  if (trained > 0) {
    report.text += fmt::format("  The model was trained on {} of these clips.\n", trained);
  }
  nlohmann::json failed = nlohmann::json::array();
  for (const StageRemark& remark : report.failed) {
    report.text += fmt::format("  failed: {}: {}\n", remark.source, remark.reason);
    failed.push_back({{"clip", remark.source}, {"reason", remark.reason}});
  }
  nlohmann::json unknown = nlohmann::json::object();
  for (const auto& [label, clips] : report.unknown) unknown[label] = clips.size();
  report.json = {
      {"output", output.string()},           {"clips", report.clips}, {"trained_on", trained},
      {"shortened", report.shortened},       {"failed", failed},      {"unknown_labels", unknown},
      {"metrics", part_metrics(predictions)}};
  if (report.enrolled > 0) report.json["enrolled"] = report.enrolled;
  if (!report.left_out.empty()) report.json["left_out"] = report.left_out;
}

std::string summary_text(const PredictMediaReport& report) {
  std::vector<std::string> emotions;
  for (const auto& [emotion, clips] : report.emotions) {
    emotions.push_back(fmt::format("{} {}", clips, emotion));
  }
  std::string text =
      fmt::format("{} answered, {} failed", counted(report.clips, "clips"), report.failed.size());
  if (report.clips > 1) text += fmt::format(": {}", fmt::join(emotions, ", "));
  const auto unsure = report.sure.find("not sure");
  if (unsure != report.sure.end()) text += fmt::format("; {} not sure", unsure->second);
  text += "\n";
  text += faces_text(report.faces);
  for (const auto& reason : report.failed) {
    text += fmt::format("  failed: {}\n", printable(message_text(reason)));
  }
  if (!report.left_out.empty()) {
    text += fmt::format("  left out {}, hidden or no recordings by their names:\n",
                        counted(report.left_out.size(), "files"));
  }
  for (const auto& file : report.left_out) text += fmt::format("    {}\n", printable(file));
  return text;
}

nlohmann::json summary_json(const PredictMediaReport& report) {
  nlohmann::json json = counts_json(report);
  json["failed"] = report.failed;
  if (!report.left_out.empty()) json["left_out"] = report.left_out;
  return json;
}

}  // namespace aver
