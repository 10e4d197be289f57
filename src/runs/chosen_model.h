#pragma once

#include <string>

#include "runs/model_file.h"

namespace aver {

/// The folder of the run that a model given by the user is part of; "" for a model on its own,
/// whatever lies beside.
fs::path run_of_model(const fs::path& model);

/// Throws UsageError when writing `output` would replace the model or a file of a training run.
void refuse_output_onto_model(const fs::path& output, const fs::path& model);

/// The model a user named: a file, or the folder of a finished run. Throws UsageError for the
/// folder of several folds, which has one model for each, and Error for an unfinished run and as
/// read_model does (`kind` "" = any).
ModelFile read_chosen_model(const fs::path& model, const std::string& kind);

/// Changes when the content of that model file does.
std::string fingerprint_of_model(const fs::path& model);

}  // namespace aver
