#pragma once

#include <string_view>

#include "base/files.h"

// What a computer that loses power, or a program that is killed, leaves behind.
namespace aver {

/// write_file(), and waits until content and name are on the disk: for a file that says that others
/// are complete. Where a file system cannot tell, it does not wait.
void write_file_durably(const fs::path& path, std::string_view text);

/// Waits until everything that was written to the file system of a folder is on the disk. One call
/// for thousands of files costs less than one for each.
void sync_file_system(const fs::path& folder);

/// Removes the temporary files that killed programs left where they were writing `path`. Only for
/// whoever keeps others from writing it.
void remove_temporaries_of(const fs::path& path);

}  // namespace aver
