#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aver/base/files.h"

namespace aver {

enum class Role { train, validation, test };
std::string_view name_of(Role role);

/// One item of a split. `item` is a clip key; in the paper's visual split it is a frame
/// ("01-03-01-01-01-01_frame_0005") or, for image folders, a path relative to the folder.
struct SplitRow {
  int fold = 0;
  std::string item;
  Role role = Role::train;
};

/// The clip of an item: of a frame the part before "_frame_", else the item itself.
std::string clip_of_item(const std::string& item);

/// Which item plays which part, per fold. Folds count from 0.
struct Split {
  std::string protocol;  ///< "paper", "clip", "actor-5", "statement", "group-3"… ("" when unknown)
  std::uint64_t seed = 0;
  std::vector<SplitRow> rows;

  std::vector<int> folds() const;
  /// Items of one fold and role, in file order.
  std::vector<std::string> items(int fold, Role role) const;
};

/// An item with what protocols look at.
struct SplitItem {
  std::string item;
  std::string label;
  std::string group;       ///< actor or subject; "" when unknown
  std::string sound = {};  ///< equal for recordings with equal samples; "" when unknown
};

/// scikit-learn's sizes. Test = ceil(share·n). Unstratified: a seeded permutation. The paper scores
/// and validates on the same part: there is no validation part.
Split split_paper(const std::vector<SplitItem>& items, double test_share, bool stratified,
                  std::uint64_t seed);

/// Whole clips at random, test = ceil(test_share·n) stratified by label, then validation =
/// ceil(validation_share·rest) stratified. One fold.
Split split_clip(const std::vector<SplitItem>& items, double test_share, double validation_share,
                 std::uint64_t seed);

/// The published five folds of actors (Luna-Jiménez et al. 2022); validation = the next fold's
/// actors, cyclic. Folds without test clips are left out and named in `skipped`; the others keep
/// their numbers. Throws Error that names the actors no fold has, and when fewer than three folds
/// have clips: one each to train, validate and test.
Split split_actor5(const std::vector<SplitItem>& items, std::vector<int>* skipped = nullptr);

/// The same with the six published folds of EmoBox (Ma et al. 2024).
Split split_actor6(const std::vector<SplitItem>& items, std::vector<int>* skipped = nullptr);

/// Each actor is tested once; the next one who is there, cyclic, validates and the others train.
/// Of RAVDESS names fold k tests actor k + 1, whoever is missing, and `skipped` names the folds of
/// the 24 (or more) actors who are; other subjects are counted in sorted order. Throws Error when
/// there are fewer than three.
Split split_actor_loo(const std::vector<SplitItem>& items, std::vector<int>* skipped = nullptr);

/// Fold 0 tests the clips of statement 01 and trains on those of statement 02, fold 1 the other way
/// round; validation = ceil(validation_share·training clips), stratified by label, drawn anew in
/// each fold. Throws Error when an item's name has no statement or one of the two is missing.
Split split_statement(const std::vector<SplitItem>& items, double validation_share,
                      std::uint64_t seed);

/// Sorted groups dealt round into `folds` folds; validation = the next fold, cyclic. Throws Error
/// when there are fewer groups than folds or an item has no group.
Split split_group(const std::vector<SplitItem>& items, int folds);

/// Sizes per class of a stratified part, by largest remainder: `counts` scaled to sum to `size`.
std::vector<std::size_t> stratified_sizes(const std::vector<std::size_t>& counts, std::size_t size);

/// `fold,clip,role`, and beside it `<stem>.json` with protocol and seed.
void write_split(const fs::path& path, const Split& split);
Split read_split(const fs::path& path);

/// The same with every row as it stands: names keep their modality and extension, and may come
/// twice in a fold. For the audit, which is to find that.
Split read_split_as_written(const fs::path& path);

/// Clips whose recordings have equal samples, one list for each recording.
using EqualSounds = std::vector<std::vector<std::string>>;

/// Of these items, by their `sound`.
EqualSounds equal_sounds(const std::vector<SplitItem>& items);

/// The clips of a split as items whose `sound` is known where `equal` names them.
std::vector<SplitItem> known_sounds(const Split& split, const EqualSounds& equal);

/// What a model has seen of its test part, as counts over all folds and as one sentence. audit.h
/// has the whole audit, of which this is the short form.
struct LeakVerdict {
  std::size_t shared_groups = 0;  ///< actors both in training (or validation) and in test
  std::size_t shared_clips = 0;   ///< clips on both sides, whole or by their frames
  std::size_t shared_items = 0;   ///< the same item in two parts
  std::size_t shared_sounds = 0;  ///< recordings that are there under another name; 0 when unknown
  bool leaks() const { return shared_groups + shared_clips + shared_items + shared_sounds > 0; }
  /// "Training has seen 19 of 24 test actors, 0 of 288 test clips"
  std::string seen;
  /// "Leak check: LEAK. Training has seen 19 of 24 test actors, 0 of 288 test clips; expect …"
  std::string sentence;
};

/// Checks train (and validation) against test over the given folds (all when empty). The clip of a
/// frame item is the part before "_frame_"; the group of a RAVDESS clip is its actor. The groups of
/// `items` override it for other names.
LeakVerdict audit_split(const Split& split, const std::vector<SplitItem>& items = {},
                        const std::vector<int>& folds = {});

}  // namespace aver
