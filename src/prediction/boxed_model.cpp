#include "prediction/boxed_model.h"

#include <spdlog/spdlog.h>

#include "base/programs.h"
#include "base/text.h"
#include "runs/model_file.h"
#include "runs/trained_on.h"

namespace aver {
namespace {

constexpr const char* kName = "ravdess-audio";

}  // namespace

std::optional<fs::path> boxed_model() {
  for (const fs::path& models :
       {own_folder() / ".." / "share" / "aver" / "models", fs::path(AVER_MODELS_DIR)}) {
    const fs::path model = models / kName / "model.safetensors";
    if (fs::exists(model)) return fs::weakly_canonical(model);
  }
  return std::nullopt;
}

void use_boxed_model(RecogniserConfig& config) {
  if (!config.lacks_models()) return;
  const auto model = boxed_model();
  if (!model) return;
  config.audio = *model;
  const TrainedOn people = trained_on(read_model(*model, "audio").training);
  spdlog::info(
      "no model is named, so the one that comes with aver answers: {} (sound alone; {} of "
      "{} trained it; README.md beside it says how well it does, and its licence)",
      model->string(), counted(people.speakers.size(), "speakers"),
      fmt::join(people.corpora, ", "));
}

}  // namespace aver
