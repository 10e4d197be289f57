#include "base/shard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/random.h"
#include "base/text.h"

namespace aver {
namespace {

/// A number of a Slurm job array. Those of other names than the first two may be missing.
std::optional<long long> slurm_number(const Environment& environment, const std::string& name) {
  const std::string variable = "SLURM_ARRAY_TASK_" + name;
  const auto text = environment(variable);
  if (!text) return std::nullopt;
  const auto number = parse_integer(*text);
  if (!number) throw UsageError("--shard slurm: {} is '{}', no number", variable, *text);
  return number;
}

Shard slurm_shard(const Environment& environment) {
  const auto id = slurm_number(environment, "ID"), count = slurm_number(environment, "COUNT");
  if (!id || !count) {
    throw UsageError(
        "--shard slurm: this is no task of a Slurm job array (SLURM_ARRAY_TASK_ID and "
        "SLURM_ARRAY_TASK_COUNT are not set); start it with sbatch --array=1-8, or say --shard "
        "i/N");
  }
  const long long first = slurm_number(environment, "MIN").value_or(1);
  const long long step = slurm_number(environment, "STEP").value_or(1);
  const long long last = slurm_number(environment, "MAX").value_or(first + (*count - 1) * step);
  constexpr auto kMost = static_cast<long long>(kMostShards);
  if (*count > kMost) {
    throw UsageError("--shard slurm: this array has {} tasks; at most {} shards are possible",
                     *count, kMost);
  }
  const bool even = *count >= 1 && step >= 1 && *id >= first && *id <= last &&
                    (*id - first) % step == 0 && first + (*count - 1) * step == last;
  if (!even) {
    throw UsageError(
        "--shard slurm: task {} of an array of {} from {} to {} in steps of {} has no even place "
        "in "
        "it; number the tasks without gaps, as in --array=1-{}, or say --shard i/N",
        *id, *count, first, last, step, *count);
  }
  return {static_cast<std::size_t>((*id - first) / step + 1), static_cast<std::size_t>(*count)};
}

/// "2" and "8" around a separator; nothing when that is not what the text is.
std::optional<Shard> shard_around(std::string_view text, std::string_view separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto number = parse_integer(text.substr(0, at));
  const auto count = parse_integer(text.substr(at + separator.size()));
  if (!number || !count || *number < 1 || *number > *count ||
      *count > static_cast<long long>(kMostShards)) {
    return std::nullopt;
  }
  return Shard{static_cast<std::size_t>(*number), static_cast<std::size_t>(*count)};
}

}  // namespace

std::string Shard::text() const {
  return fmt::format("{}/{}", number, count);
}

std::string Shard::folder_name() const {
  return fmt::format("{}-of-{}", number, count);
}

Shard shard_from_text(std::string_view text, const Environment& environment) {
  if (text == "slurm") return slurm_shard(environment);
  if (const auto shard = shard_around(text, "/")) return *shard;
  const std::string given =
      text.empty() ? "empty (a variable of a script that is not set?)" : fmt::format("'{}'", text);
  throw UsageError("--shard is {}: i/N expected, i from 1 to N and N up to {}, as in 2/8, or slurm",
                   given, kMostShards);
}

OptionValue option_value(std::optional<Shard>& field) {
  return option_value(
      "i/N", [&field](const Words& words) { field = shard_from_text(words.back()); },
      [&field]() -> nlohmann::ordered_json {
        if (!field) return nullptr;
        return field->text();
      });
}

void describe_shards(Options& options, std::optional<Shard>& shard, bool& join) {
  options.control(
      "shard", shard,
      "Do only part i of N of the clips (i/N, from 1/N to N/N, N up to 100000), beside other "
      "processes or machines that do the others into the same --output; slurm reads i and N from "
      "the SLURM_ARRAY_* variables of a job array, which alone change nothing");
  options.control("join", join, "Do nothing but join the finished shards in --output");
  options.check([&](std::vector<std::string>& problems) {
    if (shard && join) {
      problems.emplace_back("--shard does one part and --join joins all of them: give one");
    }
  });
}

std::optional<Shard> shard_from_folder_name(std::string_view name) {
  const auto shard = shard_around(name, "-of-");
  return shard && shard->folder_name() == name ? shard : std::nullopt;
}

std::vector<Shard> shards_in(const fs::path& folder,
                             const std::function<std::string(const fs::path&)>& name_of) {
  std::vector<Shard> shards;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (const auto shard = shard_from_folder_name(name_of(entry.path()))) shards.push_back(*shard);
  }
  std::ranges::sort(shards, {}, [](const Shard& s) { return std::pair(s.count, s.number); });
  return shards;
}

std::size_t shard_of_item(std::size_t item, std::size_t count) {
  const std::size_t round = item / count;
  return (item + derive_seed(0, {round}) % count) % count + 1;
}

std::vector<std::size_t> items_of_shard(const Shard& shard, std::size_t size) {
  std::vector<std::size_t> items;
  for (std::size_t i = 0; i < size; ++i) {
    if (shard_of_item(i, shard.count) == shard.number) items.push_back(i);
  }
  return items;
}

std::string enumerate(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace aver
