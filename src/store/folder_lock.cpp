#include "store/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "base/error.h"

namespace aver {

FolderLock::FolderLock(const fs::path& folder, Kind kind)
    : file_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  const int way = kind == Kind::shared ? LOCK_SH : LOCK_EX;
  if (file_ < 0 || ::flock(file_, way | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(file_);
  throw Error("another program is writing to {}; wait for it, or choose another --output",
              folder.string());
}

FolderLock FolderLock::in_turn(const fs::path& folder) {
  constexpr int kTries = 40;
  for (int i = 1;; ++i) {
    try {
      return FolderLock(folder);
    } catch (const Error&) {
      if (i == kTries) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

}  // namespace aver
