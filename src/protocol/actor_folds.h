#pragma once

#include <vector>

#include "protocol/split.h"

namespace aver {

/// The published five folds of actors (Luna-Jiménez et al. 2022); validation = the next fold's
/// actors, cyclic. Folds without test clips are left out and named in `skipped`; the others keep
/// their numbers. Throws Error that names the actors no fold has, and when fewer than three folds
/// have clips: one each to train, validate and test.
Split split_actor5(const std::vector<SplitItem>& items, std::vector<int>* skipped = nullptr);

/// The same with the six published folds of EmoBox (Ma et al. 2024).
Split split_actor6(const std::vector<SplitItem>& items, std::vector<int>* skipped = nullptr);

/// Each actor is tested once; the next one who is there, cyclic, validates and the others train.
/// Of RAVDESS names fold k tests actor k + 1, whoever is missing, and `skipped` names the folds of
/// the 24 (or more) actors who are; other subjects are counted in sorted order. Throws Error when
/// there are fewer than three.
Split split_actor_loo(const std::vector<SplitItem>& items, std::vector<int>* skipped = nullptr);

/// Sorted groups dealt round into `folds` folds; validation = the next fold, cyclic. Throws Error
/// when there are fewer groups than folds or an item has no group.
Split split_group(const std::vector<SplitItem>& items, int folds);

}  // namespace aver
