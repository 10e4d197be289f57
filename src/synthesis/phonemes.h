#pragma once

#include <span>

namespace aver {

/// One sound of a sentence: formants of an adult male (Peterson & Barney 1952, rounded; diphthongs
/// move from one set to another), excitation, and how far the mouth is open.
struct Phoneme {
  double seconds = .08;  ///< relative: sentences are scaled to their clip
  double from_hz[4] = {500, 1500, 2500, 3500};
  double to_hz[4] = {500, 1500, 2500, 3500};
  double voicing = 1;
  double aspiration = 0;
  double frication = 0;
  double frication_hz = 4000;
  double opening = .5;
  double accent = 0;  ///< of its syllable, 0 … 1
  bool is_stop = false;

  bool is_vowel() const { return voicing >= 1 && !is_stop; }
};

/// 1 "Kids are talking by the door", 2 "Dogs are sitting by the door".
std::span<const Phoneme> sentence_phonemes(int statement);

}  // namespace aver
