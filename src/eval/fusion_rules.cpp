#include "eval/fusion_rules.h"

#include <array>

#include "base/error.h"
#include "eval/calibrated_product_rule.h"
#include "eval/log_linear_rule.h"
#include "eval/plain_rules.h"
#include "eval/stacked_rule.h"
#include "eval/weighted_rule.h"

namespace aver {
namespace {

constexpr std::array kRules = {
    FusionRule{.name = "max-confidence",
               .words = "maximum confidence",
               .help = "the surest model decides, as in the paper",
               .one_decides = true,
               .make = make_max_confidence},
    FusionRule{.name = "mean",
               .words = "mean",
               .help = "the average of the distributions",
               .make = make_mean},
    FusionRule{.name = "product",
               .words = "product",
               .help = "their normalised product",
               .fitted_form = "calibrated-product",
               .make = make_product},
    FusionRule{.name = "weighted",
               .words = "weighted",
               .help = "an average with fitted weights",
               .fitted = true,
               .make = make_weighted,
               .restore = restore_weighted},
    FusionRule{.name = "stacked",
               .words = "stacked",
               .help = "a logistic regression on logarithms, shrunk to the product",
               .fitted = true,
               .calibrated = true,
               .make = make_stacked,
               .restore = restore_stacked},
    FusionRule{.name = "calibrated-product",
               .words = "calibrated product",
               .help = "the product with fitted temperatures before and after it",
               .fitted = true,
               .calibrated = true,
               .make = make_calibrated_product,
               .restore = restore_calibrated_product},
    FusionRule{.name = "log-linear",
               .words = "log-linear",
               .help = "a product with fitted exponents",
               .fitted = true,
               .calibrated = true,
               .make = make_log_linear,
               .restore = restore_log_linear},
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
