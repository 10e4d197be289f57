#include "synthesis/phonemes.h"

#include <algorithm>
#include <vector>

namespace aver {
namespace {

struct Formants {
  double hz[4];
};
constexpr Formants kIH{{400, 1950, 2550, 3500}};
constexpr Formants kAA{{710, 1120, 2500, 3500}};
constexpr Formants kAO{{590, 880, 2450, 3400}};
constexpr Formants kER{{480, 1300, 1700, 3300}};
constexpr Formants kUH{{600, 1250, 2450, 3450}};
constexpr Formants kII{{330, 2150, 2800, 3600}};
constexpr Formants kNG{{280, 2100, 2650, 3500}};

Phoneme glide(double seconds, const Formants& from, const Formants& to, double opening,
              double accent) {
  Phoneme p{.seconds = seconds, .opening = opening, .accent = accent};
  std::copy_n(from.hz, 4, p.from_hz);
  std::copy_n(to.hz, 4, p.to_hz);
  return p;
}

Phoneme vowel(double seconds, const Formants& f, double opening, double accent) {
  return glide(seconds, f, f, opening, accent);
}

Phoneme stop(double burst_hz, bool voiced, const Formants& next) {
  Phoneme p = glide(.07, next, next, .05, 0);
  p.is_stop = true;
  p.voicing = voiced ? .18 : 0;
  p.aspiration = voiced ? 0 : .5;
  p.frication = voiced ? .5 : 1;
  p.frication_hz = burst_hz;
  return p;
}

Phoneme hiss(double seconds, double hz, double level, bool voiced, const Formants& near) {
  Phoneme p = glide(seconds, near, near, .12, 0);
  p.voicing = voiced ? .3 : 0;
  p.frication = level;
  p.frication_hz = hz;
  return p;
}

Phoneme nasal(double seconds) {
  Phoneme p = vowel(seconds, kNG, .15, 0);
  p.voicing = .5;
  return p;
}

void append(std::vector<Phoneme>& sentence, std::initializer_list<Phoneme> more) {
  sentence.insert(sentence.end(), more);
}

// "… are" and "… by the door" end both sentences.
void append_are(std::vector<Phoneme>& sentence) {
  append(sentence, {glide(.12, kAA, kER, .55, .15)});
}
void append_by_the_door(std::vector<Phoneme>& sentence) {
  append(sentence,
         {stop(900, true, kAA), glide(.15, kAA, kII, .65, .3), hiss(.05, 5500, .25, true, kUH),
          vowel(.07, kUH, .35, 0), stop(3800, true, kAO), glide(.28, kAO, kER, .6, 1)});
}

std::vector<Phoneme> kids() {
  std::vector<Phoneme> sentence;
  append(sentence, {stop(2000, false, kIH), vowel(.13, kIH, .5, .8), stop(3800, true, kIH),
                    hiss(.07, 5200, .5, true, kIH)});
  append_are(sentence);
  append(sentence, {stop(4200, false, kAO), vowel(.18, kAO, .8, 1), stop(1900, false, kIH),
                    vowel(.09, kIH, .45, .1), nasal(.08)});
  append_by_the_door(sentence);
  return sentence;
}

std::vector<Phoneme> dogs() {
  std::vector<Phoneme> sentence;
  append(sentence, {stop(3800, true, kAO), vowel(.16, kAO, .75, .8), stop(1700, true, kAO),
                    hiss(.07, 5200, .5, true, kIH)});
  append_are(sentence);
  append(sentence, {hiss(.11, 6000, .9, false, kIH), vowel(.11, kIH, .5, 1), stop(4200, false, kIH),
                    vowel(.09, kIH, .45, .1), nasal(.08)});
  append_by_the_door(sentence);
  return sentence;
}

}  // namespace

std::span<const Phoneme> sentence_phonemes(int statement) {
  static const std::vector<Phoneme> first = kids();
  static const std::vector<Phoneme> second = dogs();
  return statement == 2 ? second : first;
}

}  // namespace aver
