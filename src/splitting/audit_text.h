#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "splitting/split_audit.h"

namespace aver {

/// The tables, the lists (the first ten names of each) and the sentence.
std::string audit_text(const AuditReport& report);
/// Everything.
nlohmann::json audit_json(const AuditReport& report);

}  // namespace aver
