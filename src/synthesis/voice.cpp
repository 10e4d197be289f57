#include "synthesis/voice.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "synthesis/phonemes.h"

namespace aver {
namespace {

constexpr double kRate = kSpeechSampleRateHz;
constexpr int kControlStep = 96;  // samples between updates of the resonators: 2 ms
constexpr double kPi = std::numbers::pi;

// How an emotion sounds, as deviations from a neutral voice. After the tendencies in Banse &
// Scherer (1996) and Juslin & Laukka (2003).
struct Prosody {
  double pitch = 0;       // octaves
  double range = 0;       // of accents, octaves beyond neutral's
  double course = 0;      // rise over the sentence, octaves
  double final_rise = 0;  // on the last syllable, octaves
  double loudness = 0;    // dB
  double tempo = 0;       // log2 of the speed
  double tilt = 0;        // dB per octave; positive is brighter
  double breath = 0;      // noise in the source
  double tremor = 0;      // octaves at 6 Hz
  double roughness = 0;   // unevenness from period to period
  double formants = 0;    // log2 shift: lips spread (+) or drawn in (-)
};

constexpr std::array<Prosody, 8> kProsody = {{
    {},
    {-.10, -.06, -.05, -.05, -4.0, -.22, -1.5, .10, 0, -.01, -.01},
    {.42, .28, .02, .05, 4.0, .12, 2.0, 0, 0, 0, .05},
    {-.06, -.08, -.22, -.12, -7.0, -.34, -3.5, .22, .012, .01, -.03},
    {.24, .20, -.10, -.25, 8.5, .18, 4.0, 0, 0, .10, .01},
    {.62, -.04, .08, .05, 0.5, .34, .5, .30, .05, .03, .03},
    {-.22, .04, -.12, -.10, -1.0, -.18, .5, .04, 0, .16, -.08},
    {.48, .34, .24, .60, 3.0, -.04, .5, .10, 0, 0, .02},
}};

// Actors act: a little more than the tendencies above.
constexpr double kStrength = 1.15;

template <typename Visit>
void for_each_field(Prosody& a, const Prosody& b, Visit visit) {
  visit(a.pitch, b.pitch, .05);
  visit(a.range, b.range, .05);
  visit(a.course, b.course, .04);
  visit(a.final_rise, b.final_rise, .05);
  visit(a.loudness, b.loudness, 1.2);
  visit(a.tempo, b.tempo, .05);
  visit(a.tilt, b.tilt, .5);
  visit(a.breath, b.breath, .02);
  visit(a.tremor, b.tremor, .004);
  visit(a.roughness, b.roughness, .012);
  visit(a.formants, b.formants, .01);
}

Prosody mixed_prosody(const EmotionWeights& weights, Random& random) {
  Prosody sum;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for_each_field(sum, kProsody[i], [&](double& total, double value, double) {
      total += kStrength * weights[i] * value;
    });
  }
  for_each_field(sum, sum, [&](double& total, double, double spread) {
    total += .7 * spread * random.normal();
  });
  sum.breath = std::max(0.0, sum.breath);
  sum.tremor = std::max(0.0, sum.tremor);
  sum.roughness = std::max(0.0, sum.roughness);
  return sum;
}

struct Speaker {
  double pitch_hz;
  double tract;  // factor on all formants
  double breath;
  double tilt;  // dB per octave
  double loudness;
};

Speaker speaker_of(const Performance& performance) {
  Random random(performance.actor_seed ^ 0x5eed0f0a11ceULL);
  const bool male = performance.id.male();
  return {.pitch_hz = (male ? 118 : 178) * std::exp2(random.uniform(-.10, .10)),
          .tract = (male ? 1.0 : 1.08) * random.uniform(.98, 1.02),
          .breath = random.uniform(.015, .05),
          .tilt = random.uniform(-.4, .4),
          .loudness = random.uniform(-.8, .8)};
}

// A resonator with unity gain at 0 Hz (Klatt 1980, equation 2).
class Resonator {
 public:
  void tune(double frequency_hz, double bandwidth_hz) {
    const double r = std::exp(-kPi * bandwidth_hz / kRate);
    c_ = -r * r;
    b_ = 2 * r * std::cos(2 * kPi * frequency_hz / kRate);
    a_ = 1 - b_ - c_;
  }
  double step(double input) {
    const double output = a_ * input + b_ * y1_ + c_ * y2_;
    y2_ = y1_;
    y1_ = output;
    return output;
  }

