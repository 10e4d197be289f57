#include "splitting/make_split.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/text.h"
#include "corpus/frame_name.h"
#include "corpus/known_corpora.h"
#include "protocol/actor_folds.h"
#include "protocol/audit.h"
#include "protocol/paper_augmented.h"
#include "protocol/protocols.h"
#include "protocol/split_file.h"
#include "protocol/untrained.h"
#include "splitting/recordings.h"
#include "splitting/test_lists.h"
#include "stages/visual_items.h"
#include "store/folder_lock.h"
#include "store/stage.h"

namespace aver {
namespace {

// The paper's test parts: of frames (section III.B) and of sound (III.C).
constexpr double kPaperVisualShare = 0.20;
constexpr double kPaperAudioShare = 0.15;

/// What there is to deal: clips by key, or with a pattern files by their path.
struct Dealt {
  std::vector<SplitItem> items;
  ClipTable clips;                    ///< what is known of them
  bool pictures = false;              ///< each item is one picture
  std::vector<std::string> left_out;  ///< by --filter and --labels, a sentence each
};

void refuse_two_corpora(const Clip& one, const Clip& other) {
  if (one.value("corpus") == other.value("corpus")) return;
  throw Error(
      "{} is a clip of {} and one of {}: clips of one split need names of their own; make a table "
      "of one corpus whose column clip gives them (docs/corpora.md)",
      one.key, one.value("corpus"), other.value("corpus"));
}

Dealt dealt_of(const SplitConfig& config) {
  Dealt dealt;
  dealt.clips = Corpus(config.corpus).clips();
  dealt.pictures = true;
  std::vector<Clip> clips;
  for (const std::string& input : config.inputs) {
    const auto found = list_recordings(input, config);
    dealt.pictures = dealt.pictures && (found.pictures || !config.group_pattern.empty());
    for (const auto& listed : found.recordings) clips.push_back(listed.recording.clip);
    for (const auto* sentences : {&found.left_out, &found.remarks}) {
      for (const auto& sentence : *sentences) dealt.left_out.push_back(sentence + ".");
    }
  }
  if (config.group_pattern.empty()) {
    // The audio-video and the audio-only file of a performance are one clip.
    std::stable_sort(clips.begin(), clips.end(),
                     [](const Clip& a, const Clip& b) { return a.key < b.key; });
    for (std::size_t i = 1; i < clips.size(); ++i) {
      if (clips[i].key == clips[i - 1].key) refuse_two_corpora(clips[i - 1], clips[i]);
    }
    clips.erase(std::unique(clips.begin(), clips.end(),
                            [](const Clip& a, const Clip& b) { return a.key == b.key; }),
                clips.end());
    for (const Clip& clip : clips) dealt.clips.add(clip);
  }
  for (const Clip& clip : clips) {
    dealt.items.push_back(SplitItem::of(clip));
    dealt.items.back().group = dealt.clips.speaker(clip);
  }
  return dealt;
}

bool is_frames_stage(const fs::path& input) {
  return fs::exists(input / "stage.json") && stage_of(input) == "frames";
}

/// The split a trainer makes when it is given none: of pictures 80/20 stratified, of sound 85/15.
Split make_paper(const SplitConfig& config, const Dealt& dealt) {
  if (!config.group_pattern.empty() || !std::ranges::all_of(config.inputs, is_frames_stage)) {
    return split_paper(dealt.items, dealt.pictures ? kPaperVisualShare : kPaperAudioShare,
                       dealt.pictures, config.seed);
  }
  std::vector<SplitItem> frames;
  for (const std::string& input : config.inputs) {
    for (SplitItem& item : frames_of_stage(input, config.choice).split_items()) {
      frames.push_back(std::move(item));
    }
  }
  return split_paper(frames, kPaperVisualShare, true, config.seed);
}

/// The description of the corpus that clips say they are of; of others that of the options.
std::shared_ptr<const Scheme> scheme_of(const SplitConfig& config,
                                        const std::vector<SplitItem>& items) {
  const auto own = items.empty() ? nullptr : scheme_of(items.front().clip());
  if (fs::path(config.corpus).extension() == ".csv") return own;
  return own && config.corpus == "ravdess" ? own : scheme_named(config.corpus);
}

Split split_of(const SplitConfig& config, const Dealt& dealt, const TestLists& lists,
               std::vector<int>* skipped) {
  if (config.protocol == "paper") return make_paper(config, dealt);
  const auto scheme = scheme_of(config, dealt.items);
  const bool augmented = config.protocol == kPaperAugmented;
  return make_split(config.protocol, {dealt.items, augmented ? kPaperAudioShare : config.test_share,
                                      config.validation_share, config.seed, false, scheme.get(),
                                      skipped, config.copies, &lists.tested});
}

/// What few speakers mean for figures about new people.
std::vector<std::string> remarks_on(const std::vector<SplitItem>& items) {
  std::set<std::string> speakers;
  for (const auto& item : items) speakers.insert(item.group);
  if (speakers.size() != 2 || speakers.contains("")) return {};
  return {
      "These are clips of two speakers: kept apart, one is learnt from and the other tested, "
      "which says next to nothing about new people."};
}

bool same_rows(const fs::path& path, const Split& split, const ClipTable& clips) {
  const auto found = read_split(path, clips).rows;
  return std::equal(found.begin(), found.end(), split.rows.begin(), split.rows.end(),
                    [](const SplitRow& a, const SplitRow& b) {
                      return a.fold == b.fold && a.item == b.item && a.role == b.role;
                    });
}

/// A split, and what is known of its clips.
struct Planned {
  MakeSplitReport report;
  ClipTable clips;
};

Planned planned(const SplitConfig& config) {
  config.validate();
  Dealt dealt = dealt_of(config);
  MakeSplitReport report;
  const TestLists lists = read_test_lists(config.test_lists, dealt.clips);
  report.split = split_of(config, dealt, lists, &report.skipped_folds);
  for (SplitRow& row : report.split.rows) {
    if (!config.validation && row.role == Role::validation) row.role = Role::train;
  }
  report.remarks = remarks_on(dealt.items);
  report.remarks.insert(report.remarks.end(), lists.remarks.begin(), lists.remarks.end());
  std::map<std::string, std::string> labels;
  for (const SplitItem& item : dealt.items) labels[item.item] = item.label;
  const auto untrained = untrained_classes(report.split, [&](const std::string& item) {
    const auto found = labels.find(item);
    return found == labels.end() ? labels[clip_of_item(item)] : found->second;
  });
  if (!untrained.empty()) {
    report.remarks.push_back(untrained_sentence(untrained, report.split.folds().size() > 1));
  }
  report.remarks.insert(report.remarks.end(), dealt.left_out.begin(), dealt.left_out.end());
  report.verdict = audit_split(report.split, dealt.clips, dealt.items);
  report.verdict.by_name = true;  // reading all recordings is what an audit takes minutes for
  report.table = size_table(report.split);
  return {std::move(report), std::move(dealt.clips)};
}

}  // namespace

std::string size_table(const Split& split) {
  std::string table =
      fmt::format("{:>5} {:>9} {:>11} {:>7}\n", "fold", "train", "validation", "test");
  for (const int fold : split.folds()) {
    std::map<Role, std::size_t> counts;
    for (const auto& row : split.rows) {
      if (row.fold == fold) ++counts[row.role];
    }
    table += fmt::format("{:>5} {:>9} {:>11} {:>7}\n", fold, counts[Role::train],
                         counts[Role::validation], counts[Role::test]);
  }
  return table;
}

MakeSplitReport planned_split(const SplitConfig& config) {
  return planned(config).report;
}

MakeSplitReport run_make_split(const SplitConfig& config) {
  auto [report, clips] = planned(config);
  const fs::path folder = folder_of(config.output);
  create_folders(folder);
  // Others write other files of this folder: a split takes no longer than a moment.
  const FolderLock lock = FolderLock::in_turn(folder);
  const fs::path place = output_place(config.output);
  // Beside the link, where whoever reads the split looks for it.
  const fs::path note = output_place(note_of_split(config.output));
  remove_temporaries_of(place);
  remove_temporaries_of(note);
  if (!config.force && fs::exists(config.output) &&
      !same_rows(config.output, report.split, clips)) {
    throw Error("{} holds another split; use --force to replace it", config.output.string());
  }
  write_split(place, note, report.split);
  return report;
}

std::string split_text(const MakeSplitReport& report, const fs::path& output) {
  std::string text =
      fmt::format("{} ({}):\n{}", output.string(), report.split.protocol, report.table);
  if (!report.skipped_folds.empty()) {
    text += fmt::format("left out, no clips of their actors are here: fold{} {}\n",
                        report.skipped_folds.size() > 1 ? "s" : "",
                        fmt::join(report.skipped_folds, ", "));
  }
  for (const std::string& remark : report.remarks) text += remark + "\n";
  return text + report.verdict.sentence();
}

nlohmann::json split_json(const MakeSplitReport& report, const fs::path& output) {
  return {{"output", output.string()},        {"protocol", report.split.protocol},
          {"folds", report.split.folds()},    {"skipped_folds", report.skipped_folds},
          {"rows", report.split.rows.size()}, {"verdict", report.verdict.sentence()}};
}

std::string folds_text(const MakeSplitReport& report) {
  return fmt::format("{}\n", fmt::join(report.split.folds(), "\n"));
}

nlohmann::json folds_json(const MakeSplitReport& report) {
  return {{"protocol", report.split.protocol},
          {"folds", report.split.folds()},
          {"skipped_folds", report.skipped_folds}};
}

}  // namespace aver
