#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace aver {

/// JSON as text, whatever bytes its texts hold. Names of files are bytes, and old ones are in
/// Latin-1, which JSON cannot hold: then all texts are taken for Latin-1, and a key `encoding` of
/// the object says so. Others are written as they are.
std::string dump_keeping_bytes(nlohmann::json object, int indent = -1);

/// The object that dump_keeping_bytes() was given, from what was parsed of its text.
nlohmann::json restore_bytes(nlohmann::json parsed);

/// JSON as text for people and programs of others, who know nothing of that key: texts that are no
/// UTF-8 are shown as name_for_json() has them.
std::string shown_json(const nlohmann::json& value, int indent = -1);
std::string shown_json(const nlohmann::ordered_json& value, int indent = -1);

}  // namespace aver
