#include "runs/chosen_model.h"

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/output_place.h"
#include "runs/run_folder.h"

namespace aver {
namespace {

// The folder of several folds has one model for each.
void require_one_model(const fs::path& model) {
  if (!fs::is_directory(model) || fs::exists(model / "model.safetensors")) return;
  const auto folds = folds_in(model);
  if (folds.empty()) return;
  std::vector<std::string> names;
  for (const int fold : folds) names.push_back(fold_folder(model, fold).string());
  throw UsageError("{} holds one model per fold: name one of {}", model.string(),
                   fmt::join(names, ", "));
}

}  // namespace

fs::path run_of_model(const fs::path& model) {
  if (fs::is_directory(model)) return is_run_folder(model) ? model : fs::path();
  const fs::path name = model.filename();
  const bool own = name == "model.safetensors" || name == "best.safetensors";
  return own ? run_folder_of(model) : fs::path();
}

std::string fingerprint_of_model(const fs::path& model) {
  return fingerprint_of_file(fs::is_directory(model) ? model / "model.safetensors" : model);
}

void refuse_output_onto_model(const fs::path& output, const fs::path& model) {
  if (same_file(output, model)) {
    throw UsageError("--output {} would overwrite the model", output.string());
  }
  std::error_code error;
  const fs::path run = run_folder_of(fs::weakly_canonical(output, error));
  if (!run.empty()) {
    throw UsageError("--output {} would overwrite a file of the training run {}: give another name",
                     output.string(), run.string());
  }
}

ModelFile read_chosen_model(const fs::path& model, const std::string& kind) {
  require_one_model(model);
  const fs::path run = run_of_model(model);
  if (!run.empty() && model.filename() != "best.safetensors") require_finished_run(run);
  return read_model(model, kind);
}

}  // namespace aver
