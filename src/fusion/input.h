#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "corpus/corpus.h"
#include "eval/fusion.h"
#include "fusion/evaluate_fusion.h"
#include "protocol/leak_verdict.h"
#include "protocol/split.h"
#include "store/foreign_table.h"
#include "store/predictions.h"

namespace aver {

/// What a model has seen of a clip.
enum class Seen { unknown, trained, validated, held_out };

/// One model's predictions, and what is known of its training.
struct ModalityInput {
  std::string name;               ///< "audio", "visual"…
  fs::path table;                 ///< the CSV that was read
  bool is_run = false;            ///< given as a run folder
  Predictions predictions;        ///< one row per clip
  std::vector<Seen> seen;         ///< of each row
  std::optional<Split> split;     ///< of a run folder that has one
  EqualSounds equal_recordings;   ///< of a run whose clips have sound
  std::size_t other_channel = 0;  ///< rows the channel filter left out
  ClipTable clips;                ///< what is known of its clips
  std::string uses;               ///< what its answers know beyond their clips: an encoder, other
                                  ///< clips of the tested person
};

/// What the run folders among the sources know of their clips, over what the corpus does: clips of
/// tables from elsewhere are looked up there too.
ClipTable clips_of(const std::vector<ModalitySource>& sources, const Corpus& corpus);

/// The table of each source, in the form of ours. Those from elsewhere (not of a run) name their
/// classes as the first run does; `labels`, a label map or "", says what their spellings mean, and
/// with `logits` values that are no probabilities are that.
std::vector<ForeignTable> read_tables(const std::vector<ModalitySource>& sources,
                                      const fs::path& labels, bool logits, const Corpus& corpus,
                                      const ClipTable& clips);

/// Throws Error naming the classes that only some of the tables have a column for, before any row
/// of them is taken: without a column rows do not sum to 1 either.
void require_same_classes(const std::vector<ForeignTable>& tables);

/// What a source's table says, and what is known of its training. Of a clip that stands in several
/// folds, the row of the fold that tests it is taken. Throws Error when there is no such single
/// fold.
ModalityInput read_modality(const ModalitySource& source, const CsvTable& table,
                            ChannelFilter channel, const ClipTable& clips);

/// Which clips the channel filter left out, as a sentence; "" when none.
std::string other_channel_words(const ModalityInput& input);

/// What one model says of a clip.
struct ModalityAnswer {
  const Prediction* row = nullptr;  ///< null when the modality is missing
  Seen seen = Seen::unknown;
  bool missing() const { return row == nullptr; }
  /// Empty when it is missing.
  std::span<const double> probabilities() const;
};

/// A clip with what each model says of it.
struct FusionClip {
  std::string clip;
  std::string label;
  std::optional<Clip> facts = {};       ///< what is known of it
  std::vector<ModalityAnswer> answers;  ///< in the order of the modalities
  std::optional<int> fold;              ///< when the tables that say so agree
  bool folds_differ = false;            ///< they do not

  /// No modality is missing.
  bool complete() const;
  /// Any model that answers has seen this of it.
  bool any_seen(Seen seen) const;
  /// No model that answers has seen it, as far as the tables tell; false when they do not.
  bool held_out() const;
  /// For the fused table.
  std::optional<Role> role() const;
};

/// Sorted by clip. The inputs must outlive the result. Throws Error when a table has no clip in
/// common with any other (unless they may be `apart`, as those of models that are not fused),
/// labels contradict each other or a clip has none.
std::vector<FusionClip> join(const std::vector<ModalityInput>& inputs, bool apart = false);

/// What the audit says of leakage from the training of a modality's model into these clips, whose
/// answers at `modality` are of `input`.
LeakVerdict verdict(const ModalityInput& input, std::size_t modality,
                    const std::vector<FusionClip>& clips);

}  // namespace aver
