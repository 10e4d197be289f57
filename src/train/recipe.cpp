#include "train/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/options.h"

namespace aver {

void Recipe::describe(Options& options) {
  options
      .result("weight-decay", weight_decay,
              "AdamW's: the share of each weight that a step takes off, times the rate (0 = Adam)")
      .at_least(0)
      .unsaid_at(0);
  options
      .result(
          "schedule", schedule,
          "Rate over the epochs: constant (cut as --plateau-patience says), or cosine (falls to "
          "0 with the last of --epochs)")
      .one_of({"constant", "cosine"})
      .unsaid_at("constant");
  options
      .result("warmup-epochs", warmup_epochs, "Epochs, or a part of one, in which the rate rises")
      .at_least(0)
      .unsaid_at(0);
  options
      .result("label-smoothing", label_smoothing,
              "Share of each item's target that is spread over all classes")
      .from_to_below(0, 1)
      .unsaid_at(0);
  options.result("clip-norm", clip_norm, "Length that a step's gradient is cut to (0 = any)")
      .at_least(0)
      .unsaid_at(0);
  options
      .result("class-weights", class_weights,
              "none, or balanced: in the loss each class weighs as much as the others")
      .one_of({"none", "balanced"})
      .unsaid_at("none");
  options
      .result("average", average,
              "Score a moving average of the weights, of which this share stays at each step, such "
              "as 0.999 (0 = the weights themselves)")
      .from_to_below(0, 1)
      .unsaid_at(0);
  options
      .result("mixup", mixup,
              "Blend items in pairs, shares drawn from Beta(alpha, alpha) (0 = no mixup)")
      .at_least(0)
      .unsaid_at(0);
  options
      .result("early-stop", early_stop,
              "End after so many epochs without a lower validation loss (0 = never)")
      .at_least(0)
      .unsaid_at(0);
}

double rate_factor(const Recipe& recipe, double step, double steps, double steps_per_epoch) {
  const double rising = recipe.warmup_epochs * steps_per_epoch;
  if (step < rising) return (step + 1) / rising;
  if (recipe.schedule != "cosine") return 1;
  const double gone = (step - rising) / std::max(1.0, steps - rising);
  return (1 + std::cos(std::numbers::pi * std::min(1.0, gone))) / 2;
}

}  // namespace aver
