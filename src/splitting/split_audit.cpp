#include "splitting/split_audit.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "corpus/frame_name.h"
#include "protocol/split_file.h"
#include "splitting/make_split.h"
#include "splitting/recordings.h"

namespace aver {
namespace {

/// What the folders know of the clips.
struct Known {
  std::vector<ListedRecording> recordings;
  SoundIdentities sounds;
  std::size_t unnamed = 0;
  std::vector<std::string> remarks;
  bool pictures = false;                      ///< there are no other recordings
  ClipTable clips;                            ///< those of the recordings, over what names say
  std::map<std::string, std::string> labels;  ///< of files by path, with a pattern
};

Known read_folders(const std::vector<std::string>& folders, const SplitConfig& config,
                   Progress& progress) {
  Known known;
  known.clips = Corpus(config.corpus).clips();
  for (const auto& folder : folders) {
    RecordingFolder found = list_recordings(folder, config);
    known.unnamed += found.unnamed;
    std::ranges::move(found.remarks, std::back_inserter(known.remarks));
    known.pictures = found.pictures && (known.pictures || known.recordings.empty());
    identify_sounds(found.recordings, config.limits, config.workers, progress, known.sounds);
    for (const ListedRecording& listed : found.recordings) {
      // With a pattern the name of a file is all there is.
      if (config.group_pattern.empty()) {
        known.clips.add(listed.recording);
      } else {
        known.labels[listed.recording.clip.key] = listed.recording.clip.label;
      }
    }
    std::move(found.recordings.begin(), found.recordings.end(),
              std::back_inserter(known.recordings));
  }
  return known;
}

/// The class of an item of the split; "" when nothing is known of it.
std::string label_of(const Known& known, const std::string& item) {
  if (const auto clip = known.clips.find(clip_of_item(item))) return clip->label;
  const auto file = known.labels.find(item);
  return file == known.labels.end() ? std::string() : file->second;
}

AuditFacts facts_of(const Known& known, const Split& split, const std::string& group_pattern) {
  AuditFacts facts;
  facts.clips = known.clips;
  for (const auto& recording : known.recordings) {
    const Recording& file = recording.recording;
    if (!file.modality.empty()) facts.recordings[file.clip.key].emplace(file.modality, file.name);
  }
  facts.sounds = known.sounds.of_clip;
  if (group_pattern.empty()) return facts;
  const GroupPattern pattern(group_pattern);
  for (const auto& row : split.rows) {
    if (!facts.groups.contains(row.item)) {
      facts.groups[row.item] = group_in(row.item, pattern);
    }
  }
  return facts;
}

/// A folder as a split whose only part is a test part.
Split tested_whole(const Known& known) {
  Split split;
  for (const auto& recording : known.recordings) {
    split.rows.push_back({0, recording.recording.name, Role::test});
  }
  return split;
}

template <typename Judge>
AuditedPair judged(PartPair pair, std::string first, std::string second, Judge judge) {
  AuditedPair result{std::move(pair), std::move(first), std::move(second), {}};
  for (std::size_t i = 0; i < kSharings.size(); ++i) {
    if (!result.pair.names[i].empty()) result.standing[i] = judge(kSharings[i]);
  }
  return result;
}

std::vector<AuditedPair> own_pairs(const Split& split, const std::map<int, AuditFold>& folds) {
  std::vector<AuditedPair> pairs;
  const std::size_t count = split.folds().size();
  for (auto& pair : audit_pairs(folds)) {
    const Role first = pair.first, second = pair.second;
    pairs.push_back(judged(std::move(pair), std::string(name_of(first)),
                           std::string(name_of(second)), [&](Sharing kind) {
                             return announces(split.protocol, count, kind, first, second)
                                        ? Standing::announced
                                        : Standing::leak;
                           }));
  }
  return pairs;
}

/// What a model of this fold has seen, by training or by being chosen on it.
AuditPart seen_in(const AuditFold& fold) {
  AuditPart seen;
  for (const auto& [role, part] : fold) {
    if (role != Role::test) seen.add(part);
  }
  return seen;
}

AuditPart tested_in(const AuditFold& fold) {
  const auto test = fold.find(Role::test);
  return test == fold.end() ? AuditPart() : test->second;
}

/// Folds of the two splits to be compared: those of one number, or all with the only one of either.
std::vector<std::pair<int, int>> match_folds(const std::map<int, AuditFold>& here,
                                             const std::map<int, AuditFold>& there,
                                             std::vector<int>& unmatched) {
  const bool single = here.size() == 1 || there.size() == 1;
  std::vector<std::pair<int, int>> matched;
  for (const auto& [ours, our_parts] : here) {
    for (const auto& [theirs, their_parts] : there) {
      if (single || ours == theirs) matched.push_back({ours, theirs});
    }
    if (!single && !there.contains(ours)) unmatched.push_back(ours);
  }
  for (const auto& [theirs, parts] : there) {
    if (!single && !here.contains(theirs)) unmatched.push_back(theirs);
  }
  return matched;
}

void add_against(AuditReport& report, const std::map<int, AuditFold>& here,
                 const std::map<int, AuditFold>& there) {
  const auto both_announce = [&](Sharing kind) {
    const bool announced =
        announces(report.split.protocol, here.size(), kind, Role::train, Role::test) &&
        announces(report.against_protocol, there.size(), kind, Role::train, Role::test);
    return announced ? Standing::announced : Standing::leak;
  };
  const auto noted = [](Sharing) { return Standing::note; };
  for (const auto& [ours, theirs] : match_folds(here, there, report.unmatched_folds)) {
    const AuditPart seen_here = seen_in(here.at(ours)), tested_here = tested_in(here.at(ours));
    const AuditPart seen_there = seen_in(there.at(theirs)),
                    tested_there = tested_in(there.at(theirs));
    const int fold = there.size() == 1 ? ours : theirs;
    const auto add = [&](const AuditPart& first, Role second_role, const AuditPart& second,
                         const char* first_name, const char* second_name, const auto& judge) {
      if (first.items() == 0 || second.items() == 0) return;
      report.against_pairs.push_back(judged(compare(fold, Role::train, first, second_role, second),
                                            first_name, second_name, judge));
    };
    add(seen_here, Role::test, tested_there, "trained here", "tested there", both_announce);
    add(seen_there, Role::test, tested_here, "trained there", "tested here", both_announce);
    add(seen_here, Role::train, seen_there, "trained here", "trained there", noted);
  }
}

/// What the folders lack of the split, and the split of the folders.
void compare_names(AuditReport& report, const Known& known, const SplitConfig& config) {
  std::set<std::string> in_split, in_folders;
  for (const auto& row : report.split.rows) {
    in_split.insert(known.clips.key(clip_of_item(row.item)));
  }
  for (const auto& recording : known.recordings) in_folders.insert(recording.recording.clip.key);
  std::set_difference(in_split.begin(), in_split.end(), in_folders.begin(), in_folders.end(),
                      std::back_inserter(report.missing));
  std::set_difference(in_folders.begin(), in_folders.end(), in_split.begin(), in_split.end(),
                      std::back_inserter(report.unused));
  if (report.missing.size() == in_split.size()) {
    throw Error("no clip of {} is in --input, which has {} others such as {}: see --channel",
                config.split.string(), in_folders.size(), *in_folders.begin());
  }
}

/// Items that stand twice in one part of a fold, which programs refuse that read the split; in two
/// parts they are shared.
std::vector<std::string> repeated_in(const Split& split, const ClipTable& clips) {
  std::set<std::tuple<int, Role, std::string>> seen;
  std::set<std::pair<int, std::string>> repeated;
  for (const SplitRow& row : split.rows) {
    const std::string item = clips.key(row.item);
    if (!seen.emplace(row.fold, row.role, item).second) repeated.emplace(row.fold, item);
  }
  std::vector<std::string> names;
  for (const auto& [fold, item] : repeated) {
    names.push_back(fmt::format("{} in fold {}", item, fold));
  }
  return names;
}

std::vector<std::string> twins_of(const Known& known) {
  std::map<std::string, std::set<std::string>> stems;
  for (const auto& recording : known.recordings) {
    const Recording& file = recording.recording;
    if (!file.modality.empty()) stems[file.clip.key].insert(file.name);
  }
  std::vector<std::string> twins;
  for (const auto& [clip, names] : stems) {
    if (names.size() > 1) twins.push_back(fmt::format("{}", fmt::join(names, " = ")));
  }
  return twins;
}

std::vector<EqualRecordings> equal_recordings(const Known& known, const Split& split) {
  std::map<std::string, std::set<std::string>> clips;  // samples -> clips
  for (const auto& [clip, sounds] : known.sounds.of_clip) {
    for (const auto& sound : sounds) clips[sound].insert(clip);
  }
  std::erase_if(clips, [](const auto& entry) { return entry.second.size() < 2; });
  std::set<std::string> wanted;
  for (const auto& [sound, names] : clips) wanted.insert(names.begin(), names.end());

  std::map<std::string, std::map<int, std::set<Role>>> roles;  // of the clips among them
  for (const auto& row : split.rows) {
    const std::string clip = known.clips.key(clip_of_item(row.item));
    if (wanted.contains(clip)) roles[clip][row.fold].insert(row.role);
  }
  std::vector<EqualRecordings> equal;
  for (const auto& [sound, names] : clips) {
    const auto& recordings = known.sounds.recordings.at(sound);
    EqualRecordings found{
        {names.begin(), names.end()}, {recordings.begin(), recordings.end()}, false};
    std::map<int, std::set<Role>> together;
    for (const auto& clip : names) {
      for (const auto& [fold, parts] : roles[clip]) {
        together[fold].insert(parts.begin(), parts.end());
        found.straddles = found.straddles || together[fold].size() > 1;
      }
    }
    equal.push_back(std::move(found));
  }
  std::sort(equal.begin(), equal.end(),
            [](const auto& a, const auto& b) { return a.clips < b.clips; });
  return equal;
}

/// "clips (train–test), actors (train–test, validation–test)" of what stands so.
std::string listed(const AuditReport& report, const std::vector<AuditedPair>& list,
                   Standing standing) {
  std::vector<std::string> kinds;
  for (const Sharing kind : kSharings) {
    std::set<std::string> pairs;
    for (const auto& pair : list) {
      if (pair.of(kind) == standing) pairs.insert(pair.first + "–" + pair.second);
    }
    if (kind == Sharing::statements && standing == Standing::announced) continue;
    if (pairs.empty()) continue;
    const std::string name = kind == Sharing::sounds
                                 ? report.pictures ? "equal pictures" : "equal recordings"
                             : kind == Sharing::frames     ? "sibling frames"
                             : kind == Sharing::versions   ? "versions of one clip"
                             : kind == Sharing::actors     ? report.people
                             : kind == Sharing::statements ? report.said
                                                           : std::string(name_of(kind));
    kinds.push_back(fmt::format("{} ({})", name, fmt::join(pairs, ", ")));
  }
  return fmt::format("{}", fmt::join(kinds, "; "));
}

std::string own_sentence(const AuditReport& report) {
  const std::string& protocol = report.split.protocol;
  const std::string by =
      protocol.empty() ? "(its split.json names no protocol)" : "by the protocol " + protocol;
  if (const auto leaks = listed(report, report.pairs, Standing::leak); !leaks.empty()) {
    // The verdict is about the test part alone, and may have found nothing there.
    const std::string found = report.verdict.leaks()
                                  ? report.verdict.sentence()
                                  : fmt::format("Leak check: LEAK. {}.", report.verdict.seen());
    return fmt::format("{} Not announced {}: {}.", found, by, leaks);
  }
  if (const auto announced = listed(report, report.pairs, Standing::announced);
      !announced.empty()) {
    return fmt::format("{} The protocol {} announces this: {}.", report.verdict.sentence(),
                       protocol, announced);
  }
  return report.verdict.sentence();
}

std::string against_sentence(const AuditReport& report) {
  if (report.against_pairs.empty()) return "";
  const std::string name = fs::path(report.against).filename().string();
  if (const auto leaks = listed(report, report.against_pairs, Standing::leak); !leaks.empty()) {
    return fmt::format(" Against {}: LEAK, not announced: {}.", name, leaks);
  }
  const auto announced = listed(report, report.against_pairs, Standing::announced);
  return announced.empty() ? fmt::format(" Against {}: none found.", name)
                           : fmt::format(" Against {}: announced: {}.", name, announced);
}

/// What a verdict cannot speak of.
std::string not_compared_sentence(const AuditReport& report) {
  if (report.silent.empty()) return "";
  const std::size_t count = report.silent.size();
  return fmt::format(" Not compared: {}.", report.pictures
                                               ? counted(count, "pictures") + " of one colour"
                                               : counted(count, "silent recordings"));
}

std::string sentence_of(const AuditReport& report) {
  return own_sentence(report) + against_sentence(report) + not_compared_sentence(report);
}

}  // namespace

std::string_view name_of(Standing standing) {
  static constexpr std::array<std::string_view, 4> kNames = {"none", "note", "announced", "leak"};
  return kNames[static_cast<std::size_t>(standing)];
}

bool AuditReport::leaks() const {
  const auto leak = [](const AuditedPair& pair) {
    return std::find(pair.standing.begin(), pair.standing.end(), Standing::leak) !=
           pair.standing.end();
  };
  return std::any_of(pairs.begin(), pairs.end(), leak) ||
         std::any_of(against_pairs.begin(), against_pairs.end(), leak);
}

AuditReport run_audit(const SplitConfig& config, Progress& progress) {
  config.validate();
  AuditReport report;
  report.split = read_split_as_written(config.split);
  report.has_input = !config.inputs.empty();
  const Known known = read_folders(config.inputs, config, progress);
  if (report.has_input) compare_names(report, known, config);

  const auto facts = facts_of(known, report.split, config.group_pattern);
  const auto folds = audit_folds(report.split, facts);
  report.pairs = own_pairs(report.split, folds);
  report.verdict = leak_verdict(folds);
  report.untrained_classes = untrained_classes(
      report.split, [&](const std::string& item) { return label_of(known, item); });
  report.untrained = untrained_sentence(report.untrained_classes, folds.size() > 1);
  report.equal = equal_recordings(known, report.split);
  report.twins = twins_of(known);
  report.silent = known.sounds.silent;
  report.unreadable = known.sounds.failed;
  report.compared = known.sounds.compared;
  report.unnamed = known.unnamed;
  report.remarks = known.remarks;
  report.repeated = repeated_in(report.split, known.clips);
  report.called = Corpus(config.corpus).called();
  report.sounds_known = known.sounds.compared > 0;
  report.verdict.by_name = !report.sounds_known;
  report.pictures = report.verdict.pictures = known.pictures;
  std::set<std::string> people, said;
  for (const auto& [number, fold] : folds) {
    for (const auto& [role, part] : fold) {
      report.has_versions = report.has_versions || part.has_versions();
      report.twins_known = report.twins_known || part.has_modalities();
      report.clips_known = report.clips_known && part.clips_known();
      people.insert(part.people().begin(), part.people().end());
      said.insert(part.said_columns().begin(), part.said_columns().end());
    }
  }
  report.people = word_for_people(people);
  report.said = word_for_said(said);

  if (!config.against.empty()) {
    const bool folder = fs::is_directory(config.against);
    const Known other =
        folder ? read_folders({config.against.string()}, config, progress) : Known();
    const Split split = folder ? tested_whole(other) : read_split_as_written(config.against);
    report.against = config.against.string();
    report.against_protocol = split.protocol;
    report.unreadable.insert(report.unreadable.end(), other.sounds.failed.begin(),
                             other.sounds.failed.end());
    add_against(report, folds,
                audit_folds(split, facts_of(folder ? other : known, split, config.group_pattern)));
    if (report.against_pairs.empty()) {
      throw Error("{} and {} have no fold in common", config.split.string(),
                  config.against.string());
    }
  }
  report.sentence = sentence_of(report);
  return report;
}

}  // namespace aver
