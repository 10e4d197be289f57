#include "eval/fusion_rules.h"

#include <array>

#include "base/error.h"
#include "eval/plain_rules.h"
#include "eval/stacked_rule.h"
#include "eval/weighted_rule.h"

namespace aver {
namespace {

constexpr std::array kRules = {
    FusionRule{"max-confidence", "maximum confidence", "the surest model decides, as in the paper",
               false, true, make_max_confidence},
    FusionRule{"mean", "mean", "the average of the distributions", false, false, make_mean},
    FusionRule{"product", "product", "their normalised product", false, false, make_product},
    FusionRule{"weighted", "weighted", "an average with fitted weights", true, false,
               make_weighted},
    FusionRule{"stacked", "stacked", "a fitted logistic regression on all of them", true, false,
               make_stacked},
};

/// "a, b or c"
std::string alternatives(const std::vector<std::string>& items) {
  const std::span others(items.data(), items.size() - 1);
  return fmt::format("{} or {}", fmt::join(others, ", "), items.back());
}

}  // namespace

std::span<const FusionRule> fusion_rules() {
  return kRules;
}

const FusionRule& fusion_rule(std::string_view name) {
  std::vector<std::string_view> names;
  for (const FusionRule& rule : kRules) {
    if (rule.name == name) return rule;
    names.push_back(rule.name);
  }
  throw UsageError("--rule {}: there is no such fusion rule; there are {}", name,
                   fmt::join(names, ", "));
}

ReadyRule ready_rule(const FusionRule& rule) {
  if (rule.fitted) throw Error("the fusion rule '{}' needs clips to be fitted on", rule.name);
  return rule.make({}, 0);
}

std::string fusion_rules_help(bool fitted) {
  std::vector<std::string> items;
  for (const FusionRule& rule : kRules) {
    if (!rule.fitted || fitted) items.push_back(fmt::format("{} ({})", rule.name, rule.help));
  }
  return alternatives(items);
}

std::string unfitted_rule_names() {
  std::vector<std::string> names;
  for (const FusionRule& rule : kRules) {
    if (!rule.fitted) names.emplace_back(rule.name);
  }
  return alternatives(names);
}

}  // namespace aver
