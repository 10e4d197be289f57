#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/array.h"

namespace aver {

/// Shape of the analysis window; all periodic (DFT-even), as scipy.signal.get_window makes them.
enum class WindowShape { hann, hamming, rectangular };

/// One period of the window, `length` values.
/// hann: 0.5 − 0.5·cos(2πi/length); hamming: 0.54 − 0.46·cos(2πi/length).
std::vector<double> window_of(WindowShape shape, std::size_t length);
std::vector<double> hann(std::size_t length);

/// Slaney's mel scale (Auditory Toolbox, 1998): linear to 1000 Hz with 200/3 Hz per mel, then
/// logarithmic with 27 mels per factor of 6.4.
double hz_to_mel(double hz);
double mel_to_hz(double mel);

/// Triangular filters with centres equally spaced in mel between `lowest_hz` and `highest_hz`, each
/// scaled to an area of one hertz (Slaney's normalisation), as librosa.filters.mel makes them.
/// [bands, fft_length/2 + 1]
FloatArray mel_filterbank(double sample_rate_hz, std::size_t fft_length, std::size_t bands,
                          double lowest_hz, double highest_hz);

/// The first `count` rows of the orthonormal DCT-II of `length` values:
/// row 0 is √(1/length), row k is √(2/length)·cos(πk(2i + 1)/(2·length)). [count, length]
FloatArray dct_basis(std::size_t count, std::size_t length);

/// Computes in place 10·log10(max(1e-10, power)), then nothing lower than the highest value −
/// `top_db` (0: no such floor).
void power_to_db(std::span<float> power, double top_db);

}  // namespace aver