 private:
  double a_ = 1, b_ = 0, c_ = 0, y1_ = 0, y2_ = 0;
};

// Flow through the glottis (Rosenberg 1971), differentiated by the caller: opens slowly, closes
// fast, stays shut.
double glottal_flow(double phase) {
  constexpr double kOpening = .42, kClosing = .18;
  if (phase < kOpening) return .5 * (1 - std::cos(kPi * phase / kOpening));
  if (phase < kOpening + kClosing) return std::cos(kPi / 2 * (phase - kOpening) / kClosing);
  return 0;
}

// The sentence laid out in time: which phoneme sounds when, and how strong its syllable is.
struct Timeline {
  struct Part {
    Phoneme phoneme;
    double start, end;  // seconds
    double accent;      // of the syllable, 0 … 1
  };
  std::vector<Part> parts;
  double start = 0, end = 0;
};

Timeline lay_out(const Performance& performance, const Prosody& prosody, Random& random) {
  const auto sentence = sentence_phonemes(performance.id.statement);
  double total = 0;
  std::vector<double> lengths;
  for (const auto& phoneme : sentence) {
    const double stretch = phoneme.is_vowel() ? std::exp2(.12 * random.normal()) : 1.0;
    lengths.push_back(phoneme.seconds * stretch);
    total += lengths.back();
  }
  // At a neutral tempo the sentence fills .62 of the clip; the clip's length says nothing.
  const double wanted = .62 * performance.seconds * std::exp2(-prosody.tempo);
  const double speech = std::clamp(wanted, .3 * performance.seconds, .9 * performance.seconds);
  const double slack = performance.seconds - speech;
  Timeline timeline;
  timeline.start = slack * random.uniform(.3, .6);
  double now = timeline.start;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const double length = lengths[i] / total * speech;
    timeline.parts.push_back({sentence[i], now, now + length, sentence[i].accent});
    now += length;
  }
  timeline.end = now;
  return timeline;
}

struct Control {
  double frequency_hz[4] = {};
  double voicing = 0;     // amplitude of the glottal source
  double aspiration = 0;  // noise through the tract
  double frication = 0;   // noise past it
  double frication_hz = 4000;
  double mouth = 0;
  double octaves = 0;  // of the accent
};

