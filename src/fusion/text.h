#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fusion/output.h"
#include "report/tables.h"

namespace aver {

/// The tables, each with the verdict on leakage below it.
std::string text_of(const FusionResults& results);

// Words that the tables and the page share, and those of aver-evaluate.

AccuracyRow accuracy_row(std::string name, const SystemResult& system);
/// "-0.4 to +2.9", in points, or `none`.
std::string points_interval(const std::optional<PairedDifference>& difference,
                            std::string_view none = "-");

/// A verdict in words, and the modalities it holds for.
struct SpokenVerdict {
  std::vector<std::string> modalities;
  std::string sentence;
};
/// One for each modality, or one for all where all say the same.
std::vector<SpokenVerdict> spoken_verdicts(const FusionResults& results, const ScopeResult& scope);

/// The figures of the prediction sets: name, value, interval ("-" without).
std::vector<std::vector<std::string>> set_rows(const PredictionSets& sets);
/// What the sets are and how they were made, in sentences.
std::string set_words(const PredictionSets& sets);

/// How many of a scope's clips the models trained on, as a sentence; "" when no table says.
std::string trained_words(const FusionResults& results, const ScopeResult& scope);

/// How many clips lack a modality, as a sentence; "" when none does.
std::string missing_words(const FusionResults& results, const ScopeResult& scope);

/// Which folds hold no scored clip of which modality, and what becomes of their figures; "" when
/// every fold has some of all.
std::string unscored_folds_words(const FusionResults& results);

/// "maximum confidence", "mean, temperatures"…
std::string words_of(const FusionChoice& choice);

/// "audio", "visual", "both (mean)".
std::string system_title(const FusionResults& results, std::size_t system);

/// "Emotion from audio, visual and both"
std::string page_title(const FusionResults& results);

/// Who decided how many clips: the lines of a table, by name.
std::vector<std::pair<std::string, Tally>> decision_rows(const FusionResults& results,
                                                         const ScopeResult& scope);

}  // namespace aver
