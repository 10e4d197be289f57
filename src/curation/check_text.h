#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "curation/check_corpus.h"

namespace aver {

/// Clips per speaker and label, what the files are like, and what is wrong (the first ten of each
/// kind), for a person.
std::string check_text(const CheckReport& report);
/// Everything.
nlohmann::ordered_json check_json(const CheckReport& report);

}  // namespace aver
