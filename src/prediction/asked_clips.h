#pragma once

#include <string>
#include <vector>

namespace aver {

inline constexpr const char* kStandardInput = "-";

/// What is asked about, and the files of its folders that are hidden, no files, or no recordings by
/// their names.
struct AskedClips {
  std::vector<std::string> clips;     ///< in the order of the paths, those of a folder by name
  std::vector<std::string> left_out;  ///< sorted
};

/// The clips that paths of clips and of folders of clips name, and "-". Throws Error for a path
/// that is not there, and for a folder without a clip.
AskedClips asked_clips(const std::vector<std::string>& paths);

}  // namespace aver
