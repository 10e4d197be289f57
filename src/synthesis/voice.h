#pragma once

#include <vector>

#include "synthesis/performance.h"

namespace aver {

/// A spoken sentence.
struct Speech {
  std::vector<float> samples;  ///< mono, in [-1, 1]
  /// How far the mouth is open at a time, 0 … 1, 100 values per second: lips move with the words.
  std::vector<float> mouth;

  double mouth_at(double seconds) const;
};

/// Rate of all synthetic sound, as in RAVDESS.
inline constexpr int kSpeechSampleRateHz = 48000;

/// Speaks the statement of a performance with the voice of its actor: a formant synthesiser after
/// Klatt (1980), glottal pulses and noise through a cascade of resonators. Pitch, its range and
/// course, loudness, tempo, spectral tilt, breath, tremor and roughness carry the emotion; base
/// pitch and vocal tract length the actor.
Speech speak(const Performance& performance);

}  // namespace aver
