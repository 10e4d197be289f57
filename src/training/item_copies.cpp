#include "training/item_copies.h"

#include <spdlog/spdlog.h>

#include "base/error.h"
#include "base/text.h"

namespace aver {

ItemCopies::ItemCopies(const std::vector<std::string>& names, std::string_view unit)
    : items_(names.size()), unit_(unit) {
  for (std::size_t i = 0; i < names.size(); ++i) place_.emplace(names[i], i);
}

std::vector<std::size_t> ItemCopies::take(const std::vector<std::string>& names) {
  auto& folder = folders_.emplace_back(items_);
  std::vector<std::size_t> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = place_.find(names[i]);
    if (found == place_.end()) continue;
    folder[found->second] = count_++;
    taken.push_back(i);
  }
  const std::string units = unit_ + "s";
  if (taken.empty()) {
    throw Error("--copies: none of {} is a copy of a {} of --input", counted(names.size(), units),
                unit_);
  }
  spdlog::info("{} of --input have one of the {} degraded copies beside them",
               counted(taken.size(), units), names.size());
  return taken;
}

std::vector<std::size_t> ItemCopies::of(std::size_t item) const {
  std::vector<std::size_t> own;
  for (const auto& folder : folders_) {
    if (folder[item]) own.push_back(*folder[item]);
  }
  return own;
}

ItemCopies::Behind ItemCopies::behind(std::span<const std::size_t> train,
                                      std::vector<std::int64_t>& labels) const {
  Behind behind{{}, std::vector<std::vector<std::size_t>>(labels.size())};
  for (const auto& folder : folders_) {
    for (const std::size_t item : train) {
      if (!folder[item]) continue;
      behind.places[item].push_back(labels.size());
      labels.push_back(labels[item]);
      behind.copies.push_back(*folder[item]);
    }
  }
  return behind;
}

}  // namespace aver
