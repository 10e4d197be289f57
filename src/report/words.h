#pragma once

#include <optional>
#include <string>
#include <vector>

namespace aver {

// Words and numbers as tables write them.

/// "a, b and c"
std::string listed(const std::vector<std::string>& items);
/// The text with a capital first letter.
std::string capitalised(std::string text);

/// Six decimals: more would differ between machines, and no reader needs them.
double rounded(double value);
std::string decimals(double value);
/// "" for nothing
std::string decimals(const std::optional<double>& value);
/// Six significant digits: a p value may be tiny and is never 0.
double significant(double value);

}  // namespace aver
