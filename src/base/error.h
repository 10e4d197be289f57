#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>

#include "aver/error.h"

namespace aver {

template <typename... Args>
struct ErrorFormat {
  template <typename Text>
  consteval ErrorFormat(const Text& words) : text(words) {}  // NOLINT: a string is one
  fmt::format_string<Args...> text;
};

template <typename... Args>
Error::Error(ErrorFormat<std::type_identity_t<Args>...> format,
             Args&&... args) requires(sizeof...(Args) > 0)
    : std::runtime_error(fmt::format(format.text, std::forward<Args>(args)...)) {}

}  // namespace aver
