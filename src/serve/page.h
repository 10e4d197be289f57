#pragma once

#include <optional>
#include <string_view>

namespace aver {

/// A file of the page, as it is in src/serve/page at build time.
struct PageFile {
  std::string_view type;  ///< Content-Type
  std::string_view content;
};

/// The description of the API in OpenAPI 3.1, as JSON in which this server's own values are
/// missing.
std::string_view openapi_text();

/// Finds a file by the path of its URL; "/" is the page itself.
std::optional<PageFile> page_file(std::string_view path);

}  // namespace aver
