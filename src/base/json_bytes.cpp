#include "base/json_bytes.h"

#include <cstddef>

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
json changed(const json& value, std::string (*change)(const std::string&)) {
  if (value.is_string()) return change(value.get<std::string>());
  if (value.is_array()) {
    json list = json::array();
    for (const json& item : value) list.push_back(changed(item, change));
    return list;
  }
  if (!value.is_object()) return value;
  json object = json::object();
  for (const auto& [key, item] : value.items()) object[change(key)] = changed(item, change);
  return object;
}

}  // namespace

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
