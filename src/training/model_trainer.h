#pragma once

#include <string>
#include <vector>

#include "training/fold_trainer.h"
#include "training/training_input.h"

namespace aver {

/// The layers of the network that a run would train, as --describe shows them.
std::string described_network(const NetworkChoice& choice, const TrainingConfig& run);

/// The trainer of all models: trains, scores and writes the run folder, whatever the input is.
class ModelTrainer final : public FoldTrainer {
 public:
  explicit ModelTrainer(TrainingInput& input) : input_(input) {}

  std::string tool() const override { return "aver-train-" + input_.kind(); }
  Options options(const TrainingConfig& run) const override { return input_.options(run); }
  void read(Progress& progress) override;
  const Split& split() const override { return items_.split; }
  void check(const TrainingConfig& run, Progress& progress) override;
  TrainingReport train(const TrainingConfig& run, const Runtime& runtime,
                       Progress& progress) override;

 private:
  TrainingInput& input_;
  TrainingItems items_;
  std::vector<std::string> classes_;
};

}  // namespace aver
