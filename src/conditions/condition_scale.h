#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aver {

/// What a condition is called and how hard it can be.
struct ConditionScale {
  std::string_view name;           ///< on command lines and in files
  std::string_view help;           ///< one clause for --help
  std::string_view unit = {};      ///< of its levels; "" where it is there or not
  std::span<const double> levels;  ///< that are looked at unless others are named, mildest first
  double least = 0, most = 0;      ///< levels that can be named
  bool whole = false;              ///< they are whole numbers

  bool has_levels() const { return !unit.empty(); }
  /// "noise at 10 dB", "telephone"
  std::string words(double level) const;
  /// "10", or "" where it has no levels.
  std::string level_text(double level) const;
};

/// The levels of a condition that is there or not.
inline constexpr double kThere[] = {1};

/// A condition at one level.
struct ConditionLevel {
  const ConditionScale* scale = nullptr;
  double level = 0;
};

/// What "NAME" (all its levels) and "NAME=LEVEL" name, also several with commas between, in the
/// order of `known`, mildest first, each once. Throws UsageError that names those that are known,
/// and for a level that it cannot have.
std::vector<ConditionLevel> named_conditions(const std::vector<std::string>& words,
                                             const std::vector<const ConditionScale*>& known);

/// A seed for one clip and purpose, whatever the order of clips.
std::uint64_t seed_of_clip(std::uint64_t seed, const std::string& key, std::string_view purpose);

/// Of the levels the one that is drawn for a clip.
const ConditionLevel& drawn_condition(const std::vector<ConditionLevel>& levels, std::uint64_t seed,
                                      const std::string& key);

/// The row of a table of conditions with this name. Throws UsageError for one that none of them
/// has: "… is no condition of sounds".
template <typename Condition>
const Condition& condition_named(std::span<const Condition> all, std::string_view name,
                                 std::string_view of) {
  for (const Condition& condition : all) {
    if (condition.scale.name == name) return condition;
  }
  throw UsageError("{} is no condition of {}", name, of);
}

/// "noise (a noise of --noise, dB: 20, 15, …), telephone (…)": for --help.
std::string conditions_help(const std::vector<const ConditionScale*>& known);

}  // namespace aver
