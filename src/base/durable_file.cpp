#include "base/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"

namespace aver {
namespace {

/// Of a file or folder; what cannot be waited for (some network file systems) is passed over.
void sync(const fs::path& path, int (*wait)(int), const fs::path& named) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const int failed = wait(file) == 0 ? 0 : errno;
  ::close(file);
  if (failed == EIO || failed == ENOSPC || failed == EDQUOT) {
    throw Error("cannot write {}: {}", named.string(), std::generic_category().message(failed));
  }
}

}  // namespace

void write_file_durably(const fs::path& path, std::string_view text) {
  write_through_temporary(path, [&](const fs::path& temporary) {
    write_file(temporary, text);
    sync(temporary, ::fsync, path);
  });
  sync(folder_of(path), ::fsync, path);
}

// 1,000 files of 2 kB on a virtual disk: 0.05 s to write, 0.2 to 0.4 s with this at the
// end, 3.9 s with an fsync for each.
void sync_file_system(const fs::path& folder) {
  sync(folder, ::syncfs, folder);
}

void remove_temporaries_of(const fs::path& path) {
  const std::string ending = "-" + path.filename().string();
  std::error_code error;
  for (fs::directory_iterator it(folder_of(path), error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    const fs::path& found = it->path();
    if (is_temporary_name(found) && found.filename().string().ends_with(ending) &&
        it->is_regular_file(ignored)) {
      fs::remove(found, ignored);
    }
  }
}

}  // namespace aver
