#include "base/inner_path.h"

#include <algorithm>

#include "base/error.h"

namespace aver {
namespace {

constexpr std::size_t kLongestPart = 255;
constexpr std::size_t kLongestPath = 4000;  // of the 4,096 that a call takes, some for the folder

}  // namespace

bool is_inner_path(const std::string& relative) {
  if (relative.empty() || relative.size() > kLongestPath) return false;
  if (relative.find('\0') != std::string::npos) return false;
  const fs::path path(relative);
  if (path.is_absolute()) return false;
  return std::ranges::all_of(path, [](const fs::path& part) {
    return part != ".." && part.native().size() <= kLongestPart;
  });
}

fs::path inner_path(const fs::path& folder, const std::string& relative, const std::string& said_by,
                    const std::string& remedy) {
  if (is_inner_path(relative)) return folder / relative;
  throw Error("{} names the file '{}', which cannot lie below its folder; {}", said_by, relative,
              remedy);
}

bool remove_inner(const fs::path& folder, const std::string& relative) {
  if (!is_inner_path(relative)) return false;
  std::error_code error;
  const fs::path path = folder / relative;
  const fs::path own = fs::canonical(folder, error);
  if (error) return false;
  const fs::path parent = fs::canonical(path.parent_path(), error);
  if (error) return false;
  if (std::ranges::mismatch(own, parent).in1 != own.end()) return false;
  return fs::remove(path, error);
}

}  // namespace aver
