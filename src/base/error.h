#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <type_traits>
#include <utility>

#include "aver/error.h"
#include "base/printable.h"

namespace aver {

template <typename... Args>
struct ErrorFormat {
  template <typename Text>
  consteval ErrorFormat(const Text& words) : text(words) {}  // NOLINT: a string is one
  fmt::format_string<Args...> text;
};

/// An argument of a message: texts in quotation marks are shortened.
template <typename Value>
decltype(auto) shown_in_message(Value&& value, [[maybe_unused]] bool quoted) {
  if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
    const std::string_view text = value;
    return quoted ? shortened(text) : std::string(text);
  } else {
    return (value);
  }
}

/// The sentence of an error: what it quotes is shortened, and nothing in it steers a terminal.
template <std::size_t... Index, typename... Args>
std::string error_sentence(std::index_sequence<Index...> /*of the arguments*/,
                           fmt::string_view format, Args&&... args) {
  const std::uint64_t quoted = quoted_placeholders({format.data(), format.size()});
  const auto write = [&](auto&&... shown) {
    return fmt::vformat(format, fmt::make_format_args(shown...));
  };
  return message_text(write(shown_in_message(args, (quoted >> Index & 1) != 0)...));
}

template <typename... Args>
Error::Error(ErrorFormat<std::type_identity_t<Args>...> format,
             Args&&... args) requires(sizeof...(Args) > 0)
    : std::runtime_error(error_sentence(std::index_sequence_for<Args...>(), format.text, args...)) {
}

}  // namespace aver
