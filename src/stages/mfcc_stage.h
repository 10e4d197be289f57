#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/shard.h"
#include "corpus/corpus.h"
#include "features/mfcc_input.h"
#include "store/npy.h"
#include "store/stage.h"

namespace aver {

/// The MFCCs of one clip, or other features that take their place.
struct MfccClip {
  Clip clip;
  FloatArray array;  ///< [coefficients, frames]
};

/// Those of a stage folder, in memory.
struct MfccClips {
  nlohmann::json settings;            ///< of the stage, as far as they change the coefficients
  std::vector<std::string> all;       ///< chosen clips of the stage, sorted: of every shard
  std::vector<MfccClip> clips;        ///< sorted by clip
  std::vector<std::string> left_out;  ///< by --channel, --filter and --labels, a sentence each
  std::vector<std::string> remarks;   ///< on the labels of those that are taken, a sentence each
  std::vector<StageRemark> failed;    ///< clips that could not be read, which are not in `clips`
  std::vector<MirroredFeature> mirrored = {};  ///< of each feature; empty = nobody knows a mirror
  std::size_t longest() const;                 ///< frames
  std::vector<std::string> labels() const;
  ClipFeatures features() const;  ///< of all clips; points into this
};

/// Reads all clips that are chosen. A file that is broken, has another shape or holds NaN goes to
/// `failed`. `coefficients` 0 = those of the first clip that can be read. Throws Error when the
/// folder is no finished stage of MFCCs or other features, two clips share a key, or nothing is
/// left. A shard reads the clips that are dealt to it, of which there may be none.
MfccClips read_mfcc_stage(const fs::path& input, const ClipChoice& choice, std::size_t coefficients,
                          std::size_t workers, Progress& progress,
                          const std::optional<Shard>& shard = std::nullopt);

/// The clips of several such folders, whose features must be of the same settings. Throws Error
/// also when two folders have a clip of one key.
MfccClips read_mfcc_stages(const std::vector<fs::path>& inputs, const ClipChoice& choice,
                           std::size_t workers, Progress& progress);

/// The clips of `copies`, which were made as those of `input` but for what was done to their sound
/// before. Throws Error as read_mfcc_stage(), and when other settings differ.
MfccClips read_mfcc_copies(const fs::path& copies, const fs::path& input, const ClipChoice& choice,
                           std::size_t workers, Progress& progress);

/// MFCCs of a clip as a stage wrote them, [coefficients, frames]. Throws Error naming the file when
/// it has another number of dimensions or coefficients (0 = any), no frame, or a value that is not
/// finite.
FloatArray read_mfcc(const fs::path& path, std::size_t coefficients);

/// The name of the features that a stage folder holds; "" when it holds none.
std::string features_in_stage(const fs::path& input);

/// The stage settings that change what the coefficients are. Those of the same MFCCs are equal,
/// whichever program computed them.
nlohmann::json mfcc_settings(const nlohmann::json& stage_settings);

}  // namespace aver
