#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/clip_table.h"

namespace aver {

/// The clips that lists of test clips name, by their keys in `clips`: EmoBox's JSON lines (`key`,
/// else the name of `wav`), a CSV with a column clip or file, or one name a line.
struct TestLists {
  std::vector<std::vector<std::string>> tested;  ///< of each list
  std::vector<std::string> remarks;              ///< on names that no clip has
};
/// Throws Error naming the file for one that names no clip that is there, and for a clip that
/// two lists name.
TestLists read_test_lists(const std::vector<std::string>& files, const ClipTable& clips);

}  // namespace aver
