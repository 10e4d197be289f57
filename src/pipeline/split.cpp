#include "aver/pipeline/split.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "aver/base/error.h"
#include "aver/base/text.h"
#include "aver/ravdess/clip_id.h"
#include "aver/store/stage.h"

namespace aver {
namespace {

std::optional<int> group_folds(const std::string& protocol) {
  if (!protocol.starts_with("group-")) return std::nullopt;
  const auto folds = parse_integer(protocol.substr(6));
  return folds ? std::optional<int>(static_cast<int>(*folds)) : std::nullopt;
}

SplitItem item_of(const ClipId& id) {
  return {id.key(), std::string(name_of(id.emotion)), fmt::format("{:02}", id.actor)};
}

std::vector<ClipId> clips_of(const fs::path& input, ChannelFilter channel) {
  std::vector<ClipId> ids;
  if (fs::exists(input / "stage.json")) {
    const auto header = nlohmann::json::parse(read_file(input / "stage.json"), nullptr, false);
    const std::string stage = header.is_object() ? header.value("stage", "frames") : "frames";
    for (const auto& clip : read_stage(input, stage).clips) {
      if (takes(channel, clip.id.channel)) ids.push_back(clip.id);
    }
  } else {
    static const std::vector<std::string> kMedia = {".mp4",  ".mkv", ".avi", ".mov",
                                                    ".webm", ".wav", ".flac"};
    for (const auto& clip : scan_dataset(input, kMedia, channel).clips) {
      if (clip.id.modality != Modality::video_only) ids.push_back(clip.id);
    }
  }
  return ids;
}

std::vector<SplitItem> items_by_pattern(const fs::path& input, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<SplitItem> items;
  for (const auto& file : list_files(input)) {
    std::smatch match;
    const std::string name = file.filename().string();
    if (!std::regex_search(name, match, expression)) {
      throw Error("{} does not match --group-pattern '{}'", file.string(), pattern);
    }
    items.push_back({fs::relative(file, input).generic_string(),
                     file.parent_path().filename().string(), match[1].str()});
  }
  return items;
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

bool same_rows(const fs::path& path, const Split& split) {
  const auto found = read_split(path).rows;
  return std::equal(found.begin(), found.end(), split.rows.begin(), split.rows.end(),
                    [](const SplitRow& a, const SplitRow& b) {
                      return a.fold == b.fold && a.item == b.item && a.role == b.role;
                    });
}

}  // namespace

void MakeSplitConfig::validate() const {
  std::vector<std::string> problems;
  if (protocol != "clip" && protocol != "actor-5" && !group_folds(protocol)) {
    problems.push_back(
        fmt::format("--protocol is '{}': clip, actor-5 or group-K expected", protocol));
  }
  if (const auto folds = group_folds(protocol); folds && *folds < 2) {
    problems.push_back(fmt::format("--protocol is '{}': at least two folds are needed", protocol));
  }
  for (const auto& [name, share] :
       {std::pair{"--test-share", test_share}, std::pair{"--validation-share", validation_share}}) {
    if (!(share > 0 && share < 1)) {
      problems.push_back(fmt::format("{} is {}: a number between 0 and 1 expected", name, share));
    }
  }
  if (!group_pattern.empty()) {
    try {
      if (std::regex(group_pattern).mark_count() < 1) {
        problems.push_back(fmt::format(
            "--group-pattern '{}' has no group in parentheses that is the subject", group_pattern));
      }
    } catch (const std::regex_error& error) {
      problems.push_back(fmt::format("--group-pattern '{}' is no regular expression: {}",
                                     group_pattern, error.what()));
    }
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

std::vector<SplitItem> split_items(const fs::path& input, ChannelFilter channel,
                                   const std::string& group_pattern) {
  if (!group_pattern.empty()) return items_by_pattern(input, group_pattern);
  std::vector<SplitItem> items;
  for (const auto& id : clips_of(input, channel)) items.push_back(item_of(id));
  // The audio-video and the audio-only file of a performance are one clip.
  std::sort(items.begin(), items.end(),
            [](const SplitItem& a, const SplitItem& b) { return a.item < b.item; });
  items.erase(std::unique(items.begin(), items.end(),
                          [](const auto& a, const auto& b) { return a.item == b.item; }),
              items.end());
  if (items.empty()) throw Error("{} holds no clips of this channel", input.string());
  return items;
}

MakeSplitReport run_make_split(const MakeSplitConfig& config) {
  config.validate();
  const auto items = split_items(config.input, config.channel, config.group_pattern);
  MakeSplitReport report;
  if (config.protocol == "clip") {
    report.split = split_clip(items, config.test_share, config.validation_share, config.seed);
  } else if (config.protocol == "actor-5") {
    report.split = split_actor5(items, &report.skipped_folds);
  } else {
    report.split = split_group(items, *group_folds(config.protocol));
  }
  report.verdict = audit_split(report.split, items);
  report.table = size_table(report.split);
  if (!config.force && fs::exists(config.output) && !same_rows(config.output, report.split)) {
    throw Error("{} holds another split; use --force to replace it", config.output.string());
  }
  write_split(config.output, report.split);
  return report;
}

AuditReport run_audit(const AuditConfig& config) {
  AuditReport report;
  report.split = read_split(config.split);
  report.verdict = audit_split(report.split);
  const auto& verdict = report.verdict;
  const std::string& protocol = report.split.protocol;
  // "paper" announces everything it leaks, "clip" that actors are shared; the others announce none.
  report.announced = protocol == "paper" ||
                     (protocol == "clip" && verdict.shared_clips == 0 && verdict.shared_items == 0);
  return report;
}

}  // namespace aver
