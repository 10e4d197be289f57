#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"
#include "corpus/clip_table.h"
#include "corpus/role.h"

namespace aver {

/// One item of a split. `item` is a clip key; in the paper's visual split it is a frame
/// ("01-03-01-01-01-01_frame_0005") or, for image folders, a path relative to the folder.
struct SplitRow {
  int fold = 0;
  std::string item;
  Role role = Role::train;
};

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
  std::map<std::string, std::string> attributes = {};  ///< further columns of its clip

  /// The item of a clip, with what is known of it.
  static SplitItem of(const Clip& clip) {
    return {clip.key, clip.label, clip.speaker, {}, clip.attributes};
  }
  Clip clip() const { return {item, label, group, attributes}; }
  /// The value of a column: "label", "speaker" or an attribute; "" when it has none.
  std::string value(const std::string& column) const;
};

/// scikit-learn's sizes. Test = ceil(share·n). Unstratified: a seeded permutation. The paper scores
/// and validates on the same part: there is no validation part.
Split split_paper(const std::vector<SplitItem>& items, double test_share, bool stratified,
                  std::uint64_t seed);

/// Whole clips at random, test = ceil(test_share·n) stratified by label, then validation =
/// ceil(validation_share·rest) stratified. One fold.
Split split_clip(const std::vector<SplitItem>& items, double test_share, double validation_share,
                 std::uint64_t seed);

/// Each value of a column is tested once, in sorted order. With three and more the next one,
/// cyclic, validates; with two, validation = ceil(validation_share·training clips), stratified by
/// label, drawn anew in each fold. Throws Error when an item has no value or there is only one.
Split split_leave_one(const std::vector<SplitItem>& items, const std::string& column,
                      double validation_share, std::uint64_t seed);

/// Sizes per class of a stratified part, by largest remainder: `counts` scaled to sum to `size`.
std::vector<std::size_t> stratified_sizes(const std::vector<std::size_t>& counts, std::size_t size);

/// Clips whose recordings have equal samples, one list for each recording.
using EqualSounds = std::vector<std::vector<std::string>>;

/// The equal recordings among these items, by their `sound`.
EqualSounds equal_sounds(const std::vector<SplitItem>& items);

/// The clips of a split as items whose `sound` is known where `equal` names them; `clips` knows who
/// speaks.
std::vector<SplitItem> known_sounds(const Split& split, const EqualSounds& equal,
                                    const ClipTable& clips);

/// What each item of a split is, by its name; of several folds the last one's word counts.
/// The parts that a data set brings: of each item those of its column "part" (train, test,
/// PrivateTest, validation…), one fold. Throws Error for an item that is in none.
Split split_given(const std::vector<SplitItem>& items);

std::map<std::string, Role> roles_by_item(const Split& split);

/// The role of an item in such a map; nothing for one that the split does not name.
std::optional<Role> role_of(const std::map<std::string, Role>& roles, const std::string& item);

/// The rows of one fold, to be saved with the run that used it.
Split fold_of(const Split& split, int fold);

/// The fold to use: the one asked for, or the only one. Throws UsageError that lists the folds.
int choose_fold(const Split& split, int asked, const fs::path& path);

}  // namespace aver
