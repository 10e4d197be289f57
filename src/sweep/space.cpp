#include "sweep/space.h"

#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "base/toml.h"

namespace aver {
namespace {

constexpr std::size_t kLargestGrid = 10'000;
constexpr double kLargest = 1e15;  // of a range: doubles that large still tell whole numbers apart

SpaceOption option_of(const std::string& name, const nlohmann::ordered_json& said) {
  SpaceOption option;
  option.name = name;
  if (said.is_array()) {
    option.values.assign(said.begin(), said.end());
    if (option.values.empty()) throw Error("{} lists no values", name);
    return option;
  }
  if (!said.is_object()) {
    throw Error("{} must be a list of values, or {{ from = 0.1, to = 0.5 }}", name);
  }
  for (const auto& [key, value] : said.items()) {
    const bool number = key == "from" || key == "to";
    if (number ? !value.is_number() : (key != "log" && key != "whole") || !value.is_boolean()) {
      throw Error(
          "{} cannot have {} = {}: it has numbers from and to, and log and whole, true or "
          "false",
          name, key, value.dump());
    }
  }
  if (!said.contains("from") || !said.contains("to")) throw Error("{} needs from and to", name);
  option.from = said.at("from").get<double>();
  option.to = said.at("to").get<double>();
  option.logarithmic = said.value("log", false);
  option.whole = said.value("whole", false);
  if (!(std::abs(option.from) <= kLargest && std::abs(option.to) <= kLargest)) {
    throw Error("{} goes beyond {:g}", name, kLargest);
  }
  if (!(option.from < option.to)) throw Error("{} goes from more to less", name);
  if (option.whole && std::ceil(option.from) > std::floor(option.to)) {
    throw Error("{} has no whole number between from and to", name);
  }
  if (option.logarithmic && option.from <= 0) throw Error("{} with log must begin above 0", name);
  return option;
}

nlohmann::ordered_json drawn(const SpaceOption& option, Random& random) {
  if (!option.values.empty()) return option.values[random.below(option.values.size())];
  if (option.whole) {
    const double low = std::ceil(option.from), high = std::floor(option.to);
    const double drawn = option.logarithmic
                             ? std::exp(random.uniform(std::log(low), std::log(high + 1)))
                             : random.uniform(low, high + 1);
    return static_cast<std::int64_t>(std::min(std::floor(drawn), high));
  }
  const double number = option.logarithmic
                            ? std::exp(random.uniform(std::log(option.from), std::log(option.to)))
                            : random.uniform(option.from, option.to);
  // As many decimals as a table can be read with.
  return std::stod(fmt::format("{:.3g}", number));
}

}  // namespace

Space read_space(const fs::path& path) {
  const auto told = read_toml(path);
  try {
    Space space;
    for (const auto& [key, value] : told.items()) {
      if (key == "tool" && value.is_string()) {
        space.tool = value.get<std::string>();
      } else if (key == "fixed" && value.is_object()) {
        space.fixed = value;
      } else if (key == "space" && value.is_object()) {
        for (const auto& [name, said] : value.items()) {
          space.options.push_back(option_of(name, said));
        }
      } else {
        throw Error("there is no {}; known: tool, [fixed] and [space]", key);
      }
    }
    if (space.tool.empty()) throw Error("tool, the program to try, is missing");
    if (space.options.empty()) throw Error("[space], what is to be tried, is missing");
    for (const SpaceOption& option : space.options) {
      if (space.fixed.contains(option.name)) {
        throw Error("{} stands in [fixed] and in [space]", option.name);
      }
    }
    return space;
  } catch (const Error& error) {
    throw Error("{}: {}", path.string(), error.what());
  }
}

nlohmann::ordered_json drawn_settings(const Space& space, std::uint64_t seed, std::size_t trial) {
  Random random(derive_seed(seed, {trial}));
  nlohmann::ordered_json settings;
  for (const SpaceOption& option : space.options) settings[option.name] = drawn(option, random);
  return settings;
}

std::vector<nlohmann::ordered_json> grid_of(const Space& space) {
  std::vector<nlohmann::ordered_json> grid = {nlohmann::ordered_json::object()};
  for (const SpaceOption& option : space.options) {
    if (option.values.empty()) {
      throw UsageError("{} is a range, so that no grid has an end: say how many --trials are drawn",
                       option.name);
    }
    std::vector<nlohmann::ordered_json> wider;
    for (const auto& settings : grid) {
      for (const auto& value : option.values) {
        wider.push_back(settings);
        wider.back()[option.name] = value;
      }
    }
    grid = std::move(wider);
    if (grid.size() > kLargestGrid) {
      throw UsageError("the grid has more than {} trials: say how many --trials are drawn",
                       kLargestGrid);
    }
  }
  return grid;
}

}  // namespace aver
