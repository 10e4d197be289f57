#pragma once

#include "nn/architectures.h"
#include "runs/model_file.h"

namespace aver {

/// The network that a model file describes. Throws Error when this build does not know its
/// architecture, or when a key of its options is missing or of another type.
NetworkChoice network_options(const ModelFile& model);

}  // namespace aver
