#include "base/output_place.h"

#include "base/error.h"

namespace aver {

fs::path output_place(const fs::path& named) {
  constexpr int kLongestChain = 40;  // Linux's own
  fs::path place = named;
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(place, error)); ++links) {
    const fs::path to = fs::read_symlink(place, error);
    if (error || links == kLongestChain) {
      throw Error("cannot write {}: its link {}", named.string(),
                  error ? "cannot be read: " + error.message() : "leads in a circle");
    }
    place = place.parent_path() / to;
  }
  if (place != named && !fs::is_directory(folder_of(place), error)) {
    throw Error(
        "cannot write {}: it is a link to {}, whose folder is not there; make that folder, "
        "or remove the link",
        named.string(), place.string());
  }
  if (is_stream(place)) {
    throw Error(
        "cannot write {}: it is a pipe or a device, and a file that appears whole is written",
        named.string());
  }
  return place;
}

bool is_stream(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

}  // namespace aver
