#pragma once

#include <sys/stat.h>

#include <string>

#include "extract_stage.h"

// What the tests of aver-extract-frames share.
namespace aver::test {

inline const Extractor kFrames{"aver-extract-frames"};
inline const std::string kFirst = "by-actor/Actor_01/neutral/01-01-01-01-01-01-01_frame_";

inline std::size_t count_frames(const fs::path& folder) {
  return fs::exists(folder) ? list_files(folder).size() : 0;
}

inline ino_t inode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_ino;
}

}  // namespace aver::test
