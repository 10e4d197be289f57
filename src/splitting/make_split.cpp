#include "splitting/make_split.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
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
Split make_paper(const MakeSplitConfig& config, const std::vector<SplitItem>& clips) {
  const fs::path header = config.input / "stage.json";
  const bool frames = config.group_pattern.empty() && fs::exists(header) &&
                      nlohmann::json::parse(read_file(header)).value("stage", "") == "frames";
  if (frames) {
    return split_paper(frame_items(config.input, config.choice), kPaperVisualShare, true,
                       config.seed);
  }
  const bool pictures = !config.group_pattern.empty();
  return split_paper(clips, pictures ? kPaperVisualShare : kPaperAudioShare, pictures, config.seed);
}

/// The description of the corpus that clips say they are of; of others that of the options.
std::shared_ptr<const Scheme> scheme_of(const MakeSplitConfig& config,
                                        const std::vector<SplitItem>& items) {
  const std::string own = items.empty() ? std::string() : items.front().value("corpus");
  const auto known = known_corpora();
  const bool shipped = std::ranges::find(known, own) != known.end();
  if (fs::path(config.corpus).extension() == ".csv") return shipped ? scheme_named(own) : nullptr;
  return scheme_named(shipped && config.corpus == "ravdess" ? own : config.corpus);
}

Split split_of(const MakeSplitConfig& config, const std::vector<SplitItem>& items,
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

}  // namespace

void check_group_pattern(const std::string& group_pattern) {
  if (group_pattern.empty()) return;
  try {
    if (std::regex(group_pattern).mark_count() < 1) {
      throw UsageError("--group-pattern '{}' has no group in parentheses that is the subject",
                       group_pattern);
    }
  } catch (const std::regex_error& error) {
    throw UsageError("--group-pattern '{}' is no regular expression: {}", group_pattern,
                     error.what());
  }
}

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

void MakeSplitConfig::describe_target(Options& options) {
  options.control("output", output, "make: the split.csv to write");
  options.result("protocol", protocol, "make: " + protocols_help(&ravdess()));
}

void MakeSplitConfig::describe_drawing(Options& options) {
  options.heading("Items and parts");
  options.result("group-pattern", group_pattern,
                 "Regular expression over file names whose first group is the subject, e.g. "
                 "'^(S[0-9]+)_'; then any folder of files can be split");
  describe_corpus(options, corpus);
  choice.describe(options, Effect::result);
  options.result("seed", seed, "make: seed of the random draws (paper, clip, statement)");
  options.result("test-share", test_share, "make: share of all clips that tests (clip)")
      .between(0, 1);
  options
      .result("validation-share", validation_share,
              "make: share of the training clips that validates (clip, statement)")
      .between(0, 1);
  options.control("force", force, "make: replace another split in --output");
}

void MakeSplitConfig::validate() const {
  MakeSplitConfig copy = *this;
  Options options;
  copy.describe_target(options);
  copy.describe_drawing(options);
  options.check([this](std::vector<std::string>& problems) {
    const bool table = fs::path(corpus).extension() == ".csv";
    const auto scheme = table ? nullptr : scheme_named(corpus);
    if (auto problem = problem_with_protocol(protocol, scheme.get()); !problem.empty()) {
      problems.push_back(std::move(problem));
    }
    try {
      check_group_pattern(group_pattern);
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
  });
  options.require_valid();
}

std::vector<SplitItem> split_items(const MakeSplitConfig& config) {
  std::vector<SplitItem> items;
  const auto found =
      list_recordings(config.input, config.corpus, config.choice, config.group_pattern);
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

MakeSplitReport run_make_split(const MakeSplitConfig& config) {
  config.validate();
  const auto items = split_items(config);
  MakeSplitReport report;
  report.split = split_of(config, items, &report.skipped_folds);
  report.remarks = remarks_on(items);
  report.verdict = audit_split(report.split, items);
  report.table = size_table(report.split);
  if (!config.force && fs::exists(config.output) && !same_rows(config.output, report.split)) {
    throw Error("{} holds another split; use --force to replace it", config.output.string());
  }
  write_split(config.output, report.split);
  return report;
}

}  // namespace aver
