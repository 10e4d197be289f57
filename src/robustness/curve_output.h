#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/csv.h"
#include "report/figures.h"
#include "robustness/curves.h"

namespace aver {

/// A row for each condition, level and system.
CsvTable curves_csv(const Curves& curves);

/// A row for each condition and system.
CsvTable areas_csv(const Curves& curves);

/// UAR of every system under every condition and level, then the areas: for a terminal.
std::string curves_text(const Curves& curves);

/// The same as tables in Markdown.
std::string curves_markdown(const Curves& curves);

/// "curve": an array of what curves_csv() has, "areas": of what areas_csv() has.
nlohmann::json curves_json(const Curves& curves);

/// "robustness": UAR over the level, a panel for each condition.
Drawing curves_figure(const Curves& curves);

}  // namespace aver
