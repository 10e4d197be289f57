#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/clip_table.h"
#include "corpus/corpus.h"
#include "protocol/leak_verdict.h"
#include "protocol/split.h"

namespace aver {

/// What two parts of a split can have in common.
enum class Sharing {
  actors,      ///< actors or subjects
  clips,       ///< performances (keys without the modality), whole or by their frames
  frames,      ///< frames of the second part whose clip has frames in the first
  twins,       ///< the audio-video and the audio-only recording of one performance
  statements,  ///< the sentence that is said
  sounds,      ///< recordings with equal samples under two names
  versions,    ///< clips of the second part of which the first has another version, or the original
};
inline constexpr std::array kSharings = {Sharing::actors,  Sharing::clips,      Sharing::frames,
                                         Sharing::twins,   Sharing::statements, Sharing::sounds,
                                         Sharing::versions};
/// "actors", "clips", "frames", "twins", "statements", "sounds", "versions": the keys of the JSON.
std::string_view name_of(Sharing kind);

/// One list per kind, in the order of kSharings.
using SharedNames = std::array<std::vector<std::string>, kSharings.size()>;

/// True when a split of so many folds made by this protocol is meant to share this between these
/// two parts, and says so: `paper-augmented` shares everything, `paper` all but versions, `clip`
/// and `statement` share actors, all share what is said, save that `statement` keeps the test
/// part's sentence out of the other two. Of two speakers `leave-one:speaker` trains and validates
/// on one. An unknown protocol ("") announces statements alone.
bool announces(const std::string& protocol, std::size_t folds, Sharing kind, Role first,
               Role second);

/// What is known of the recordings behind a split beyond the names in it; all of it may be missing.
struct AuditFacts {
  /// Actor or subject by item; other items have the speaker of their clip.
  std::map<std::string, std::string> groups;
  ClipTable clips = Corpus().clips();  ///< what is known of the clips
  /// Recordings of a clip, by key: modality -> name; used for items whose name does not say it.
  std::map<std::string, std::map<std::string, std::string>> recordings;
  /// What identifies the samples of a clip's recordings, by key: equal samples, equal text.
  std::map<std::string, std::set<std::string>> sounds;
};

/// The one word that all corpora have for people, such as "actors"; else "subjects".
std::string word_for_people(const std::set<std::string>& people);
/// The one word for what is said, of the column it stands in: "sentences"; else "statements".
std::string word_for_said(const std::set<std::string>& columns);

/// One part of one fold, ready for comparison.
class AuditPart {
 public:
  void add(const std::string& item, const AuditFacts& facts);
  void add(const AuditPart& other);

  std::size_t items() const { return items_.size(); }
  bool has_frames() const { return !frames_.empty(); }
  /// Some of its clips are versions of others.
  bool has_versions() const { return has_versions_; }
  bool has_modalities() const { return !recordings_.empty(); }
  /// What the corpora of its clips call people.
  const std::set<std::string>& people() const { return people_; }
  /// The columns that say what is said in its clips: "statement", "sentence", …
  const std::set<std::string>& said_columns() const { return said_columns_; }
  /// All items are clips (or frames of clips) of which something is known.
  bool clips_known() const { return unknown_ == 0; }
  std::size_t count(Sharing kind) const;

  /// Names of what `second` shares with `first`, sorted. Twins and equal recordings read "a = b".
  static SharedNames shared(const AuditPart& first, const AuditPart& second);
  /// Items with the same name in both.
  static std::size_t same_items(const AuditPart& first, const AuditPart& second);

 private:
  std::set<std::string> items_, clips_, groups_, statements_;
  std::map<std::string, std::set<std::string>> frames_;                   // clip -> its frames here
  std::map<std::string, std::map<std::string, std::string>> recordings_;  // clip -> those here
  std::map<std::string, std::set<std::string>> sounds_;                   // samples -> clips
  std::map<std::string, std::set<std::string>> versions_;  // original -> its versions here
  bool has_versions_ = false;
  std::set<std::string> people_;  // words for them
  std::set<std::string> said_columns_;
  std::size_t unknown_ = 0;  // clips
};

/// The parts of one fold by role.
using AuditFold = std::map<Role, AuditPart>;
/// The folds of a split (all when `folds` is empty) by number.
std::map<int, AuditFold> audit_folds(const Split& split, const AuditFacts& facts = {},
                                     const std::vector<int>& folds = {});

/// Two parts and what they share. `first` is the one a model learns from or is chosen on.
struct PartPair {
  int fold = 0;
  Role first = Role::train;
  Role second = Role::test;
  SharedNames names;
  std::array<std::size_t, kSharings.size()> of{};  ///< how many of a kind the second part has

  const std::vector<std::string>& shared(Sharing kind) const {
    return names[static_cast<std::size_t>(kind)];
  }
};

PartPair compare(int fold, Role first, const AuditPart& first_part, Role second,
                 const AuditPart& second_part);

/// train–validation, train–test and validation–test of each fold, as far as the parts are there.
std::vector<PartPair> audit_pairs(const std::map<int, AuditFold>& folds);

/// The short form, for a figure of the test part.
LeakVerdict leak_verdict(const std::map<int, AuditFold>& folds);

/// Checks train (and validation) against test over the given folds (all when empty). The clip of a
/// frame item is the part before "_frame_"; `clips` knows who speaks in it. The groups of `items`
/// override that.
LeakVerdict audit_split(const Split& split, const ClipTable& clips,
                        const std::vector<SplitItem>& items = {},
                        const std::vector<int>& folds = {});

}  // namespace aver
