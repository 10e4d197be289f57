#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "nn/batch_share.h"
#include "nn/layers.h"
#include "nn/options.h"

namespace aver {

/// A classifier over items of one shape.
class Network : public torch::nn::Module {
 public:
  /// Logits [N, classes]. `inputs`: [N] + input_shape(). `lengths`: int64 [N], time steps of each
  /// item before padding; looked at only by an audio network that masks padding.
  virtual torch::Tensor forward(torch::Tensor inputs, const torch::Tensor& lengths) = 0;
  /// Shape of one item: {3, size, size} (visual) or {max_frames, coefficients} (audio).
  virtual std::vector<std::int64_t> input_shape() const = 0;

  /// The deepest layer whose output still has places, [N, channels, rows, columns]; "" without one.
  virtual std::string layer_with_places() const { return {}; }
  /// Whether the answer is the same however far an item is padded.
  virtual bool takes_any_length() const { return false; }

  /// A network that answers by itself, and whether it is shown pictures mirrored.
  struct Part {
    Network* network = nullptr;
    bool mirrored = false;
  };
  /// Those of whose answers this one's is the mean; itself where it is one.
  virtual std::vector<Part> parts() { return {{this, false}}; }

  /// Of the convolutions and the first LSTM's products in training. Weights, sums, statistics and
  /// everything outside training are float32.
  Precision precision = Precision::fp32;

  /// While set, forward() in training takes the inputs for this part of a batch, and gives what the
  /// whole batch would give there: batch normalisation uses the whole batch's statistics, dropout
  /// drops what it would drop in these items. Gradients are this part's, to be added up.
  const BatchShare* share = nullptr;

  /// While set, forward() records what each layer puts out.
  std::vector<Layer>* trace = nullptr;

  /// While set, forward() keeps the output of the layer of this name, with its gradient's path.
  struct Kept {
    std::string layer;
    torch::Tensor output;
  };
  Kept* kept = nullptr;

 protected:
  /// Records a layer's output while tracing, and keeps it where it is asked for.
  void note(const std::string& name, const std::string& kind, const torch::Tensor& output,
            const torch::nn::Module* weights = nullptr) const;
};

/// Keras's defaults where LibTorch's differ: convolution and dense weights Glorot uniform, bias 0;
/// LSTM input weights Glorot uniform, recurrent weights one orthogonal draw, one trained bias
/// (`bias_ih`: 0, forget gate 1; `bias_hh` stays 0 and is not trained, or every step would count
/// twice). GRU weights likewise, biases 0. Batch normalisation starts as in both. Seeds LibTorch's
/// generator.
void initialise_like_keras(torch::nn::Module& network, std::uint64_t seed);

/// Layers with output shapes and parameter counts as Keras counts them, from a real forward pass.
std::vector<Layer> describe(Network& network);

}  // namespace aver
