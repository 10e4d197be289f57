#pragma once

#include <cstdint>
#include <memory>

#include "nn/network.h"
#include "nn/options.h"

namespace aver {

// Networks for series of features whatever they are: landmarks, action units, physiology. Padding
// has no say in any of them. All throw UsageError when the options cannot work.

/// A dense layer over each step, a bidirectional GRU, and the mean and deviation of its states
/// weighed by attention.
std::shared_ptr<Network> make_series_gru(SeriesGruOptions options, std::uint64_t seed);

/// Residual convolutions over time whose reach doubles from one to the next (Bai et al. 2018, but
/// looking both ways), and pooling by attention.
std::shared_ptr<Network> make_series_tcn(SeriesTcnOptions options, std::uint64_t seed);

/// One dense layer over the mean of the steps: with one step, of a summary, multinomial logistic
/// regression.
std::shared_ptr<Network> make_series_linear(SeriesLinearOptions options, std::uint64_t seed);

}  // namespace aver
