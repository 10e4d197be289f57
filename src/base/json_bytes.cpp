#include "base/json_bytes.h"

#include <cstddef>

#include "base/escaped_name.h"
#include "base/printable.h"
#include "base/text.h"

namespace aver {
namespace {

using nlohmann::json;

constexpr const char* kEncoding = "encoding";
constexpr const char* kLatin1 = "latin-1";

std::string utf8_of_latin1(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    append_utf8(text, static_cast<unsigned char>(byte));
  }
  return text;
}

std::string latin1_of_utf8(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80 || i + 1 == text.size()) {
      bytes += text[i];
    } else {
      const auto next = static_cast<unsigned char>(text[++i]);
      bytes += static_cast<char>(((lead & 0x03) << 6) | (next & 0x3F));
    }
  }
  return bytes;
}

/// All texts of a value, keys among them, changed.
template <typename Json>
Json changed(const Json& value, std::string (*change)(const std::string&)) {
  if (value.is_string()) return change(value.template get<std::string>());
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& item : value) list.push_back(changed(item, change));
    return list;
  }
  if (!value.is_object()) return value;
  Json object = Json::object();
  for (const auto& [key, item] : value.items()) object[change(key)] = changed(item, change);
  return object;
}

std::string shown(const std::string& text) {
  return is_utf8(text) ? text : name_for_json(text);
}

template <typename Json>
std::string shown_dump(const Json& value, int indent) {
  try {
    return value.dump(indent);
  } catch (const json::type_error&) {  // some text is no UTF-8
    return changed(value, shown).dump(indent);
  }
}

}  // namespace

std::string shown_json(const json& value, int indent) {
  return shown_dump(value, indent);
}

std::string shown_json(const nlohmann::ordered_json& value, int indent) {
  return shown_dump(value, indent);
}

std::string dump_keeping_bytes(json object, int indent) {
  try {
    return object.dump(indent);
  } catch (const json::type_error&) {  // some text is no UTF-8
    json latin1 = changed(object, utf8_of_latin1);
    latin1[kEncoding] = kLatin1;
    return latin1.dump(indent);
  }
}

json restore_bytes(json parsed) {
  if (!parsed.is_object() || !parsed.contains(kEncoding) || parsed[kEncoding] != kLatin1) {
    return parsed;
  }
  parsed.erase(kEncoding);
  return changed(parsed, latin1_of_utf8);
}

}  // namespace aver
