#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fusion/evaluate_fusion.h"
#include "protocol/leak_verdict.h"
#include "protocol/split.h"
#include "store/predictions.h"

namespace aver {

/// What a model has seen of a clip.
enum class Seen { unknown, trained, validated, held_out };

/// One model's predictions, and what is known of its training.
struct ModalityInput {
  std::string name;               ///< "audio" or "visual"
  fs::path table;                 ///< the CSV that was read
  bool is_run = false;            ///< given as a run folder
  Predictions predictions;        ///< one row per clip
  std::vector<Seen> seen;         ///< of each row
  std::optional<Split> split;     ///< of a run folder that has one
  EqualSounds equal_recordings;   ///< of a run of the sound
  std::size_t other_channel = 0;  ///< rows the channel filter left out
};

/// Reads both tables. Of a clip that stands in several folds, the row of the fold that tests it is
/// taken. Throws Error when there is no such single fold.
ModalityInput read_modality(const std::string& name, const fs::path& run,
                            const fs::path& posteriors, ChannelFilter channel);

/// Its probabilities; empty when there is no such row.
std::span<const double> distribution(const Prediction* row);

/// A clip with what each model says of it.
struct FusionClip {
  std::string clip;
  std::string label;
  const Prediction* audio = nullptr;   ///< null when missing
  const Prediction* visual = nullptr;  ///< null when missing
  Seen audio_seen = Seen::unknown;
  Seen visual_seen = Seen::unknown;
  std::optional<int> fold;    ///< when the tables that say so agree
  bool folds_differ = false;  ///< they do not

  /// No model that answers has seen it, as far as the tables tell; false when they do not.
  bool held_out() const;
  /// "train", "validation", "test" or "" for the fused table.
  std::string role() const;
};

/// The table of a modality that is given as a run folder or as posteriors.
fs::path table_of(const fs::path& run, const fs::path& posteriors);

/// Throws Error naming the classes that only one of two tables has a column for, before any row of
/// them is read: without a column rows do not sum to 1 either.
void require_same_classes(const fs::path& audio, const fs::path& visual);

/// Sorted by clip. The inputs must outlive the result. Throws Error when no clip is
/// in both tables, labels contradict each other or a clip has none.
std::vector<FusionClip> join(const ModalityInput& audio, const ModalityInput& visual);

/// What the audit says of leakage from a model's training into scored clips.
LeakVerdict verdict(const ModalityInput& input, const std::vector<FusionClip>& clips);

}  // namespace aver
