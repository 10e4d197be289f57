#include "prediction/output_shards.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <span>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/json_text.h"
#include "store/settings.h"

namespace aver {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr auto kExtension = ".cbor";

fs::path joined_folder(const fs::path& output) {
  return output.parent_path() / ("." + output.filename().string() + ".shards-joined");
}

std::vector<Shard> finished_shards(const fs::path& output) {
  return shards_in(output_shards_folder(output), [](const fs::path& path) -> std::string {
    return path.extension() == kExtension ? path.stem().string() : "";
  });
}

fs::path path_of(const fs::path& output, const Shard& shard) {
  return output_shards_folder(output) / (shard.folder_name() + kExtension);
}

/// Of what a record holds, so that a changed one is found.
std::string mark_of(json record) {
  record.erase("mark");
  const auto bytes = json::to_cbor(record);
  return content_mark(std::as_bytes(std::span(bytes)));
}

OutputShard read_shard(const fs::path& output, const Shard& shard) {
  const fs::path path = path_of(output, shard);
  try {
    const json record = parse_cbor(read_file(path));
    if (record.at("format").get<int>() > kFormat) {
      throw Error("{} was written by a newer aver-predict than this one", path.string());
    }
    if (record.at("mark") != mark_of(record)) {
      throw Error("{} is damaged: remove it and run aver-predict with --shard {} again",
                  path.string(), shard.text());
    }
    return {shard,
            record.at("settings"),
            record.at("input"),
            record.at("items"),
            record.at("done"),
            record.at("report")};
  } catch (const json::exception&) {
    throw Error("{} is damaged: remove it and run aver-predict with --shard {} again",
                path.string(), shard.text());
  }
}

/// What only removing the shards puts right: no shard replaces another one's record.
void require_alike(const fs::path& output, const OutputShard& a, const OutputShard& b) {
  const std::string folder = output_shards_folder(output).string();
  if (a.shard.count != b.shard.count) {
    throw Error("{} has shards of different counts ({} and {}): remove {} to start anew",
                output.string(), a.shard.text(), b.shard.text(), folder);
  }
  if (a.settings != b.settings) {
    throw Error(
        "shards {} and {} of {} were not asked for the same ({}): give both the same options and "
        "models, or remove {} to start anew",
        a.shard.text(), b.shard.text(), output.string(),
        difference_of_settings(a.settings, b.settings), folder);
  }
}

bool same_input(const OutputShard& a, const OutputShard& b) {
  return a.input == b.input && a.items == b.items;
}

/// "shards 1/2 and 2/2 of p.csv saw different clips (24 and 48)"
std::string input_difference(const fs::path& output, const OutputShard& a, const OutputShard& b) {
  return fmt::format("shards {} and {} of {} saw different clips ({})", a.shard.text(),
                     b.shard.text(), output.string(),
                     a.items == b.items ? "by path, size or time of change"
                                        : fmt::format("{} and {}", a.items, b.items));
}

void require_same_input(const fs::path& output, const OutputShard& a, const OutputShard& b) {
  if (same_input(a, b)) return;
  throw Error(
      "{}: run every shard again on the same ones, then --join again; copies of recordings must "
      "keep their times, as cp -a and rsync -a do",
      input_difference(output, a, b));
}

}  // namespace

std::string difference_of_settings(const json& a, const json& b) {
  if (a.value("predicts", "") != b.value("predicts", "")) return "a stage folder and other clips";
  // These are compared by a fingerprint: their values are more than a person wants to read.
  const std::map<std::string, std::string> unreadable = {
      {"model", "the --model files differ"},
      {"visual", "the --visual models differ"},
      {"audio", "the --audio models differ"},
      {"fusion", "the --fusion files differ"},
      {"enrolled", "the clips of --enrol-from differ"},
      {"classes", "the models know other classes"},
      {"stage", "--input was made with other settings"}};
  std::vector<std::string> parts;
  for (const auto& [key, one, other] : differing_settings(a, b)) {
    const auto found = unreadable.find(key);
    parts.push_back(found != unreadable.end() ? found->second
                                              : fmt::format("--{} is {} and {}", key,
                                                            quoted_json(one), quoted_json(other)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

fs::path output_shards_folder(const fs::path& output) {
  return output.string() + ".shards";
}

void refuse_unjoined_output(const fs::path& output) {
  const auto shards = finished_shards(output);
  if (shards.empty()) return;
  throw Error(
      "{} of {} shards of {} are not joined yet: run aver-predict --join --output {} when all "
      "are done, or remove {}",
      shards.size(), shards.front().count, output.string(), output.string(),
      output_shards_folder(output).string());
}

void check_output_shard(const fs::path& output, const OutputShard& shard) {
  bool warned = false;
  for (const Shard& other : finished_shards(output)) {
    if (other == shard.shard) continue;
    const OutputShard there = read_shard(output, other);
    require_alike(output, there, shard);
    // Refused by the join alone: where the clips did change, one shard after the other is renewed.
    if (warned || same_input(there, shard)) continue;
    spdlog::warn("{}: they can be joined when all shards have seen the same",
                 input_difference(output, there, shard));
    warned = true;
  }
}

void write_output_shard(const fs::path& output, const OutputShard& shard) {
  json record = {{"format", kFormat},    {"settings", shard.settings}, {"input", shard.input},
                 {"items", shard.items}, {"done", shard.done},         {"report", shard.report}};
  record["mark"] = mark_of(record);
  const std::vector<std::uint8_t> bytes = json::to_cbor(record);
  write_file(path_of(output, shard.shard), std::as_bytes(std::span(bytes)));
}

bool is_joined(const fs::path& output) {
  fs::remove_all(joined_folder(output));  // what an interrupted removal has left
  const fs::path shards = output_shards_folder(output);
  return fs::is_regular_file(output) && (!fs::exists(shards) || fs::is_empty(shards));
}

JoinedOutput read_output_shards(const fs::path& output) {
  fs::remove_all(joined_folder(output));
  const auto shards = finished_shards(output);
  if (shards.empty()) {
    throw Error(
        "{} has no shards to join ({} is missing or empty): run aver-predict with --shard i/N "
        "and this --output first",
        output.string(), output_shards_folder(output).string());
  }
  const OutputShard first = read_shard(output, shards.front());
  require_alike(output, first, read_shard(output, shards.back()));
  std::vector<std::string> numbers, options;
  for (std::size_t number = 1; number <= shards.front().count; ++number) {
    const Shard shard{number, shards.front().count};
    if (std::ranges::find(shards, shard) != shards.end()) continue;
    numbers.push_back(std::to_string(number));
    options.push_back("--shard " + shard.text());
  }
  if (!numbers.empty()) {
    throw Error("of the {} shards of {} {} missing: run aver-predict with {}, then --join again",
                shards.front().count, output.string(), enumerate(numbers), enumerate(options));
  }
  JoinedOutput joined;
  joined.settings = first.settings;
  joined.items.resize(first.items);
  for (const Shard& shard : shards) {
    OutputShard part = read_shard(output, shard);
    require_alike(output, first, part);
    require_same_input(output, first, part);
    for (auto& item : part.done) joined.items.at(item.at(0)) = std::move(item.at(1));
    joined.reports.push_back(std::move(part.report));
  }
  return joined;
}

void remove_output_shards(const fs::path& output) {
  // Half of them gone would look like shards that were never run.
  remove_at_once(output_shards_folder(output), joined_folder(output));
}

}  // namespace aver
