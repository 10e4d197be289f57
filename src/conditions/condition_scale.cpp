#include "conditions/condition_scale.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"

namespace aver {
namespace {

double level_from(const ConditionScale& scale, const std::string& word, const std::string& text) {
  if (!scale.has_levels()) {
    throw UsageError("--conditions {}: {} has no levels, it is there or not", word, scale.name);
  }
  const auto level = parse_double(text);
  if (!level || !(*level >= scale.least && *level <= scale.most) ||
      (scale.whole && *level != std::floor(*level))) {
    throw UsageError("--conditions {}: a {}number from {:g} to {:g} ({}) expected", word,
                     scale.whole ? "whole " : "", scale.least, scale.most, scale.unit);
  }
  return *level;
}

bool rises(const ConditionScale& scale) {
  return scale.levels.front() <= scale.levels.back();
}

}  // namespace

std::string ConditionScale::words(double level) const {
  return has_levels() ? fmt::format("{} at {:g} {}", name, level, unit) : std::string(name);
}

std::string ConditionScale::level_text(double level) const {
  return has_levels() ? fmt::format("{:g}", level) : "";
}

std::vector<ConditionLevel> named_conditions(const std::vector<std::string>& words,
                                             const std::vector<const ConditionScale*>& known) {
  std::map<const ConditionScale*, std::vector<double>> named;
  for (const std::string& word : split_text(fmt::format("{}", fmt::join(words, ",")), ',')) {
    if (word.empty()) continue;
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto found =
        std::ranges::find(known, name, [](const auto* scale) { return scale->name; });
    if (found == known.end()) {
      std::vector<std::string_view> names;
      for (const ConditionScale* scale : known) names.push_back(scale->name);
      throw UsageError(
          "--conditions {}: there is no such condition of what is changed here; there are {}", word,
          fmt::join(names, ", "));
    }
    auto& levels = named[*found];
    if (equals == std::string::npos) {
      levels.insert(levels.end(), (*found)->levels.begin(), (*found)->levels.end());
    } else {
      levels.push_back(level_from(**found, word, word.substr(equals + 1)));
    }
  }
  std::vector<ConditionLevel> result;
  for (const ConditionScale* scale : known) {
    const auto found = named.find(scale);
    if (found == named.end()) continue;
    std::vector<double>& levels = found->second;
    std::ranges::sort(levels);
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    if (!rises(*scale)) std::ranges::reverse(levels);
    for (const double level : levels) result.push_back({scale, level});
  }
  return result;
}

std::string conditions_help(const std::vector<const ConditionScale*>& known) {
  std::vector<std::string> items;
  for (const ConditionScale* scale : known) {
    std::vector<std::string> levels;
    for (const double level : scale->levels) levels.push_back(fmt::format("{:g}", level));
    items.push_back(scale->has_levels() ? fmt::format("{} ({}; {} {})", scale->name, scale->help,
                                                      fmt::join(levels, ", "), scale->unit)
                                        : fmt::format("{} ({})", scale->name, scale->help));
  }
  return fmt::format("{}", fmt::join(items, ", "));
}

std::uint64_t seed_of_clip(std::uint64_t seed, const std::string& key, std::string_view purpose) {
  std::uint64_t name = 0;
  for (const unsigned char letter : key) name = derive_seed(name, {letter});
  for (const char letter : purpose) {
    name = derive_seed(name, {0x100U + static_cast<unsigned char>(letter)});
  }
  return derive_seed(seed, {name});
}

const ConditionLevel& drawn_condition(const std::vector<ConditionLevel>& levels, std::uint64_t seed,
                                      const std::string& key) {
  Random random(seed_of_clip(seed, key, "conditions"));
  return levels[random.below(levels.size())];
}

}  // namespace aver
