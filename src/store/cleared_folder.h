#pragma once

#include "store/folder_lock.h"

// The lock under which a program writes, with what killed ones left there cleared away.
namespace aver {

/// Of a folder that is one program's: makes it, and removes the temporary files in it, but not in
/// folders below. Throws Error when another program holds it.
FolderLock lock_cleared(const fs::path& folder);

/// Of the folder of a file, in which others write other files: makes it, waits for its turn, and
/// removes the temporary files of this one. For what takes no longer than a moment.
FolderLock turn_to_write(const fs::path& file);

}  // namespace aver
