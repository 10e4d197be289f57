#include "prediction/predict_join.h"

#include "base/error.h"
#include "base/output_place.h"
#include "prediction/answer_formats.h"
#include "prediction/output_shards.h"
#include "prediction/predict_summary.h"
#include "store/predictions.h"

namespace aver {
namespace {

using Classes = std::vector<std::string>;

PredictReport join_stage(const fs::path& output, const JoinedOutput& joined) {
  PredictReport report;
  Predictions predictions{joined.settings.at("classes").get<Classes>(), {}};
  for (const auto& item : joined.items) {
    const std::string clip = item.at("clip");
    if (item.contains("failed")) {
      report.failed.push_back({clip, item["failed"]});
      continue;
    }
    if (item.contains("unknown")) report.unknown[item["unknown"]].insert(clip);
    predictions.rows.push_back({clip, std::nullopt, role_named(item.at("role").get<std::string>()),
                                item.at("label"), item.at("p").get<std::vector<double>>()});
  }
  if (predictions.rows.empty()) {
    throw Error("no clip of {} can be used: {}", output.string(), report.failed.front().reason);
  }
  for (const auto& part : joined.reports) {
    report.shortened += part.at("shortened").get<std::size_t>();
    predictions.uses = part.value("uses", predictions.uses);
    report.enrolled = part.value("enrolled", report.enrolled);
  }
  write_predictions(output_place(output), predictions);
  summarise_predictions(output, predictions, report);
  return report;
}

PredictMediaReport join_clips(const fs::path& output, const JoinedOutput& joined) {
  PredictMediaReport report;
  write_file_in_parts(output_place(output), [&](const AppendPart& append) {
    AnswerShape shape{joined.settings.at("classes").get<Classes>()};
    shape.sets = joined.settings.value("fusion", nlohmann::json()).contains("conformal");
    if (joined.settings.contains("smoother")) {
      shape.smoother = smoother_from(joined.settings.at("smoother"));
    }
    shape.every_face = joined.settings.value("faces", "") == "all";
    append(answer_format(joined.settings.at("format").get<std::string>()).head(shape));
    for (const auto& item : joined.items) {
      append(item.at("text").get<std::string>());
      if (item.contains("failed")) report.failed.push_back(item["failed"]);
    }
  });
  for (const auto& part : joined.reports) add_counts(report, part);
  return report;
}

}  // namespace

std::optional<std::variant<PredictReport, PredictMediaReport>> join_predictions(
    const fs::path& output) {
  if (output.empty()) throw UsageError("--join needs the --output of the shards");
  if (is_joined(output)) return std::nullopt;
  const JoinedOutput joined = read_output_shards(output);
  std::variant<PredictReport, PredictMediaReport> report;
  try {
    if (joined.settings.at("predicts") == "stage") {
      report = join_stage(output, joined);
    } else {
      report = join_clips(output, joined);
    }
  } catch (const nlohmann::json::exception&) {
    throw Error("the shards in {} are damaged: remove it and run them again",
                output_shards_folder(output).string());
  }
  remove_output_shards(output);
  return report;
}

}  // namespace aver
