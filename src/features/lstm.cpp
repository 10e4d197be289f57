#include "features/lstm.h"

#include <cmath>

#include "base/vector_clones.h"
#include "features/mfcc_kernels.h"

namespace aver {
namespace {

/// gates[j] += Σ_k state[k] · weights[k, j], for 4·units gates.
AVER_VECTOR_CLONES void add_recurrent(const float* __restrict weights,
                                      const float* __restrict state, std::size_t units,
                                      float* __restrict gates) {
  const std::size_t width = 4 * units;
  for (std::size_t k = 0; k < units; ++k) {
    const float value = state[k];
    const float* row = weights + k * width;
    for (std::size_t j = 0; j < width; ++j) gates[j] += value * row[j];
  }
}

float logistic(float x) {
  return 1.0F / (1.0F + std::exp(-x));
}

}  // namespace

FloatArray lstm_states(const LstmLayer& layer, const FloatArray& inputs) {
  const std::size_t units = layer.units, width = 4 * units, frames = inputs.columns();
  std::vector<float> driven(width * frames);  // [4·units, frames]
  multiply(layer.of_input.data(), width, layer.inputs, inputs.values.data(), frames, 0.0F,
           driven.data());
  FloatArray states = FloatArray::matrix(units, frames);
  std::vector<float> gates(width), state(units), cell(units);
  for (std::size_t t = 0; t < frames; ++t) {
    for (std::size_t j = 0; j < width; ++j) gates[j] = layer.bias[j] + driven[j * frames + t];
    add_recurrent(layer.of_state.data(), state.data(), units, gates.data());
    for (std::size_t k = 0; k < units; ++k) {
      cell[k] = logistic(gates[units + k]) * cell[k] +
                logistic(gates[k]) * std::tanh(gates[2 * units + k]);
      state[k] = logistic(gates[3 * units + k]) * std::tanh(cell[k]);
      states.values[k * frames + t] = state[k];
    }
  }
  return states;
}

}  // namespace aver
