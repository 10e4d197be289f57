#pragma once

#include <string>
#include <vector>

#include "fusion/output.h"
#include "report/html.h"

namespace aver {

/// report.html: everything that was found out, as one page that needs nothing beside it. Equal
/// results give equal bytes.
std::string html_of(const FusionResults& results);

// Its sections, in order. The numbers are those of the other tables; none is computed for the page.

Html leakage_section(const FusionResults& results);
/// "no leak found", "LEAK" or "cannot be checked": the worst of all modalities.
std::string leakage_words(const ScopeResult& scope);
Html accuracy_section(const FusionResults& results);
Html settings_section(const FusionResults& results);

// What several of them use.

/// What a plot of a system's accuracy must have room for: nothing when it has no clips.
void add_bounds(std::vector<double>& values, const SystemResult& system);
/// "82.78": a share in percent, "–" when nothing was scored.
std::string percent_cell(const std::optional<double>& share, bool scored = true);
/// "80.1–85.4" or "–".
std::string interval_cell(const std::optional<Interval>& interval);
/// "82.1 ± 1.9" or "–".
std::string folds_cell(const std::optional<MeanOfFolds>& folds);
/// The systems with their marks.
Html systems_key(const FusionResults& results);

}  // namespace aver
