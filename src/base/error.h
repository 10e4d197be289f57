#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace aver {

/// Something that could not be done. The message is one sentence a user can act on: what was tried,
/// on which file, what the library said, what to do. Executables print it and exit with status 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;

  template <typename... Args>
  explicit Error(fmt::format_string<Args...> format, Args&&... args) requires(sizeof...(Args) > 0)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// Bad usage or configuration: executables print it and exit with status 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace aver
