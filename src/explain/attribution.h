#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>

#include "nn/network.h"

namespace aver {

/// Items as a network takes them.
struct NetworkInput {
  torch::Tensor values;   ///< float [N] + Network::input_shape(); series end with the longest
  torch::Tensor lengths;  ///< int64 [N], time steps of each
  float nothing = 0;      ///< of series: SeriesNetworkOptions::nothing()
};

/// How much each place of an item had to do with the logit of a class.
struct Attribution {
  torch::Tensor places;  ///< [N, rows, columns]: those of a picture, or time steps and coefficients
  std::string method;    ///< "Grad-CAM", "HiResCAM", "integrated gradients" or "occlusion"
  std::string layer;     ///< that Grad-CAM or HiResCAM looked at
  std::string unit;      ///< of the values: kOfTheMost, "logit" or "nats"
  /// Of places that one value of `places` is drawn from: {8, 8} of a layer, all of an input.
  std::int64_t grid_rows = 0, grid_columns = 0;
  /// Integrated gradients: how far their sum is from what it should be, as a share of that, on the
  /// mean over the items. The sum of others means nothing.
  std::optional<double> gap;
};

/// How an attribution is made: how it is called on command lines, and in results.
struct AttributionMethod {
  std::string name = "auto";  ///< see attribution_methods(); "auto": Grad-CAM where there is a
                              ///< layer for it, else integrated gradients
  int steps = 64;             ///< of integrated gradients
};
/// Grad-CAM (Selvaraju et al., ICCV 2017) at the deepest layer with places: its channels, weighed
/// by the mean gradient of the class's logit and added up, what speaks against the class set to
/// zero, scaled to 0 … 1 for each item and brought to the size of the input, as
/// github.com/jacobgil/pytorch-grad-cam does. Of a network that is made of several, the mean of
/// theirs. Throws Error for a network without such a layer.
Attribution grad_cam(Network& network, const NetworkInput& input, std::int64_t target);

/// HiResCAM (Draelos & Carin 2020): the same, but each place of a channel is weighed by its own
/// gradient and not by their mean, so that what speaks for the class here does not light up there.
Attribution hires_cam(Network& network, const NetworkInput& input, std::int64_t target);

/// Integrated gradients (Sundararajan et al., ICML 2017) of the class's logit, on the way from
/// NetworkInput::nothing (of standardised features the mean of the training part) to the input, at
/// the middles of `steps` equal steps; of pictures from black.
Attribution integrated_gradients(Network& network, const NetworkInput& input, std::int64_t target,
                                 int steps);

/// Occlusion (Zeiler & Fergus, ECCV 2014): by how many nats the class is less likely without each
/// of 8 x 8 places (of series 16 along their time and 8 along their features), which becomes what
/// absent() says, together with half a place around it. What speaks against the class is negative.
/// Asks the network once for each place.
Attribution occlusion(Network& network, const NetworkInput& input, std::int64_t target);

/// What stands where something is taken away: a picture's mean colour, NetworkInput::nothing in
/// features.
torch::Tensor absent(const NetworkInput& input);

/// Throws UsageError for a method that this network has no layer for.
Attribution attribution_of(Network& network, const NetworkInput& input, std::int64_t target,
                           const AttributionMethod& how);

}  // namespace aver
