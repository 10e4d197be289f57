#pragma once

#include "base/files.h"

namespace aver {

/// Keeps other programs from writing to a folder for as long as it lives. It only catches mistakes:
/// file systems that cannot lock are used without.
class FolderLock {
 public:
  enum class Kind { exclusive, shared };

  FolderLock() = default;  ///< holds no lock
  /// Throws Error when another program holds the folder (all but `shared` beside `shared`).
  explicit FolderLock(const fs::path& folder, Kind kind = Kind::exclusive);
  /// Waits for its turn, as long as a file takes to write and then some, before it throws.
  static FolderLock in_turn(const fs::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  bool open() const { return file_ >= 0; }  ///< holds a lock

 private:
  int file_ = -1;
};

}  // namespace aver
