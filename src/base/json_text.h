#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "aver/error.h"

// The one way in which JSON is read, of files of ours and of others'.
namespace aver {

/// How deep lists and objects may lie in one another. What aver writes needs eight; what walks a
/// value calls itself for every level, and has a stack that ends.
inline constexpr int kDeepestNesting = 100;

/// What a text holds. No JSON, or one that nests deeper, gives a value that is_discarded().
nlohmann::json parse_json(std::string_view text);
/// The same with the keys of objects in the text's order.
nlohmann::ordered_json parse_ordered_json(std::string_view text);
/// The same of CBOR.
nlohmann::json parse_cbor(std::string_view bytes);

/// A value as one line of a message, shortened where it is long.
std::string quoted_json(const nlohmann::json& value);

/// What whole_number() throws, with a clause that says why.
class NoWholeNumber : public Error {
 public:
  using Error::Error;
};

/// The whole number that a value is. The library's own get<int>() cuts fractions off and takes what
/// is left of numbers that are too large. Throws NoWholeNumber for these and all else.
template <std::integral Number>
Number whole_number(const nlohmann::json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (std::in_range<Number>(number)) return static_cast<Number>(number);
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (std::in_range<Number>(number)) return static_cast<Number>(number);
  }
  throw NoWholeNumber(quoted_json(value) + " is no whole number that could stand there");
}

/// What the library says in its own terms, in words: "it has no 'stage'".
std::string json_reason(const nlohmann::json::exception& error);

/// Throws Error: "FILE is damaged: it has no 'stage'; REMEDY".
[[noreturn]] void refuse_json(const std::string& file, const std::string& remedy,
                              const nlohmann::json::exception& error);
[[noreturn]] void refuse_json(const std::string& file, const std::string& remedy,
                              const NoWholeNumber& error);

/// What `read` gives, which takes values out of JSON of a file. Where they are missing or of
/// another kind, throws Error that says so in words, and what to do.
template <typename Read>
auto reading_json(const std::string& file, const std::string& remedy, const Read& read) {
  try {
    return read();
  } catch (const nlohmann::json::exception& error) {
    refuse_json(file, remedy, error);
  } catch (const NoWholeNumber& error) {
    refuse_json(file, remedy, error);
  }
}

}  // namespace aver
