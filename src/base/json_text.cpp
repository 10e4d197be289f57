#include "base/json_text.h"

#include "base/error.h"
#include "base/json_bytes.h"
#include "base/printable.h"

namespace aver {
namespace {

using nlohmann::json;

/// Reads along without keeping anything, and stops where it gets too deep.
class NestingCheck final : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ <= kDeepestNesting; }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(std::size_t) override { return ++depth_ <= kDeepestNesting; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  int depth_ = 0;
};

bool is_sound(std::string_view bytes, json::input_format_t format) {
  NestingCheck check;
  return json::sax_parse(bytes.begin(), bytes.end(), &check, format);
}

template <typename Json>
Json parsed(std::string_view text) {
  if (!is_sound(text, json::input_format_t::json)) return Json(Json::value_t::discarded);
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

}  // namespace

json parse_json(std::string_view text) {
  return parsed<json>(text);
}

nlohmann::ordered_json parse_ordered_json(std::string_view text) {
  return parsed<nlohmann::ordered_json>(text);
}

json parse_cbor(std::string_view bytes) {
  if (!is_sound(bytes, json::input_format_t::cbor)) return json(json::value_t::discarded);
  return json::from_cbor(bytes.begin(), bytes.end(), /*strict=*/true, /*allow_exceptions=*/false);
}

std::string quoted_json(const json& value) {
  return shortened(shown_json(value));
}

std::string json_reason(const json::exception& error) {
  std::string words = error.what();
  if (const auto end = words.find("] "); words.starts_with('[') && end != std::string::npos) {
    words.erase(0, end + 2);
  }
  constexpr int kNoSuchKey = 403, kNoSuchIndex = 401, kWrongType = 302, kNoUtf8 = 316;
  switch (error.id) {
    case kNoSuchKey:
      if (words.starts_with("key ") && words.ends_with(" not found")) {
        return fmt::format("it has no {}", words.substr(4, words.size() - 14));
      }
      return words;
    case kNoSuchIndex:
      return "a list is shorter than it must be";
    case kWrongType:
      return "a value's " + words;
    case kNoUtf8:
      return "a text is no UTF-8";
    default:
      return words.starts_with("cannot use") ? "a value is of another kind than it must be" : words;
  }
}

void refuse_json(const std::string& file, const std::string& remedy, const json::exception& error) {
  throw Error("{} is damaged: {}; {}", file, json_reason(error), remedy);
}

void refuse_json(const std::string& file, const std::string& remedy, const NoWholeNumber& error) {
  throw Error("{} is damaged: {}; {}", file, error.what(), remedy);
}

}  // namespace aver