double smooth(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

// Targets at a time: formants glide over the borders between phonemes.
Control control_at(const Timeline& timeline, double time) {
  Control control;
  const auto& parts = timeline.parts;
  std::size_t i = 0;
  while (i + 1 < parts.size() && time >= parts[i].end) ++i;
  const auto& part = parts[i];
  const double place = std::clamp((time - part.start) / (part.end - part.start), 0.0, 1.0);
  const auto target = [&](std::size_t index, double where, int k) {
    const Phoneme& p = parts[index].phoneme;
    return p.from_hz[k] + (p.to_hz[k] - p.from_hz[k]) * smooth(where);
  };
  constexpr double kGlide = .28;  // share of a phoneme that belongs to the transition
  for (int k = 0; k < 4; ++k) {
    double value = target(i, place, k);
    if (place < kGlide && i > 0) {
      const double w = .5 + .5 * smooth(place / kGlide);
      value = w * value + (1 - w) * target(i - 1, 1, k);
    } else if (place > 1 - kGlide && i + 1 < parts.size()) {
      const double w = .5 + .5 * smooth((1 - place) / kGlide);
      value = w * value + (1 - w) * target(i + 1, 0, k);
    }
    control.frequency_hz[k] = value;
  }
  const bool inside = time >= timeline.start && time < timeline.end;
  if (!inside) return control;
  const double edge = std::min({1.0, (time - part.start) / .012, (part.end - time) / .012});
  const double shape = .55 + .45 * smooth(edge);
  control.voicing = part.phoneme.voicing * shape;
  control.aspiration = part.phoneme.aspiration * shape;
  // A stop is silence, then a burst in its last third.
  const double burst = part.phoneme.is_stop ? (place > .62 ? 1.0 : 0.0) : 1.0;
  control.frication = part.phoneme.frication * burst * smooth(edge * 2);
  control.frication_hz = part.phoneme.frication_hz;
  control.mouth = part.phoneme.opening;
  control.octaves = part.accent * std::sin(kPi * std::clamp(place, 0.0, 1.0));
  return control;
}

class Synthesiser {
 public:
  Synthesiser(const Performance& performance)
      : performance_(performance),
        random_(performance.voice_seed),
        prosody_(mixed_prosody(performance.voice, random_)),
        speaker_(speaker_of(performance)),
        timeline_(lay_out(performance, prosody_, random_)) {}

  Speech run();

 private:
  void update(double time);
  double source_sample();
  double pitch_at(double time) const;

  const Performance& performance_;
  Random random_;
  Prosody prosody_;
  Speaker speaker_;
  Timeline timeline_;

  Control control_;
  Resonator formants_[5];
  Resonator frication_;
  double frequency_hz_ = 100;
  double phase_ = 1;
  double period_scale_ = 1;
  double period_level_ = 1;
  double last_flow_ = 0;
  double tilt_pole_ = 0, tilted_ = 0;
  double voicing_ = 0, aspiration_ = 0, noise_level_ = 0;
  double syllable_ = 1;
  bool odd_period_ = false;
};

double Synthesiser::pitch_at(double time) const {
  const double place = (time - timeline_.start) / (timeline_.end - timeline_.start);
  double octaves = prosody_.pitch;
  octaves += (.16 + prosody_.range) * control_.octaves;
  octaves += (prosody_.course - .12) * (place - .5);  // every sentence falls a little
  octaves += prosody_.final_rise * smooth((place - .74) / .26);
  octaves += prosody_.tremor * std::sin(2 * kPi * 6.3 * time);
  return std::clamp(speaker_.pitch_hz * std::exp2(octaves), 55.0, 620.0);
}

void Synthesiser::update(double time) {
  control_ = control_at(timeline_, time);
  frequency_hz_ = pitch_at(time);
  const double tract = speaker_.tract * std::exp2(prosody_.formants);
  constexpr double kBandwidth[] = {80, 100, 140, 220};
  for (int k = 0; k < 4; ++k) {
    const double widening = 1 + 2 * prosody_.breath;
    formants_[k].tune(std::min(control_.frequency_hz[k] * tract, 9000.0), kBandwidth[k] * widening);
  }
  formants_[4].tune(4300 * tract, 300);
  frication_.tune(control_.frication_hz, .35 * control_.frication_hz);
  // 0 dB per octave leaves about the -6 of a modal voice; the pole moves the knee of the slope.
  const double knee_hz = 1300 * std::exp2(.42 * (prosody_.tilt + speaker_.tilt));
  tilt_pole_ = std::exp(-2 * kPi * std::clamp(knee_hz, 150.0, 16000.0) / kRate);
}

double Synthesiser::source_sample() {
  phase_ += frequency_hz_ * period_scale_ / kRate;
  if (phase_ >= 1) {
    phase_ -= std::floor(phase_);
    odd_period_ = !odd_period_;
    const double uneven = prosody_.roughness * (odd_period_ ? 1 : -1);
    period_scale_ = 1 + .006 * random_.normal() + .35 * uneven;
    period_level_ = 1 + .03 * random_.normal() + 1.6 * uneven;
  }
  const double flow = glottal_flow(phase_);
  const double pulse = (flow - last_flow_) * period_level_ * 9;
  last_flow_ = flow;
  tilted_ = (1 - tilt_pole_) * pulse + tilt_pole_ * tilted_;
  return tilted_;
}

Speech Synthesiser::run() {
  const auto count = static_cast<std::size_t>(std::lround(performance_.seconds * kRate));
  Speech speech;
  speech.samples.resize(count);
  const double breath = speaker_.breath + prosody_.breath;
  const double gain = .22 * std::pow(10, (prosody_.loudness + speaker_.loudness) / 20);
  constexpr double kFollow = .004;  // gains follow their targets within 5 ms: no clicks
  double mouth = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double time = static_cast<double>(i) / kRate;
    if (i % kControlStep == 0) update(time);
    voicing_ += kFollow * (control_.voicing - voicing_);
    aspiration_ += kFollow * (control_.aspiration - aspiration_);
    noise_level_ += kFollow * (control_.frication - noise_level_);
    mouth += .0006 * (control_.mouth - mouth);

    const double noise = random_.uniform(-1, 1);
    double tract =
        voicing_ * (source_sample() * (1 - .5 * std::min(1.0, breath)) + .16 * breath * noise) +
        .1 * aspiration_ * noise;
    for (auto& formant : formants_) tract = formant.step(tract);
    const double hiss = .5 * noise_level_ * frication_.step(noise);
    const double room = 4e-4 * random_.uniform(-1, 1);
    speech.samples[i] = static_cast<float>(std::tanh(gain * (tract + hiss) + room));
    if (i % (kSpeechSampleRateHz / 100) == 0) speech.mouth.push_back(static_cast<float>(mouth));
  }
  return speech;
}

}  // namespace

double Speech::mouth_at(double seconds) const {
  if (mouth.empty()) return 0;
  const double index = std::clamp(seconds * 100, 0.0, static_cast<double>(mouth.size() - 1));
  return mouth[static_cast<std::size_t>(index)];
}

Speech speak(const Performance& performance) {
  return Synthesiser(performance).run();
}

}  // namespace aver
