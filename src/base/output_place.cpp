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

bool same_file(const fs::path& one, const fs::path& other) {
  std::error_code missing;
  return fs::equivalent(one, other, missing);
}

void refuse_output_beside(const fs::path& output, const fs::path& input) {
  if (!same_file(output, fs::is_directory(input) ? input : folder_of(input))) return;
  throw UsageError("--output {} is where {} lies: give another folder", output.string(),
                   input.string());
}

bool is_stream(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

void refuse_output_onto_work(const fs::path& output) {
  for (const char* name : {"model.safetensors", "stage.json", "config.toml", "split.csv"}) {
    if (!fs::exists(output / name)) continue;
    throw UsageError("--output {} is a training run or stage folder: give another folder",
                     output.string());
  }
}

}  // namespace aver
