#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "corpus/role.h"

namespace aver {

/// What the folders above a picture say of it.
struct FolderFacts {
  std::string label;
  std::optional<Role> part;  ///< of a folder such as train/ or test/ above or in the class
};

/// That of each picture, and what of it was not plain, a sentence each.
struct ClassFolders {
  std::vector<FolderFacts> pictures;
  std::vector<std::string> remarks;
};

/// The part that a folder of this name holds: what role_called() knows, and FER2013's PublicTest
/// (validation) and PrivateTest (test); nothing for any other name.
std::optional<Role> part_in_folder(std::string_view name);

/// Classes by folder, of paths relative to the folder of the data. The class is the folder whose
/// name is known for one, where all pictures lie in such a folder; else the outermost folder below
/// those that are called as parts of a split are (train/, test/, Usage/). Folders
/// that differ in upper and lower case are one class. Throws Error for a picture that lies in no
/// class folder.
ClassFolders classes_by_folder(const fs::path& root, const std::vector<fs::path>& pictures);

}  // namespace aver
