#include "splitting/make_split.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "corpus/known_corpora.h"
#include "protocol/actor_folds.h"
#include "protocol/audit.h"
#include "protocol/split_file.h"
#include "splitting/recordings.h"
#include "store/stage.h"

namespace aver {
namespace {

constexpr std::array kProtocols = {"paper", "clip", "actor-5", "actor-6", "actor-loo", "statement"};

// The paper's test parts: of frames (section III.B) and of sound (III.C).
constexpr double kPaperPictureShare = 0.20;
constexpr double kPaperSoundShare = 0.15;

std::optional<int> group_folds(const std::string& protocol) {
  if (!protocol.starts_with("group-")) return std::nullopt;
  const auto folds = parse_integer(protocol.substr(6));
  constexpr long long kMost = 1'000'000;
  return folds ? std::optional<int>(static_cast<int>(std::min(*folds, kMost))) : std::nullopt;
}

/// What the picture trainer splits without --split: the frames of a frames folder, in the order of
/// its manifest, named as its tables name them.
std::vector<SplitItem> frame_items(const fs::path& input, ChannelFilter channel) {
  std::vector<SplitItem> items;
  for (const auto& clip : read_stage(input, "frames").clips) {
    const Clip& facts = clip.recording.clip;
    if (!takes(channel, facts)) continue;
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
    return split_paper(frame_items(config.input, config.channel), kPaperPictureShare, true,
                       config.seed);
  }
  const bool pictures = !config.group_pattern.empty();
  return split_paper(clips, pictures ? kPaperPictureShare : kPaperSoundShare, pictures,
                     config.seed);
}

Split make_split(const MakeSplitConfig& config, const std::vector<SplitItem>& items,
                 std::vector<int>* skipped) {
  const std::string& protocol = config.protocol;
  if (protocol == "paper") return make_paper(config, items);
  if (protocol == "clip") {
    return split_clip(items, config.test_share, config.validation_share, config.seed);
  }
  if (protocol == "statement") return split_statement(items, config.validation_share, config.seed);
  if (protocol == "actor-5") return split_actor5(items, skipped);
  if (protocol == "actor-6") return split_actor6(items, skipped);
  if (protocol == "actor-loo") return split_actor_loo(items, skipped);
  return split_group(items, *group_folds(protocol));
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
  options.result(
      "protocol", protocol,
      "make: paper (as the trainers without --split), clip (clips at random), actor-5 and actor-6 "
      "(published folds of actors), actor-loo (one actor out), statement (trained on one sentence, "
      "tested on the other) or group-K (actors, or subjects by --group-pattern, dealt into K "
      "folds)");
}

void MakeSplitConfig::describe_drawing(Options& options) {
  options.heading("Items and parts");
  options.result("group-pattern", group_pattern,
                 "Regular expression over file names whose first group is the subject, e.g. "
                 "'^(S[0-9]+)_'; then any folder of files can be split");
  options.result("channel", channel, kChannelHelp);
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
    const auto folds = group_folds(protocol);
    if (std::find(kProtocols.begin(), kProtocols.end(), protocol) == kProtocols.end() && !folds) {
      problems.push_back(fmt::format("--protocol is '{}': {} or group-K expected", protocol,
                                     fmt::join(kProtocols, ", ")));
    }
    if (folds && *folds < 2) {
      problems.push_back(
          fmt::format("--protocol is '{}': at least two folds are needed", protocol));
    }
    try {
      check_group_pattern(group_pattern);
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
  });
  options.require_valid();
}

std::vector<SplitItem> split_items(const fs::path& input, ChannelFilter channel,
                                   const std::string& group_pattern) {
  std::vector<SplitItem> items;
  for (const auto& recording : list_recordings(input, channel, group_pattern).recordings) {
    const Clip& clip = recording.recording.clip;
    items.push_back({clip.key, clip.label, clip.speaker});
  }
  if (!group_pattern.empty()) return items;
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
  const auto items = split_items(config.input, config.channel, config.group_pattern);
  MakeSplitReport report;
  report.split = make_split(config, items, &report.skipped_folds);
  report.verdict = audit_split(report.split, items);
  report.table = size_table(report.split);
  if (!config.force && fs::exists(config.output) && !same_rows(config.output, report.split)) {
    throw Error("{} holds another split; use --force to replace it", config.output.string());
  }
  write_split(config.output, report.split);
  return report;
}

}  // namespace aver
