#include "protocol/paper_augmented.h"

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "corpus/version_name.h"

namespace aver {
namespace {

constexpr const char* kMakeThem = "aver-extract-audio --copies K makes them";

/// Of a clip that is no version the first.
long long number_of(const Clip& clip) {
  return parse_integer(clip.value(kVersion)).value_or(1);
}

void require_copies(const std::vector<SplitItem>& taken, int copies) {
  std::map<std::string, int> versions;  // of each clip
  bool any = false;
  for (const SplitItem& item : taken) {
    ++versions[original_of(item.clip())];
    any = any || !item.value(kVersionOf).empty();
  }
  if (!any) {
    throw Error("--protocol {} needs clips in several versions, and these are each alone: {}",
                kPaperAugmented, kMakeThem);
  }
  for (const auto& [clip, count] : versions) {
    if (count < copies) {
      throw Error("{} is there in {}, not in {}: {}", clip, counted(count, "versions"), copies,
                  kMakeThem);
    }
  }
}

}  // namespace

Split split_paper_augmented(const std::vector<SplitItem>& items, int copies, double test_share,
                            std::uint64_t seed) {
  std::vector<SplitItem> taken;
  for (const SplitItem& item : items) {
    if (copies == 0 || number_of(item.clip()) <= copies) taken.push_back(item);
  }
  require_copies(taken, copies);
  Split split = split_paper(taken, test_share, /*stratified=*/false, seed);
  split.protocol = kPaperAugmented;
  return split;
}

}  // namespace aver
