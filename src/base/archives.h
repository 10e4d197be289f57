#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

// Archives that nobody has unpacked, in the place of what is in them.
namespace aver {

/// How the names of archives end: ".zip", ".tar"…
const std::vector<std::string>& archive_extensions();

/// The command that unpacks a file: "unzip a.zip -d a", "gunzip -k a.csv.gz"; "" for one that is no
/// archive by its first bytes. Of a file whose first bytes (512 tell all) are known already, they
/// are not read again.
std::string way_to_unpack(const fs::path& path);
std::string way_to_unpack(const fs::path& path, std::string_view head);

/// Throws Error that says what a path is where it is no folder: missing (then with `maker` as what
/// makes it, where that is told), a file, or an archive of one.
void require_folder(const fs::path& path, const std::string& maker = "");

}  // namespace aver
