#pragma once

namespace aver {

/// Settings of the learning-rate rule; the defaults are the paper's (patience, factor) and Keras's.
struct PlateauOptions {
  int patience = 3;         ///< epochs in a row without better before a cut
  double factor = 0.5;      ///< what a cut multiplies the rate with
  double min_delta = 1e-4;  ///< better means lower than best - min_delta (absolute)
};

/// Keras's ReduceLROnPlateau, monitoring a loss: no cooldown, no lower bound; after a cut the count
/// restarts and the best stays.
class Plateau {
 public:
  explicit Plateau(const PlateauOptions& options) : options_(options) {}

  /// Takes an epoch's loss; true when the learning rate is to be cut now.
  bool cut_after(double loss);

  /// What a checkpoint keeps. `best` means nothing before `seen`.
  struct State {
    bool seen = false;
    double best = 0.0;
    int waited = 0;
  };
  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  PlateauOptions options_;
  State state_;
};

}  // namespace aver
