// Two tables of predictions with a zero byte between them, evaluated and fused as
// aver-evaluate-fusion does; figures and most of the bootstrap aside.
#include <cmath>
#include <nlohmann/json.hpp>

#include "fusion/evaluate_fusion.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

namespace {

void require_numbers(const nlohmann::json& value) {
  if (value.is_number_float()) {
    require(std::isfinite(value.get<double>()), "a figure that is no number");
  }
  if (!value.is_structured()) return;
  for (const auto& [key, item] : value.items()) {
    if (key == "trained_on") continue;  // null says that nobody knows
    require(!item.is_null(), "a figure that is null");
    require_numbers(item);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const auto parts = parts_of(input, 2);
  EvaluateFusionConfig config;
  config.audio_posteriors = put(own_folder() / "audio.csv", parts[0]);
  config.visual_posteriors = put(own_folder() / "visual.csv", parts[1]);
  config.output = own_folder() / "fusion";
  config.figures = false;
  config.draws = 3;
  NoProgress progress;
  for (const char* rule : {"max-confidence", "stacked"}) {
    config.rule = rule;
    config.temperatures = config.logits = config.rule == "stacked";
    answered(input, [&] { require_numbers(run_evaluate_fusion(config, progress).metrics); });
  }
  return 0;
}
