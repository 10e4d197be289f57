#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "base/files.h"
#include "features/mfcc.h"
#include "store/npy.h"

namespace aver::test {

/// The cases of a folder that scripts/make_golden.py wrote.
inline nlohmann::json golden_cases(const std::string& folder) {
  const fs::path path = fs::path(AVER_GOLDEN_DIR) / folder / "golden.json";
  return nlohmann::json::parse(read_file(path)).at("cases");
}

inline FloatArray golden_array(const std::string& folder, const nlohmann::json& file) {
  return read_npy(fs::path(AVER_GOLDEN_DIR) / folder / file.get<std::string>());
}

/// librosa's parameter names to ours.
inline void set_bands(MelOptions& options, const nlohmann::json& parameters) {
  options.sample_rate_hz = parameters.at("sr");
  options.fft_length = parameters.at("n_fft");
  options.hop_length = parameters.at("hop_length");
  options.mel_bands = parameters.at("n_mels");
  options.lowest_hz = parameters.at("fmin");
  options.highest_hz = parameters.at("fmax");
  options.window = parameters.at("window");
  options.top_db = parameters.at("top_db").is_null() ? 0 : parameters.at("top_db").get<double>();
}

inline MfccOptions options_from(const nlohmann::json& parameters) {
  MfccOptions options;
  set_bands(options, parameters);
  options.coefficients = parameters.at("n_mfcc");
  return options;
}

inline double largest_difference(std::span<const float> a, std::span<const float> b) {
  double largest = a.size() == b.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    largest = std::isnan(difference) ? HUGE_VAL : std::max(largest, difference);
  }
  return largest;
}

}  // namespace aver::test
