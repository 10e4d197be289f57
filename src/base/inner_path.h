#pragma once

#include <string>

#include "base/files.h"

// Paths that stand in files: whoever wrote those must not reach what lies elsewhere.
namespace aver {

/// Whether a path can only mean something below the folder that it is relative to: not empty or
/// absolute, without "..", and such as a file system can hold. Links are not looked at.
bool is_inner_path(const std::string& relative);

/// `folder / relative`. Throws Error, which names the file that says so and what to do, where that
/// is no inner path.
fs::path inner_path(const fs::path& folder, const std::string& relative, const std::string& said_by,
                    const std::string& remedy);

/// Removes a file below a folder, if it is there. Does nothing and returns false where the path is
/// no inner one, or leads out of the folder over a link to another folder.
bool remove_inner(const fs::path& folder, const std::string& relative);

}  // namespace aver
