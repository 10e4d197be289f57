#pragma once

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace aver {

/// Opens a folder of aver-synthesize for the corpus that `record` says: checks what is in it,
/// removes what a killed run left behind and, with `force`, the files of a corpus made with other
/// settings, and writes the record as `corpus.json`; its `files` are the corpus's. Only for whoever
/// holds the folder's lock. Throws Error when the folder holds something else, or other settings
/// without `force`.
void prepare_synthetic_folder(const fs::path& output, const nlohmann::json& record, bool force);

}  // namespace aver
