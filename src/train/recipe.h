#pragma once

#include <string>

namespace aver {

class Options;

/// How weights are stepped, whatever the model. The defaults are the paper's, and leave every byte
/// of a run as it is without any of it.
struct Recipe {
  double weight_decay = 0;             ///< AdamW's (Loshchilov & Hutter 2019); 0 = Adam
  std::string schedule = "constant";   ///< of the rate: "constant" or "cosine"
  double warmup_epochs = 0;            ///< over which the rate rises from 0; parts of epochs count
  double label_smoothing = 0;          ///< share of the target that all classes have alike
  double clip_norm = 0;                ///< longest gradient; 0 = any
  std::string class_weights = "none";  ///< "none", or "balanced": classes weigh alike in the loss
  double average = 0;  ///< decay of the moving average of the weights that is scored; 0 = none
  double mixup = 0;    ///< alpha of mixup (Zhang et al. 2018): items are blended in pairs; 0 = none
  int early_stop = 0;  ///< epochs without a lower validation loss after which a run ends; 0 = never

  void describe(Options& options);
  /// True when targets are anything but one class an item, each as heavy as the others.
  bool has_soft_targets() const {
    return label_smoothing > 0 || mixup > 0 || class_weights != "none";
  }
};

/// What the rate at a step (counted from 0) of `steps` in all is multiplied with.
double rate_factor(const Recipe& recipe, double step, double steps, double steps_per_epoch);

}  // namespace aver
