#pragma once

#include <string>

#include "fusion/output.h"

namespace aver {

/// The tables, each with the verdict on leakage below it.
std::string text_of(const FusionResults& results);

/// How many of a scope's clips the models trained on, as a sentence; "" when no table says.
std::string trained_words(const ScopeResult& scope);

/// "maximum confidence", "mean, temperatures"…
std::string words_of(const FusionChoice& choice);

/// "sound", "picture", "both (mean)".
std::string system_name(const FusionChoice& choice, std::size_t system);

}  // namespace aver
