#pragma once

#include <cstdint>
#include <vector>

#include "protocol/split.h"

namespace aver {

inline constexpr const char* kPaperAugmented = "paper-augmented";

/// The way in which augmented figures are mostly published: clips in several versions
/// (corpus/version_name.h), dealt as if each version were a clip, `test_share` of them at random to
/// the test part, which also validates. So most of what is tested has a version of itself in
/// training, with K versions a share 1 − test_share^(K−1). Takes the first `copies` versions of
/// each clip (0 = all there are). Throws Error where a clip has fewer, or no clip has any.
Split split_paper_augmented(const std::vector<SplitItem>& items, int copies, double test_share,
                            std::uint64_t seed);

}  // namespace aver
