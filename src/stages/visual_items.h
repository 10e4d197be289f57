#pragma once

#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "corpus/clip_table.h"
#include "corpus/corpus.h"
#include "protocol/split.h"

namespace aver {

/// Pictures with their names and labels, sorted by name.
struct VisualItems {
  nlohmann::json settings;  ///< of the frames stage; null for image folders
  std::vector<fs::path> files;
  std::vector<std::string> names;   ///< "<clip key>_frame_0005", or the path below the image folder
  std::vector<std::string> clips;   ///< clip key per picture; equal to the name for image folders
  std::vector<std::string> labels;  ///< class names
  std::vector<std::string> groups;  ///< actor or subject; "" when unknown
  ClipTable known;                  ///< what is known of the clips
  std::vector<std::string> left_out;  ///< by --filter and --labels, a sentence each
  bool frames = false;                ///< pictures are frames of clips

  std::vector<SplitItem> split_items() const;
  /// Role of each picture: its own row in the split, or else its clip's; "" when in neither.
  std::vector<std::string> roles(const Split& split) const;
};

/// Frames of a finished frames stage (its tree by actor).
VisualItems frames_of_stage(const fs::path& input, const ClipChoice& choice);

/// The subject that a picture's file name gives: the pattern's first group; "" when it does not
/// match with one.
std::string subject_of(const std::string& file_name, const std::regex& group_pattern);

/// Pictures of class-named folders: the folder below `root` is the class. `group_pattern`: regular
/// expression over the file name whose first group is the subject ("" = none). Throws Error for
/// pictures outside a class folder and names that do not match.
VisualItems pictures_of_folders(const fs::path& root, const std::string& group_pattern);

}  // namespace aver
