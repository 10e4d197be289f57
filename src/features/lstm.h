#pragma once

#include <cstddef>
#include <vector>

#include "base/array.h"

namespace aver {

/// One layer of an LSTM (Hochreiter and Schmidhuber, 1997), forwards in time, with the gates in the
/// order input, forget, cell, output, as PyTorch has them.
struct LstmLayer {
  std::size_t inputs = 0;
  std::size_t units = 0;
  std::vector<float> of_input;  ///< [4·units, inputs]
  std::vector<float> of_state;  ///< [units, 4·units]: of the state before, transposed
  std::vector<float> bias;      ///< [4·units]
};

/// The states [units, frames] at each frame of `inputs` [inputs, frames], beginning from zero.
FloatArray lstm_states(const LstmLayer& layer, const FloatArray& inputs);

}  // namespace aver
