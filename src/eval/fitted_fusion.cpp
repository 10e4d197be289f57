#include "eval/fitted_fusion.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "eval/fusion_rules.h"
#include "eval/temperature.h"

namespace aver {
namespace {

constexpr int kFormat = 1;
constexpr const char* kTool = "aver-evaluate-fusion";

// Far above what any fit gives, and so small that no sum of logarithms times it overflows.
constexpr double kLargest = 1e6;

std::vector<double> numbers_in(const nlohmann::json& values) {
  std::vector<double> numbers = values.get<std::vector<double>>();
  for (const double number : numbers) {
    if (!(std::abs(number) <= kLargest)) throw Error("{} is no number that a fit gives", number);
  }
  return numbers;
}

FittedFusion fusion_of(const nlohmann::json& json) {
  FittedFusion fusion;
  fusion.rule = json.at("rule").get<std::string>();
  fusion.modalities = json.at("modalities").get<std::vector<std::string>>();
  fusion.classes = json.at("classes").get<std::vector<std::string>>();
  fusion.temperatures = json.at("temperatures").get<bool>();
  if (json.contains("fitted_on")) {
    fusion.fitted_on = json.at("fitted_on").get<std::string>();
    fusion.of_modalities = numbers_in(json.at("modality_temperatures"));
    fusion.parameters = numbers_in(json.at("parameters"));
  }
  if (json.contains("conformal")) {
    const auto& conformal = json.at("conformal");
    fusion.conformal = {conformal.at("alpha").get<double>(),
                        conformal.at("threshold").get<double>()};
  }
  return fusion;
}

/// Nine significant digits: the last ones of a sum differ between CPUs.
double written(double number) {
  return std::stod(fmt::format("{:.9g}", number));
}

std::vector<double> written(std::vector<double> numbers) {
  for (double& number : numbers) number = written(number);
  return numbers;
}

void require_names(const std::vector<std::string>& names, const char* what) {
  const std::set<std::string> different(names.begin(), names.end());
  if (names.size() < 2 || different.size() < names.size() || different.contains("")) {
    throw Error("it needs two {} or more, each with a name of its own, and has {}", what,
                names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  }
}

void check(const FittedFusion& fusion) {
  const auto rules = fusion_rules();
  if (std::none_of(rules.begin(), rules.end(),
                   [&](const FusionRule& known) { return known.name == fusion.rule; })) {
    throw Error("there is no fusion rule '{}'", shortened(fusion.rule));
  }
  require_names(fusion.modalities, "modalities");
  require_names(fusion.classes, "classes");
  fusion.ready();
  if (!fusion.conformal) return;
  const auto& [alpha, threshold] = *fusion.conformal;
  if (!(alpha > 0 && alpha < 1 && threshold >= 0 && threshold <= 1)) {
    throw Error("alpha and threshold of prediction sets lie between 0 and 1, and it has {} and {}",
                alpha, threshold);
  }
}

}  // namespace

ReadyRule FittedFusion::ready() const {
  const FusionRule& known = fusion_rule(rule);
  const bool scales = temperatures || known.calibrated;
  if (scales && (of_modalities.size() != modalities.size() ||
                 std::any_of(of_modalities.begin(), of_modalities.end(),
                             [](double t) { return !(t > 0); }))) {
    throw Error("the rule '{}' needs a temperature above 0 for each of the {} modalities", rule,
                modalities.size());
  }
  for (const double temperature : of_modalities) require_fitted_temperature(temperature);
  return known.fitted ? known.restore(parameters, modalities.size(), classes.size())
                      : ready_rule(known);
}

Fused FittedFusion::fuse(const ReadyRule& ready, const ModalityDistributions& answers) const {
  if (answers.size() != modalities.size()) {
    throw Error("the fusion is of {} modalities, and {} are there", modalities.size(),
                answers.size());
  }
  const auto present = static_cast<std::size_t>(std::count_if(
      answers.begin(), answers.end(), [](const auto& answer) { return !answer.empty(); }));
  const FusionRule& known = fusion_rule(rule);
  if (known.fitted && present > 1 && present < answers.size()) {
    throw Error("the rule '{}' was fitted to all of {} modalities, and only {} are there", rule,
                answers.size(), present);
  }
  std::vector<std::vector<double>> scaled(answers.size());  // spans point into it
  ModalityDistributions used = answers;
  if (temperatures || (known.calibrated && present == 1)) {
    for (std::size_t m = 0; m < answers.size(); ++m) {
      if (answers[m].empty()) continue;
      scaled[m] = with_temperature(answers[m], of_modalities.at(m));
      used[m] = scaled[m];
    }
  }
  return aver::fuse(ready, used);
}

nlohmann::json json_of(const FittedFusion& fusion) {
  nlohmann::json result = {{"tool", kTool},
                           {"format", kFormat},
                           {"rule", fusion.rule},
                           {"modalities", fusion.modalities},
                           {"classes", fusion.classes},
                           {"temperatures", fusion.temperatures}};
  if (!fusion.fitted_on.empty()) {
    result["fitted_on"] = fusion.fitted_on;
    result["modality_temperatures"] = written(fusion.of_modalities);
    result["parameters"] = written(fusion.parameters);
  }
  if (fusion.conformal) {
    result["conformal"] = {{"alpha", fusion.conformal->alpha},
                           {"threshold", written(fusion.conformal->threshold)}};
  }
  return result;
}

FittedFusion read_fitted_fusion(const std::filesystem::path& path) {
  const auto json = restore_bytes(parse_json(read_file(path)));
  if (!json.is_object() || json.value("tool", nlohmann::json()) != kTool ||
      !json.contains("rule") || !json.contains("modalities")) {
    throw Error("{} is no fusion.json of aver-evaluate-fusion", path.string());
  }
  return reading_json(path.string(), "make it again with aver-evaluate-fusion", [&] {
    if (whole_number<int>(json.at("format")) > kFormat) {
      throw Error("{} is of format {}, which a newer version of aver wrote", path.string(),
                  json.at("format").dump());
    }
    try {
      FittedFusion fusion = fusion_of(json);
      check(fusion);
      return fusion;
    } catch (const Error& error) {
      throw Error("{} cannot be used: {}; make it again with aver-evaluate-fusion", path.string(),
                  error.what());
    }
  });
}

}  // namespace aver
