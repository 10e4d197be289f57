#include "serve/answer.h"

#include <cmath>

#include "base/json_bytes.h"
#include "prediction/estimate_output.h"
#include "prediction/face_output.h"

namespace aver {
namespace {

double one_decimal(double value) {
  return std::round(value * 10) / 10;
}

}  // namespace

HttpAnswer error_answer(int status, const std::string& sentence) {
  nlohmann::json json = {{"error", sentence}};
  // Names in a file need not be UTF-8.
  return {status, "application/json", shown_json(json) + "\n"};
}

nlohmann::ordered_json to_json(const ClipEstimate& estimate,
                               const std::vector<std::string>& classes, const Timing& timing) {
  nlohmann::ordered_json json = estimate.every_face.empty() ? estimate_json(estimate, classes)
                                                            : faces_json(estimate, {classes});
  json.erase("clip");  // an upload has no name
  json["checks"] = estimate.checks;
  json["classes"] = classes;
  json["timing_ms"] = {{"receive", one_decimal(timing.receive_ms)},
                       {"wait", one_decimal(timing.wait_ms)},
                       {"decode", one_decimal(timing.decode_ms)},
                       {"network", one_decimal(timing.network_ms)},
                       {"total", one_decimal(timing.total_ms)}};
  return json;
}

}  // namespace aver
