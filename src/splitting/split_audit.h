#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "protocol/audit.h"
#include "protocol/untrained.h"
#include "splitting/split_config.h"
#include "store/stage.h"

namespace aver {

/// How one kind of sharing between two parts is to be taken.
enum class Standing { none, note, announced, leak };
std::string_view name_of(Standing standing);

/// Two parts, what they share, and what that means.
struct AuditedPair {
  PartPair pair;
  std::string first, second;  ///< "train", "test"; "trained here", "tested there" with --against
  std::array<Standing, kSharings.size()> standing{};

  Standing of(Sharing kind) const { return standing[static_cast<std::size_t>(kind)]; }
};

/// Recordings with equal samples under several names.
struct EqualRecordings {
  std::vector<std::string> clips;       ///< as the split names them
  std::vector<std::string> recordings;  ///< file names without extension
  bool straddles = false;               ///< some fold has them in different parts
};

struct AuditReport {
  Split split;
  std::string against;                     ///< path of the other split or folder
  std::string against_protocol;            ///< "" for a folder and when unknown
  std::string said = "statements";         ///< what the clips' corpus calls what is said
  std::string people;                      ///< what the clips' corpus calls them, or "subjects"
  bool clips_known = true;                 ///< something is known of every clip
  std::vector<AuditedPair> pairs;          ///< of the split's own parts
  std::vector<AuditedPair> against_pairs;  ///< with --against
  std::vector<int> unmatched_folds;        ///< folds that only one of the two splits has

  bool has_input = false;     ///< folders were given
  bool has_versions = false;  ///< some clips are versions of others
  bool twins_known = false;   ///< some name or file says the modality
  bool sounds_known = false;  ///< there were recordings to compare
  bool pictures = false;      ///< those are single pictures
  std::size_t compared = 0;   ///< recordings
  std::vector<EqualRecordings> equal;
  std::vector<std::string> silent;      ///< recordings left out of the comparison
  std::vector<StageRemark> unreadable;  ///< recordings that could not be
  std::vector<std::string> twins;       ///< performances that are there twice, "01-… = 03-…"
  std::vector<std::string> missing;     ///< clips of the split that no folder has
  std::vector<std::string> unused;      ///< clips of the folders that are in no part
  std::string called;                   ///< the corpus of --corpus: "RAVDESS"
  std::size_t unnamed = 0;  ///< media files that are not named as their corpus names files
  std::vector<std::string> repeated;  ///< "A in fold 0": stands twice or more in one part of it
  std::vector<std::string> remarks;   ///< on labels that contradict names, a sentence each

  UntrainedClasses untrained_classes;  ///< by fold, where something is known of the clips
  std::string untrained;               ///< the sentence on them; "" = none
  LeakVerdict verdict;                 ///< of the test part, as under every table
  std::string sentence;                ///< the verdict, and what of it the protocol announces
  bool leaks() const;                  ///< something is shared that no protocol announces
};

/// `aver-split audit`: compares train, validation and test of each fold. With `inputs` also the
/// modalities of the files and, where a folder has sound or MFCCs, their samples. A leak is
/// anything two parts share, save statements, that the protocol does not announce (see
/// announces()).
///
/// `against` a split: fold k here with fold k there, or with its only fold, what either trains or
/// validates on with what the other tests. Both protocols must announce what is shared. `against` a
/// folder: everything in it counts as tested, and nothing is announced but statements. That the
/// training parts of two splits overlap is noted and no leak.
///
/// Throws Error when a file cannot be read, the folders have no clip of the split, or two splits
/// have no fold in common.
AuditReport run_audit(const SplitConfig& config, Progress& progress);

}  // namespace aver
