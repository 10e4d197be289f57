#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "prediction/recogniser.h"

namespace aver {

/// What goes back over a connection, besides the headers every answer has.
struct HttpAnswer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// In place of the body: writes it while it is made. `write` says false when nobody listens any
  /// more. Throws nothing.
  std::function<void(const std::function<bool(std::string_view)>& write)> stream = {};
};

/// `{"error": "…"}`
HttpAnswer error_answer(int status, const std::string& sentence);

/// Milliseconds of a request, by phase.
struct Timing {
  double receive_ms = 0;  ///< until the body was there
  double wait_ms = 0;     ///< for a decoding slot, and for the networks
  double decode_ms = 0;
  double network_ms = 0;
  double total_ms = 0;
};

/// The JSON of `POST /api/predict`: estimate_json() without the clip's name, the classes in order,
/// and the times.
nlohmann::ordered_json to_json(const ClipEstimate& estimate,
                               const std::vector<std::string>& classes, const Timing& timing);

}  // namespace aver
