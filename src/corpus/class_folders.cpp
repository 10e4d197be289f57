#include "corpus/class_folders.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "corpus/spelling.h"

namespace aver {
namespace {

using Folders = std::vector<std::string>;

Folders folders_of(const fs::path& relative) {
  Folders folders;
  for (const fs::path& part : relative.parent_path()) folders.push_back(part.string());
  return folders;
}

bool is_part(const std::string& name) {
  return part_in_folder(name).has_value() || to_lower(name) == "usage";
}

/// Two letters mean a class in the file names of a corpus only.
bool is_known_class(const std::string& name) {
  return name.size() > 2 && !class_spelled(name).empty();
}

std::size_t outermost_known(const Folders& folders) {
  return static_cast<std::size_t>(std::ranges::find_if(folders, is_known_class) - folders.begin());
}

/// Below the innermost folder of a part.
std::size_t below_parts(const Folders& folders) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (is_part(folders[i])) place = i + 1;
  }
  return place;
}

std::string no_class(const fs::path& picture, const Folders& folders) {
  return fmt::format(
      "{} lies in no class folder: {}--images wants one folder per class below it",
      picture.string(),
      folders.empty() ? std::string()
                      : fmt::format("'{}' is a part of a data set and no class; ", folders.back()));
}

/// Folders that differ in case alone become one class, which is said.
void merge_cases(ClassFolders& classes) {
  std::map<std::string, std::set<std::string>> spellings;
  for (const FolderFacts& picture : classes.pictures) {
    spellings[to_lower(picture.label)].insert(picture.label);
  }
  for (const auto& [lower, names] : spellings) {
    if (names.size() < 2) continue;
    classes.remarks.push_back(
        fmt::format("the folders {} are one class, {}", fmt::join(names, " and "), lower));
    for (FolderFacts& picture : classes.pictures) {
      if (names.contains(picture.label)) picture.label = lower;
    }
  }
}

}  // namespace

std::optional<Role> part_in_folder(std::string_view name) {
  // FER2013's own words, as its competition used the parts.
  const std::string word = to_lower(name);
  if (word == "publictest") return Role::validation;
  if (word == "privatetest") return Role::test;
  return role_called(name);
}

ClassFolders classes_by_folder(const fs::path& root, const std::vector<fs::path>& pictures) {
  std::vector<Folders> all;
  for (const fs::path& picture : pictures) all.push_back(folders_of(picture));
  const bool known = std::ranges::all_of(
      all, [](const Folders& folders) { return outermost_known(folders) < folders.size(); });
  ClassFolders result;
  std::set<std::string> passed_over;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Folders& folders = all[i];
    const std::size_t place = known ? outermost_known(folders) : below_parts(folders);
    if (place >= folders.size()) throw Error("{}", no_class(root / pictures[i], folders));
    FolderFacts facts{folders[place], {}};
    for (std::size_t other = 0; other < folders.size(); ++other) {
      if (other == place) continue;
      if (const auto part = part_in_folder(folders[other])) {
        facts.part = part;
      } else if (other < place && !is_part(folders[other])) {
        passed_over.insert(folders[other]);
      }
    }
    result.pictures.push_back(std::move(facts));
  }
  if (!passed_over.empty()) {
    const std::size_t more = passed_over.size() - 1;
    result.remarks.push_back(fmt::format(
        "classes are the folders below {}{}, such as {}", *passed_over.begin(),
        more == 0 ? "" : fmt::format(" and {} more", more), result.pictures.front().label));
  }
  merge_cases(result);
  return result;
}

}  // namespace aver
