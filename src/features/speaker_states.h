#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "features/extractor.h"
#include "features/log_mel.h"
#include "features/lstm.h"

namespace aver {

/// States of an encoder that was trained to tell speakers apart, as those for GE2E are published
/// (Wan et al. 2018): LSTM layers over the power of 40 mel bands of 25 ms every 10 ms at 16 kHz.
struct SpeakerStatesOptions : FeatureOptions {
  fs::path encoder;      ///< safetensors with lstm.weight_ih_l0… as PyTorch names them
  std::string known_by;  ///< name, size and fingerprint of that file
  int layer = 2;         ///< whose states they are, from 1
  std::string summary = "mean-deviation";  ///< or "course", or "none": the states in time
  double loudness_db = -30;  ///< quieter clips are raised to this level (root mean square, dBFS)
  double trim_db = 35;       ///< of frames so far under the loudest at both ends no state is kept

  SpeakerStatesOptions() { sample_rate_hz = 16000; }
  void describe(Options& options) override;
  fs::path* file() override { return &encoder; }
};

class SpeakerStates final : public FeatureExtractor {
 public:
  /// Reads the encoder. Throws UsageError when none is given, Error when it cannot be read, holds
  /// no such layers, or is another one than is `known_by`.
  explicit SpeakerStates(const SpeakerStatesOptions& options);

  /// [units, frames], or of a summary [parts · units, 1]; see summary_of().
  FloatArray compute(std::span<const float> samples) override;
  double seconds_per_frame() const override { return levels_.seconds_per_frame(); }
  RowAxis row_axis() const override;

 private:
  SpeakerStatesOptions options_;
  std::vector<LstmLayer> layers_;
  LogMel levels_;
};

/// What tables say of features that were computed by an encoder that has learned on other people's
/// recordings: "Pre-trained on speakers: NAME, MARK"; "" of any others. `settings` are those of a
/// stage or model.
std::string pretrained_note(const nlohmann::json& settings);

}  // namespace aver
