#pragma once

#include <string>

#include "training/fold_trainer.h"

namespace aver {

/// Trains each fold once for every seed of the configuration, one after the other, into
/// `<run>/seed-S`, and makes of them the run itself: one model that answers with the mean of
/// theirs, tables of those answers, and what each seed scores. With `resume` seeds that are
/// finished are passed over.
class SeedTrainer final : public FoldTrainer {
 public:
  explicit SeedTrainer(FoldTrainer& one) : one_(one) {}

  std::string tool() const override { return one_.tool(); }
  Options options(const TrainingConfig& run) const override { return one_.options(run); }
  void read(Progress& progress) override { one_.read(progress); }
  const Split& split() const override { return one_.split(); }
  void check(const TrainingConfig& run, Progress& progress) override;
  TrainingReport train(const TrainingConfig& run, const Runtime& runtime,
                       Progress& progress) override;

 private:
  FoldTrainer& one_;
};

}  // namespace aver
