#pragma once

#include <vector>

#include "corpus/scheme.h"
#include "protocol/split.h"

namespace aver {

/// Published folds of speakers, from a corpus's description; validation = the next fold's speakers,
/// cyclic. Folds without test clips are left out and named in `skipped`; the others keep their
/// numbers. Throws Error for items of another corpus, naming the speakers no fold has, and when
/// fewer than three folds have clips: one each to train, validate and test.
Split split_published(const std::vector<SplitItem>& items, const PublishedFolds& folds,
                      const std::string& corpus, std::vector<int>* skipped = nullptr);

/// Each speaker is tested once; the next one who is there, cyclic, validates and the others train.
/// Of a corpus whose description says that its speakers are numbered, fold k tests speaker k + 1,
/// whoever is missing, and `skipped` names the folds of those who are; other speakers are counted
/// in sorted order. Throws Error when there are fewer than three.
Split split_actor_loo(const std::vector<SplitItem>& items, const Scheme* corpus = nullptr,
                      std::vector<int>* skipped = nullptr);

/// Sorted speakers (or values of another column) dealt round into `folds` folds; validation = the
/// next fold, cyclic. Throws Error when there are fewer groups than folds or an item has no group.
Split split_group(const std::vector<SplitItem>& items, int folds,
                  const std::string& column = "speaker");

}  // namespace aver
