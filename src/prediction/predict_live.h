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

/// Answers a recording while it comes: the lines of LiveLines to `write`, each as soon as its
/// window is known or its segment settled. The numbers are those that run_predict_media() gives for
/// the windows of the whole recording. Throws as Recogniser and LiveStream do.
PredictLiveReport run_predict_live(const PredictConfig& config, LiveStream::Bytes bytes,
                                   const std::function<void(std::string_view)>& write);

}  // namespace aver
