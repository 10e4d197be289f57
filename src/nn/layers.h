#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aver {

/// One row of a network's description.
struct Layer {
  std::string name;                 ///< "conv1"
  std::string kind;                 ///< "Conv2D 3x3, ReLU"
  std::vector<std::int64_t> shape;  ///< of its output for one item, channels last as Keras prints
  std::int64_t parameters = 0;      ///< trained and running statistics, as Keras counts
};

/// A text table of the layers with the total (the paper's figures 4 and 6).
std::string format_layers(const std::string& title, const std::vector<Layer>& layers);

}  // namespace aver
