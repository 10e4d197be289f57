#pragma once

#include "base/files.h"
#include "protocol/split.h"

namespace aver {

/// `fold,clip,role`, and beside it `<stem>.json` with protocol and seed.
void write_split(const fs::path& path, const Split& split);
/// The same with a place for the second file.
void write_split(const fs::path& path, const fs::path& note_at, const Split& split);
/// Where that file is, of a split.
fs::path note_of_split(fs::path path);
/// Reads it. Clips have the keys of `clips`, however the file writes their names. Throws Error that
/// names a row that is wrong, and a clip that stands in a fold twice.
Split read_split(const fs::path& path, const ClipTable& clips);

/// The same with every row as it stands: names keep their modality and extension, and may come
/// twice in a fold. For the audit, which is to find that.
Split read_split_as_written(const fs::path& path);

}  // namespace aver
