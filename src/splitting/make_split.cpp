#include "splitting/make_split.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "corpus/known_corpora.h"
#include "protocol/actor_folds.h"
#include "protocol/audit.h"
#include "protocol/protocols.h"
#include "protocol/split_file.h"
#include "splitting/recordings.h"
#include "stages/chosen_stage.h"
#include "store/stage.h"

namespace aver {
namespace {

// The paper's test parts: of frames (section III.B) and of sound (III.C).
constexpr double kPaperVisualShare = 0.20;
constexpr double kPaperAudioShare = 0.15;

/// What the visual trainer splits without --split: the frames of a frames folder, in the order of
/// its manifest, named as its tables name them.
std::vector<SplitItem> frame_items(const fs::path& input, const ClipChoice& choice) {
  ChosenClips chosen(choice);
  std::vector<SplitItem> items;
  for (const auto& clip : chosen_clips(read_stage(input, "frames"), chosen)) {
    const Clip& facts = clip.recording.clip;
    for (const auto& output : clip.outputs) {
      const std::string frame = fs::path(output.path).stem().string();
      const auto mark = frame.find("_frame_");
      if (mark == std::string::npos) continue;
      items.push_back({facts.key + frame.substr(mark), facts.label, facts.speaker});
    }
  }
  return items;
}

/// The split a trainer makes when it is given none: of pictures 80/20 stratified, of sound 85/15.
Split make_paper(const SplitConfig& config, const std::vector<SplitItem>& clips) {
  const fs::path header = config.input() / "stage.json";
  const bool frames = config.group_pattern.empty() && fs::exists(header) &&
                      nlohmann::json::parse(read_file(header)).value("stage", "") == "frames";
  if (frames) {
    return split_paper(frame_items(config.input(), config.choice), kPaperVisualShare, true,
                       config.seed);
  }
  const bool pictures = !config.group_pattern.empty();
  return split_paper(clips, pictures ? kPaperVisualShare : kPaperAudioShare, pictures, config.seed);
}

/// The description of the corpus that clips say they are of; of others that of the options.
std::shared_ptr<const Scheme> scheme_of(const SplitConfig& config,
                                        const std::vector<SplitItem>& items) {
  const std::string own = items.empty() ? std::string() : items.front().value("corpus");
  const auto known = known_corpora();
  const bool shipped = std::ranges::find(known, own) != known.end();
  if (fs::path(config.corpus).extension() == ".csv") return shipped ? scheme_named(own) : nullptr;
  return scheme_named(shipped && config.corpus == "ravdess" ? own : config.corpus);
}

Split split_of(const SplitConfig& config, const std::vector<SplitItem>& items,
               std::vector<int>* skipped) {
  if (config.protocol == "paper") return make_paper(config, items);
  const auto scheme = scheme_of(config, items);
  return make_split(config.protocol, {items, config.test_share, config.validation_share,
                                      config.seed, false, scheme.get(), skipped});
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

bool same_rows(const fs::path& path, const Split& split) {
  const auto found = read_split(path).rows;
  return std::equal(found.begin(), found.end(), split.rows.begin(), split.rows.end(),
                    [](const SplitRow& a, const SplitRow& b) {
                      return a.fold == b.fold && a.item == b.item && a.role == b.role;
                    });
}

/// The items of a folder that a split can deal with: the clips of a stage or dataset folder, by
/// key, or with a pattern every file below it, by path relative to the folder.
std::vector<SplitItem> split_items(const SplitConfig& config) {
  std::vector<SplitItem> items;
  const auto found =
      list_recordings(config.input(), config.corpus, config.choice, config.group_pattern);
  for (const auto& recording : found.recordings) {
    items.push_back(SplitItem::of(recording.recording.clip));
  }
  if (!config.group_pattern.empty()) return items;
  // The audio-video and the audio-only file of a performance are one clip.
  std::sort(items.begin(), items.end(),
            [](const SplitItem& a, const SplitItem& b) { return a.item < b.item; });
  items.erase(std::unique(items.begin(), items.end(),
                          [](const auto& a, const auto& b) { return a.item == b.item; }),
              items.end());
  return items;
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
  config.validate();
  const auto items = split_items(config);
  MakeSplitReport report;
  report.split = split_of(config, items, &report.skipped_folds);
  report.remarks = remarks_on(items);
  report.verdict = audit_split(report.split, items);
  report.table = size_table(report.split);
  return report;
}

MakeSplitReport run_make_split(const SplitConfig& config) {
  MakeSplitReport report = planned_split(config);
  if (!config.force && fs::exists(config.output) && !same_rows(config.output, report.split)) {
    throw Error("{} holds another split; use --force to replace it", config.output.string());
  }
  write_split(config.output, report.split);
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
