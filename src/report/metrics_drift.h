#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace aver {

/// Compares metrics with those of an earlier run. Every number that `expected` holds is looked up
/// in `actual`: shares (numbers with a decimal point in `actual`) may differ by `tolerance`,
/// numbers of clips and of items per class ("clips", "support") and the format must be equal, other
/// counts follow from the shares and are not compared. The rule and the class names must be equal;
/// other text is not compared. A number that `expected` leaves out may be anything. Returns one
/// line per number that drifted: where it stands, what was expected and what came out. Throws
/// UsageError that names `file` when it holds no number.
std::vector<std::string> drifted_metrics(const nlohmann::json& expected,
                                         const nlohmann::json& actual, double tolerance,
                                         const std::string& file);

}  // namespace aver
