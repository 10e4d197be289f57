#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "media/live_stream.h"
#include "prediction/predict_config.h"

namespace aver {

struct PredictLiveReport {
  std::size_t windows = 0;
  std::int64_t damaged = 0;  ///< packets that could not be decoded
};

/// Answers a recording while it comes: a JSON object a line to `write` for each window as soon as
/// it is known (`window`, its number; start, end, emotion, confidence, decided_by, visual, audio,
/// fused), with --segments also `now`, the smoothed emotion at its end, and a line for each segment
/// that nothing can change any more (`segment`, its number; start, end, emotion, confidence).
/// The numbers are those that run_predict_media() gives for the windows of the whole recording.
/// Throws as Recogniser and LiveStream do.
PredictLiveReport run_predict_live(const PredictConfig& config, LiveStream::Bytes bytes,
                                   const std::function<void(std::string_view)>& write);

}  // namespace aver
