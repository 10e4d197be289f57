#pragma once

#include "base/files.h"

namespace aver {

/// Keeps other programs from writing to a folder for as long as it lives. It only catches mistakes:
/// file systems that cannot lock are used without.
class FolderLock {
 public:
  enum class Kind { exclusive, shared };

  FolderLock() = default;  ///< of nothing
  /// Throws Error when another program holds the folder (all but `shared` beside `shared`).
  explicit FolderLock(const fs::path& folder, Kind kind = Kind::exclusive);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  bool open() const { return file_ >= 0; }  ///< of a folder, not of nothing

 private:
  int file_ = -1;
};

}  // namespace aver
