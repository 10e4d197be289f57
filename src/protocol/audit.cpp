#include "protocol/audit.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.h"
#include "corpus/frame_name.h"
#include "corpus/known_corpora.h"
#include "corpus/version_name.h"
#include "protocol/paper_augmented.h"
#include "protocol/protocols.h"

namespace aver {
namespace {

std::vector<std::string> common(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> names;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(names));
  return names;
}

/// The columns that corpora have for what is said.
constexpr std::array kSaidColumns = {"statement", "sentence", "text", "word"};

bool is_said(std::string_view column) {
  return std::ranges::find(kSaidColumns, column) != kSaidColumns.end();
}

/// The column that says what is said in a clip; nothing when its corpus has none.
std::optional<std::string> said_column(const Clip& clip) {
  for (const char* column : kSaidColumns) {
    if (!clip.value(column).empty()) return column;
  }
  return std::nullopt;
}

/// What people are called of whom a corpus says nothing.
constexpr const char* kUnknownPeople = "subjects";
/// What that is called of which nothing is known.
constexpr const char* kUnknownSaid = "statements";

template <typename Inner>
void merge(std::map<std::string, Inner>& into, const std::map<std::string, Inner>& from) {
  for (const auto& [key, values] : from) into[key].insert(values.begin(), values.end());
}

std::string twin_name(const std::map<std::string, std::string>& recordings) {
  std::set<std::string> names;
  for (const auto& [modality, name] : recordings) names.insert(name);
  return fmt::format("{}", fmt::join(names, " = "));
}

/// "a = b" of the clips with equal samples; nothing when they are one clip, which `clips` counts.
std::optional<std::string> equal_name(const std::set<std::string>& first,
                                      const std::set<std::string>& second) {
  std::set<std::string> clips = first;
  clips.insert(second.begin(), second.end());
  if (clips.size() == 1) return std::nullopt;
  return fmt::format("{}", fmt::join(clips, " = "));
}

std::size_t position(Sharing kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

std::string_view name_of(Sharing kind) {
  static constexpr std::array<std::string_view, kSharings.size()> kNames = {
      "actors", "clips", "frames", "twins", "statements", "sounds", "versions"};
  return kNames[position(kind)];
}

bool announces(const std::string& protocol, std::size_t folds, Sharing kind, Role first,
               Role second) {
  if (protocol == kPaperAugmented) return true;
  if (protocol == "paper") return kind != Sharing::versions;
  const Protocol* row = protocol_named(protocol);
  const std::string column = row == nullptr ? "" : row->column(protocol);
  const bool tested = first == Role::test || second == Role::test;
  if (kind == Sharing::statements) return !is_said(column) || !tested;
  if (kind != Sharing::actors || row == nullptr) return false;
  // Of two speakers one is left to learn from, and validation is drawn from the same.
  const bool one_left = column == "speaker" && folds == 2 && protocol.starts_with("leave-one:");
  return row->shares_speakers(protocol) || (one_left && !tested);
}

std::string word_for_people(const std::set<std::string>& people) {
  return people.size() == 1 ? *people.begin() : kUnknownPeople;
}

std::string word_for_said(const std::set<std::string>& columns) {
  return columns.size() == 1 ? *columns.begin() + "s" : kUnknownSaid;
}

void AuditPart::add(const std::string& item, const AuditFacts& facts) {
  if (!items_.insert(item).second) return;
  const std::string recording = clip_of_item(item);
  const std::string clip = facts.clips.key(recording);
  const auto known_clip = facts.clips.find(clip);
  clips_.insert(clip);
  if (recording.size() != item.size()) frames_[clip].insert(item);
  unknown_ += known_clip ? 0 : 1;
  people_.insert(known_clip ? people_of(*known_clip) : kUnknownPeople);
  const std::string original = known_clip ? original_of(*known_clip) : clip;
  versions_[original].insert(clip);
  has_versions_ = has_versions_ || original != clip;

  const auto group = facts.groups.find(item);
  if (group != facts.groups.end()) {
    if (!group->second.empty()) groups_.insert(group->second);
  } else if (known_clip) {
    if (!known_clip->speaker.empty()) groups_.insert(facts.clips.speaker(*known_clip));
  }
  if (const auto column = known_clip ? said_column(*known_clip) : std::nullopt) {
    statements_.insert(known_clip->value(*column));
    said_columns_.insert(*column);
  }
  if (const auto file = facts.clips.recording(recording)) {
    recordings_[clip].emplace(file->modality, file->name);
  } else if (const auto known = facts.recordings.find(clip); known != facts.recordings.end()) {
    recordings_[clip].insert(known->second.begin(), known->second.end());
  }
  if (const auto known = facts.sounds.find(clip); known != facts.sounds.end()) {
    for (const auto& sound : known->second) sounds_[sound].insert(clip);
  }
}

void AuditPart::add(const AuditPart& other) {
  items_.insert(other.items_.begin(), other.items_.end());
  clips_.insert(other.clips_.begin(), other.clips_.end());
  groups_.insert(other.groups_.begin(), other.groups_.end());
  statements_.insert(other.statements_.begin(), other.statements_.end());
  merge(frames_, other.frames_);
  merge(recordings_, other.recordings_);
  merge(sounds_, other.sounds_);
  merge(versions_, other.versions_);
  has_versions_ = has_versions_ || other.has_versions_;
  people_.insert(other.people_.begin(), other.people_.end());
  said_columns_.insert(other.said_columns_.begin(), other.said_columns_.end());
  unknown_ += other.unknown_;
}

std::size_t AuditPart::count(Sharing kind) const {
  switch (kind) {
    case Sharing::actors:
      return groups_.size();
    case Sharing::clips:
    case Sharing::versions:
      return clips_.size();
    case Sharing::frames:
      return std::accumulate(
          frames_.begin(), frames_.end(), std::size_t{0},
          [](std::size_t sum, const auto& clip) { return sum + clip.second.size(); });
    case Sharing::statements:
      return statements_.size();
    default:
      return 0;
  }
}

SharedNames AuditPart::shared(const AuditPart& first, const AuditPart& second) {
  SharedNames names;
  const auto of = [&](Sharing kind) -> std::vector<std::string>& { return names[position(kind)]; };
  of(Sharing::actors) = common(first.groups_, second.groups_);
  of(Sharing::clips) = common(first.clips_, second.clips_);
  of(Sharing::statements) = common(first.statements_, second.statements_);
  for (const auto& [clip, frames] : second.frames_) {
    if (!first.frames_.contains(clip)) continue;
    of(Sharing::frames).insert(of(Sharing::frames).end(), frames.begin(), frames.end());
  }
  for (const auto& [clip, recordings] : second.recordings_) {
    const auto other = first.recordings_.find(clip);
    if (other == first.recordings_.end()) continue;
    auto both = recordings;
    both.insert(other->second.begin(), other->second.end());
    if (both.size() > 1) of(Sharing::twins).push_back(twin_name(both));
  }
  for (const auto& [samples, clips] : second.sounds_) {
    const auto other = first.sounds_.find(samples);
    if (other == first.sounds_.end()) continue;
    if (const auto name = equal_name(other->second, clips)) of(Sharing::sounds).push_back(*name);
  }
  std::sort(of(Sharing::sounds).begin(), of(Sharing::sounds).end());
  for (const auto& [original, versions] : second.versions_) {
    const auto others = first.versions_.find(original);
    if (others == first.versions_.end()) continue;
    for (const std::string& version : versions) {
      // The very same clip on both sides is what `clips` counts.
      if (others->second.size() > others->second.count(version)) {
        of(Sharing::versions).push_back(version);
      }
    }
  }
  return names;
}

std::size_t AuditPart::same_items(const AuditPart& first, const AuditPart& second) {
  return common(first.items_, second.items_).size();
}

std::map<int, AuditFold> audit_folds(const Split& split, const AuditFacts& facts,
                                     const std::vector<int>& folds) {
  std::map<int, AuditFold> result;
  for (const auto& row : split.rows) {
    if (!folds.empty() && std::find(folds.begin(), folds.end(), row.fold) == folds.end()) continue;
    result[row.fold][row.role].add(row.item, facts);
  }
  return result;
}

PartPair compare(int fold, Role first, const AuditPart& first_part, Role second,
                 const AuditPart& second_part) {
  PartPair pair;
  pair.fold = fold;
  pair.first = first;
  pair.second = second;
  pair.names = AuditPart::shared(first_part, second_part);
  for (const Sharing kind : kSharings) pair.of[position(kind)] = second_part.count(kind);
  return pair;
}

std::vector<PartPair> audit_pairs(const std::map<int, AuditFold>& folds) {
  static constexpr std::array<std::pair<Role, Role>, 3> kPairs = {
      {{Role::train, Role::validation}, {Role::train, Role::test}, {Role::validation, Role::test}}};
  std::vector<PartPair> pairs;
  for (const auto& [number, parts] : folds) {
    for (const auto& [first, second] : kPairs) {
      if (!parts.contains(first) || !parts.contains(second)) continue;
      pairs.push_back(compare(number, first, parts.at(first), second, parts.at(second)));
    }
  }
  return pairs;
}

LeakVerdict leak_verdict(const std::map<int, AuditFold>& folds) {
  LeakVerdict verdict;
  verdict.validated = false;
  std::set<std::string> people;
  for (const auto& [number, parts] : folds) {
    const auto part = [&, &roles = parts](Role role) {
      const auto found = roles.find(role);
      return found == roles.end() ? AuditPart() : found->second;
    };
    // What validation saw chose the weights, so it counts as seen.
    AuditPart training = part(Role::train);
    training.add(part(Role::validation));
    const AuditPart test = part(Role::test);
    const SharedNames names = AuditPart::shared(training, test);
    const auto count = [](const SharedNames& shared, Sharing kind) {
      return shared[position(kind)].size();
    };
    verdict.shared_groups += count(names, Sharing::actors);
    verdict.shared_clips += count(names, Sharing::clips);
    verdict.shared_sounds += count(names, Sharing::sounds);
    verdict.shared_versions += count(names, Sharing::versions);
    verdict.shared_items += AuditPart::same_items(training, test);
    verdict.test_groups += test.count(Sharing::actors);
    verdict.test_clips += test.count(Sharing::clips);
    verdict.frames = verdict.frames || training.has_frames() || test.has_frames();
    for (const auto& seen : {std::cref(training), std::cref(test)}) {
      people.insert(seen.get().people().begin(), seen.get().people().end());
      verdict.clips_known = verdict.clips_known && seen.get().clips_known();
    }
    if (!parts.contains(Role::validation)) continue;
    const SharedNames with_validation =
        AuditPart::shared(part(Role::train), parts.at(Role::validation));
    verdict.validated = true;
    verdict.validation_groups += count(with_validation, Sharing::actors);
    verdict.validation_clips += count(with_validation, Sharing::clips);
    verdict.validation_sounds += count(with_validation, Sharing::sounds);
    verdict.validation_versions += count(with_validation, Sharing::versions);
  }
  verdict.people = word_for_people(people);
  if (verdict.test_clips == 0) verdict.unchecked = "no clip of the test part is here";
  return verdict;
}

LeakVerdict audit_split(const Split& split, const ClipTable& clips,
                        const std::vector<SplitItem>& items, const std::vector<int>& folds) {
  AuditFacts facts;
  facts.clips = clips;
  for (const auto& item : items) {
    auto& group = facts.groups[item.item];
    if (group.empty()) group = item.group;
    if (!item.sound.empty()) facts.sounds[clips.key(clip_of_item(item.item))].insert(item.sound);
  }
  return leak_verdict(audit_folds(split, facts, folds));
}

}  // namespace aver
