#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

// The loops that MFCCs spend their time in; see aver/base/vector_clones.h.

namespace aver {

/// Sums over bins run in this many independent lanes.
inline constexpr std::size_t kLanes = 16;

/// Where a mel band's weights stand: `blocks` · kLanes of them (zeros at the end), from
/// `first_weight` on, for the bins from `first_bin` on.
struct MelBand {
  std::size_t first_bin;
  std::size_t first_weight;
  std::size_t blocks;
};

/// out[b · step] = Σ power[bin] · weight[bin] for each of `count` bands.
void band_energies(const MelBand* bands, std::size_t count, const float* power,
                   const float* weights, float* out, std::size_t step);

/// values[i] ← 10 · log10(max(`smallest`, values[i])), within 2e-5.
void to_decibels(float* values, std::size_t count, float smallest);

/// Lowest and highest of at least one value.
std::pair<float, float> extremes(const float* values, std::size_t count);

/// out[k, t] = Σ_m basis[k, m] · (levels[m, t] − offset), for `rows` rows of `columns` values each
/// and `frames` frames.
void multiply(const float* basis, std::size_t rows, std::size_t columns, const float* levels,
              std::size_t frames, float offset, float* out);

/// out[i] = samples[i] · window[i].
void apply_window(const float* samples, const float* window, std::size_t count, float* out);

/// The DFT of 2·`half` real values, `half` + 1 complex numbers, from the complex DFT of the same
/// values taken as `half` complex ones. `cosines` and `sines` are of π·k/half, k = 0 … half − 1;
/// `re` and `im` are room for half + 1 values each.
void unpack_real_transform(const float* packed, std::size_t half, const float* cosines,
                           const float* sines, float* re, float* im, float* spectrum);

/// The same, but of each value its squared magnitude.
void unpack_real_power(const float* packed, std::size_t half, const float* cosines,
                       const float* sines, float* re, float* im, float* power);

}  // namespace aver
