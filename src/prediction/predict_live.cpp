#include "prediction/predict_live.h"

#include <utility>

#include "base/error.h"
#include "prediction/live_lines.h"
#include "prediction/live_windows.h"
#include "prediction/recogniser.h"

namespace aver {

PredictLiveReport run_predict_live(const PredictConfig& told, LiveStream::Bytes bytes,
                                   const std::function<void(std::string_view)>& write) {
  told.validate();
  const ReadOptions read = told.windows();
  Recogniser models(told.models);
  // A recording goes on for as long as it likes, but a time stamp that jumps so far is a wrong one.
  constexpr double kLongestJump = 600;
  const MediaLimits limits = {
      .seconds = kLongestJump, .pixels = read.max_pixels, .have_options = false};
  LiveLines lines(models.classes(), models.makes_sets(), told.smoother_in_use(), read.hop, write);
  try {
    const std::int64_t damaged = follow_windows(
        std::move(bytes), "standard input", limits, models.reader_settings(), read,
        [&](ClipInput window) { lines.add(models.estimate({window}).front().whole); });
    lines.finish();
    return {lines.windows(), damaged};
  } catch (const Error&) {
    lines.finish();  // what came until then is answered
    throw;
  }
}

}  // namespace aver
