#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "corpus/clip_table.h"
#include "corpus/corpus.h"
#include "protocol/split.h"
#include "store/stage.h"

namespace aver {

/// One picture to learn from.
struct VisualItem {
  fs::path file;
  std::string name;   ///< "<clip key>_frame_0005", its key, or the path below the image folder
  std::string clip;   ///< key of its clip; equal to the name for image folders
  std::string label;  ///< class name
  std::string group;  ///< actor or subject; "" when unknown
  std::optional<Role> part = {};  ///< of a given split, as its folder says
  StageOutput recorded = {};      ///< by its stage
};

/// Pictures, sorted by name.
struct VisualItems {
  nlohmann::json settings;  ///< of the frames stage; null for image folders
  std::vector<VisualItem> items;
  ClipTable known = Corpus().clips();  ///< what is known of the clips
  std::vector<std::string> left_out;   ///< by --channel, --filter and --labels, a sentence each
  std::vector<std::string> remarks;    ///< on folders and labels, a sentence each
  std::vector<UnnamedFile> dead;       ///< links of folders, of classes maybe, that lead nowhere
  bool frames = false;                 ///< pictures are frames of clips

  /// The split that the folders give (train/, test/); nothing unless every picture lies in one of
  /// its parts and some train and some test. Without test pictures those of validation test.
  std::optional<Split> given_split() const;
  std::vector<SplitItem> split_items() const;
  std::vector<fs::path> files() const;
  std::vector<std::string> names() const;
  /// What a stage recorded of each.
  std::vector<StageOutput> recorded() const;
  /// Key of the clip of each picture.
  std::vector<std::string> clips() const;
  /// Role of each picture: its own row in the split, or else its clip's.
  Roles roles(const Split& split) const;
};

/// Frames of a finished frames stage (its tree by actor).
VisualItems frames_of_stage(const fs::path& input, const ClipChoice& choice);

/// Those of several such folders, whose frames must be of the same settings. Throws Error also when
/// two folders have a clip of one key.
VisualItems frames_of_stages(const std::vector<fs::path>& inputs, const ClipChoice& choice);

/// The frames of a stage folder that was made as `settings` say but for the conditions its clips
/// are under. Throws Error that names what else differs.
VisualItems degraded_frames(const fs::path& copies, const fs::path& input,
                            const nlohmann::json& settings, const ClipChoice& choice);

/// Pictures of class-named folders below `root`, as classes_by_folder() finds them.
/// `group_pattern`: regular expression over the file name whose first group is the subject ("" =
/// none). Throws Error for pictures outside a class folder and names that do not match.
VisualItems pictures_of_folders(const fs::path& root, const std::string& group_pattern);

/// Pictures below `root` that are named as a corpus names them, by the key of their clip. Throws
/// Error for a picture that is none of the corpus's.
VisualItems pictures_of_corpus(const fs::path& root, const std::string& corpus,
                               const ClipChoice& choice);

}  // namespace aver
