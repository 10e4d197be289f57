#pragma once

#include "base/files.h"

namespace aver {

/// Where a file is written that the user names: `named` itself, or what its link leads to, which
/// may not be there yet. Files that a program names itself replace links, so that no folder of
/// somebody else's makes it write outside of that folder. Throws Error for a link that leads in a
/// circle or into a folder that is not there.
fs::path output_place(const fs::path& named);

/// Whether both are there and are one file or folder, by whatever names.
bool same_file(const fs::path& one, const fs::path& other);

/// Throws UsageError where `output`, a folder of results, is `input` or what that lies in: they
/// could take its place.
void refuse_output_beside(const fs::path& output, const fs::path& input);

/// Throws UsageError where `output`, a folder of results, is a training run, a stage folder or a
/// split, whose files they could take the place of.
void refuse_output_onto_work(const fs::path& output);

/// Whether there is a pipe or a device, which must not be replaced by a file.
bool is_stream(const fs::path& path);

}  // namespace aver
