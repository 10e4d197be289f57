#pragma once

#include <optional>

#include "base/files.h"
#include "prediction/recogniser_config.h"

namespace aver {

/// The model of voices that comes with aver: beside the installed programs, or in the tree that
/// they were built from. Nothing where it is not there.
std::optional<fs::path> boxed_model();

/// Takes it where no model is named, and says so.
void use_boxed_model(RecogniserConfig& config);

}  // namespace aver
