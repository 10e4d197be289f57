#include "aver/serve/answer.h"

#include <cmath>

namespace aver {
namespace {

double six_decimals(double value) {
  return std::round(value * 1e6) / 1e6;
}
double one_decimal(double value) {
  return std::round(value * 10) / 10;
}

nlohmann::ordered_json distribution(const std::vector<double>& probabilities,
                                    const std::vector<std::string>& classes) {
  if (probabilities.empty()) return nullptr;
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    object[classes[c]] = six_decimals(probabilities[c]);
  }
  return object;
}

/// Emotion, confidence, who decided, and the distributions.
nlohmann::ordered_json decision(const EmotionEstimate& estimate,
                                const std::vector<std::string>& classes) {
  nlohmann::ordered_json json;
  const bool answered = !estimate.fused.empty();
  json["emotion"] = answered ? nlohmann::ordered_json(classes[estimate.top]) : nullptr;
  json["confidence"] = answered ? six_decimals(estimate.fused[estimate.top]) : 0.0;
  json["decided_by"] = answered ? nlohmann::ordered_json(name_of(estimate.decided_by)) : nullptr;
  json["visual"] = distribution(estimate.visual, classes);
  json["audio"] = distribution(estimate.audio, classes);
  json["fused"] = distribution(estimate.fused, classes);
  return json;
}

}  // namespace

HttpAnswer error_answer(int status, const std::string& sentence) {
  nlohmann::json json = {{"error", sentence}};
  // Names in a file need not be UTF-8.
  return {status, "application/json",
          json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

nlohmann::ordered_json to_json(const ClipEstimate& estimate,
                               const std::vector<std::string>& classes, const Timing& timing) {
  nlohmann::ordered_json json;
  json["seconds"] = six_decimals(estimate.seconds);
  json["pictures"] = estimate.pictures;
  json["classes"] = classes;
  json.update(decision(estimate.whole, classes));
  json["windows"] = nlohmann::ordered_json::array();
  for (const EmotionEstimate& window : estimate.windows) {
    nlohmann::ordered_json part;
    part["start"] = six_decimals(window.start);
    part["end"] = six_decimals(window.end);
    part.update(decision(window, classes));
    json["windows"].push_back(std::move(part));
  }
  json["remarks"] = estimate.remarks;
  json["timing_ms"] = {{"receive", one_decimal(timing.receive_ms)},
                       {"wait", one_decimal(timing.wait_ms)},
                       {"decode", one_decimal(timing.decode_ms)},
                       {"network", one_decimal(timing.network_ms)},
                       {"total", one_decimal(timing.total_ms)}};
  return json;
}

}  // namespace aver
