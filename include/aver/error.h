#pragma once

#include <stdexcept>
#include <string>
#include <type_traits>

#include "aver/export.h"

namespace aver {

/// A format string checked against its arguments when it is compiled. Only aver's own sources
/// define it (base/error.h): programs that use the library need no formatting library.
template <typename... Args>
struct ErrorFormat;

/// Something that could not be done. The message is one sentence a user can act on: what was tried,
/// on which file, what the library said, what to do. Executables print it and exit with status 1.
class AVER_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;

  template <typename... Args>
  explicit Error(ErrorFormat<std::type_identity_t<Args>...> format,
                 Args&&... args) requires(sizeof...(Args) > 0);
};

/// Bad usage or configuration: executables print it and exit with status 2.
class AVER_API UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace aver
