#include "report/metrics_drift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/error.h"
#include "base/json_text.h"

namespace aver {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kExactCounts = {"clips", "support", "format", "fold"};
constexpr std::array<std::string_view, 2> kExactText = {"rule", "classes"};

template <std::size_t N>
bool is_one_of(std::string_view key, const std::array<std::string_view, N>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

class Comparison {
 public:
  explicit Comparison(double tolerance) : tolerance_(tolerance) {}

  void compare(const std::string& place, std::string_view key, const json& expected,
               const json& actual) {
    if (is_one_of(key, kExactText)) {
      ++compared;
      if (expected != actual) report(place, expected, actual);
    } else if (expected.is_object() && actual.is_object()) {
      compare_members(place, expected, actual);
    } else if (expected.is_array() && actual.is_array()) {
      compare_items(place, key, expected, actual);
    } else if (expected.is_structured()) {
      report(place, expected, actual);
    } else if (expected.is_number()) {
      ++compared;
      compare_numbers(place, key, expected, actual);
    }
  }

  std::vector<std::string> lines;
  std::size_t compared = 0;

 private:
  void compare_members(const std::string& place, const json& expected, const json& actual) {
    for (const auto& [name, value] : expected.items()) {
      const std::string inner = place.empty() ? name : place + "." + name;
      const auto found = actual.find(name);
      compare(inner, name, value, found == actual.end() ? json() : *found);
    }
  }

  void compare_items(const std::string& place, std::string_view key, const json& expected,
                     const json& actual) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      compare(fmt::format("{}[{}]", place, i), key, expected[i],
              i < actual.size() ? actual[i] : json());
    }
  }

  void compare_numbers(const std::string& place, std::string_view key, const json& expected,
                       const json& actual) {
    if (!actual.is_number()) {
      report(place, expected, actual);
    } else if (actual.is_number_float()) {
      // Both sides carry six decimals: half of the last one must not decide.
      const double difference = std::abs(expected.get<double>() - actual.get<double>());
      if (!(difference <= tolerance_ + 5e-7)) report(place, expected, actual);
    } else if (is_one_of(key, kExactCounts) && expected != actual) {
      report(place, expected, actual);
    }
  }

  void report(const std::string& place, const json& expected, const json& actual) {
    const auto shown = [](const json& value) {
      return value.is_null() ? std::string("missing") : quoted_json(value);
    };
    lines.push_back(fmt::format("{}: expected {}, got {}", place, shown(expected), shown(actual)));
  }

  double tolerance_;
};

}  // namespace

std::vector<std::string> drifted_metrics(const json& expected, const json& actual, double tolerance,
                                         const std::string& file) {
  Comparison comparison(tolerance);
  comparison.compare("", "", expected, actual);
  // A gate that compares nothing would pass whatever comes out.
  if (comparison.compared == 0) {
    throw UsageError(
        "--expect {} holds no numbers; give it a metrics.json of an earlier evaluation", file);
  }
  return comparison.lines;
}

}  // namespace aver
