#include "store/cleared_folder.h"

#include "base/durable_file.h"

namespace aver {

FolderLock lock_cleared(const fs::path& folder) {
  create_folders(folder);
  FolderLock lock(folder);
  remove_temporaries(folder, /*recursive=*/false);
  return lock;
}

FolderLock turn_to_write(const fs::path& file) {
  create_folders(folder_of(file));
  FolderLock lock = FolderLock::in_turn(folder_of(file));
  remove_temporaries_of(file);
  return lock;
}

}  // namespace aver
