#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/progress.h"
#include "corpus/corpus.h"
#include "corpus/group_pattern.h"
#include "splitting/split_config.h"
#include "store/stage.h"

namespace aver {

/// One file of a folder that splits deal with, or one clip of a stage folder. With a pattern its
/// name and its clip's key are its path relative to the folder, its label is the folder it lies in,
/// its speaker what the pattern finds, and its modality is unknown ("").
struct ListedRecording {
  Recording recording;
  /// Path of what it can be told by: sound or MFCCs by their samples, a single picture by its
  /// pixels; "" = none.
  std::string sound;
};

struct RecordingFolder {
  std::vector<ListedRecording> recordings;  ///< sorted by name
  std::size_t unnamed = 0;  ///< media files that are not named as their corpus names files
  bool pictures = false;    ///< single pictures, for the folder holds nothing that lasts
  std::string stage;        ///< "frames", "audio", "mfcc"; "" for a dataset folder
  std::vector<std::string> left_out = {};  ///< by --filter and --labels, a sentence each
  std::vector<std::string> remarks = {};   ///< on labels that contradict names, a sentence each
};

/// The chosen recordings of a stage folder, of a dataset folder (whose names `corpus` reads), or
/// with a pattern (whose first group is the subject) all files below any folder. Throws Error when
/// none is chosen or a file does not match the pattern.
RecordingFolder list_recordings(const fs::path& folder, const SplitConfig& config);

/// The subject in a file's name or relative path. Throws Error when the pattern does not match.
std::string group_in(const std::string& path, const GroupPattern& group_pattern);

/// What tells whether recordings are the same sound.
struct SoundIdentities {
  /// clip -> one text per recording with samples: their number and a hash of them.
  std::map<std::string, std::set<std::string>> of_clip;
  /// that text -> names of the recordings
  std::map<std::string, std::set<std::string>> recordings;
  std::size_t compared = 0;
  std::vector<std::string> silent;  ///< names: no sample, or all samples equal
  std::vector<StageRemark> failed;  ///< could not be read
};

/// Decodes single pictures, and every recording that has sound as stage 2 would at its own rate
/// (mean of the channels, 16 bits), reads the MFCCs of an mfcc stage, and adds what they are to
/// `known`. Samples equal samples and MFCCs equal MFCCs, never one the other. What goes beyond the
/// limits counts as unreadable.
void identify_sounds(const std::vector<ListedRecording>& recordings, const MediaLimits& limits,
                     std::size_t workers, Progress& progress, SoundIdentities& known);

}  // namespace aver
