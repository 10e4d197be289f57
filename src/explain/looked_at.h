#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/array.h"
#include "prediction/recogniser.h"
#include "runs/model_file.h"

namespace aver {

/// The unit of what is scaled to 0 … 1 for each item.
inline constexpr const char* kOfTheMost = "of the most";

/// Whether an attribution says something of the network; see attribution_check.h.
struct AttributionCheck {
  double deletion = 0;         ///< area: the mean probability while what is important goes first
  double random_deletion = 0;  ///< the same in random orders
  double shuffled = 0;  ///< correlation with the attribution of a network that learnt nothing
};

/// What a model looked at in a clip.
struct LookedAt {
  std::string method;
  std::string layer;  ///< "" of methods that look at no layer
  std::string unit;   ///< of the values of `places`
  FloatArray places;  ///< [pictures, rows, columns], or as the features: [rows, frames]
  std::optional<double> gap = {};  ///< of integrated gradients
  std::optional<AttributionCheck> check;
};

/// Of `count` items at most so many, evenly spread.
std::vector<std::size_t> spread_items(std::size_t count, std::size_t most);

/// "auto", "grad-cam", "hires-cam", "integrated-gradients", "occlusion".
const std::vector<std::string>& attribution_methods();

struct ExplainerOptions {
  std::string method = "auto";  ///< of attribution_methods()
  int steps = 64;               ///< of integrated gradients
  bool check = false;           ///< also make AttributionCheck
  std::uint64_t seed = 42;
};

/// Looks into one model.
class Explainer {
 public:
  /// `model` must be there as long as this is. `source` is what errors call it.
  Explainer(const LoadedModel& model, std::string source, const ExplainerOptions& options);
  ~Explainer();
  Explainer(Explainer&&) noexcept;
  Explainer& operator=(Explainer&&) noexcept;

  /// What speaks for this class, which the model knows, in pictures as ClipInput has them.
  LookedAt at_pictures(const std::vector<std::vector<std::uint8_t>>& pictures,
                       const std::string& emotion);
  /// The same in features of a clip, [rows, frames].
  LookedAt at_features(const FloatArray& features, const std::string& emotion);

  /// The model's own distribution over its classes, of such features.
  std::vector<double> answer(const FloatArray& features);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aver
