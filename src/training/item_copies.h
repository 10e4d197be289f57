#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// Which items of a data set have copies, the same items under other conditions, in any number of
/// folders. Copies are numbered as they are taken, from 0.
class ItemCopies {
 public:
  ItemCopies() = default;
  /// Of items with these names; `unit` is what one is called: "clip" or "frame".
  ItemCopies(const std::vector<std::string>& names, std::string_view unit);

  /// Takes a folder whose copies have these names, and gives the places among them of those that
  /// are an item's, in their order; the others are of items that are left out. Says how many those
  /// are; throws Error when none is.
  std::vector<std::size_t> take(const std::vector<std::string>& names);

  bool none() const { return folders_.empty(); }
  /// The numbers of an item's copies.
  std::vector<std::size_t> of(std::size_t item) const;

  /// Copies behind the items of a data set, those of the items that train and no others.
  struct Behind {
    std::vector<std::size_t> copies;               ///< their numbers, in the order they stand in
    std::vector<std::vector<std::size_t>> places;  ///< of each item, of its own in the data set
  };
  /// Lengthens `labels`, those of the items, by the copies'.
  Behind behind(std::span<const std::size_t> train, std::vector<std::int64_t>& labels) const;

 private:
  std::map<std::string, std::size_t> place_;  ///< of each item by its name
  std::size_t items_ = 0;
  std::string unit_;
  std::size_t count_ = 0;
  /// Of each folder, for each item the number of its copy.
  std::vector<std::vector<std::optional<std::size_t>>> folders_;
};

}  // namespace aver
