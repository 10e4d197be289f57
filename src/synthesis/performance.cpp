#include "synthesis/performance.h"

#include <algorithm>

#include "base/random.h"

namespace aver {
namespace {

// What a seed is for; part of every derivation, so that no two purposes share a sequence.
enum Purpose : std::uint64_t { kActor = 1, kLength, kPicture, kVoice, kPictureMix, kVoiceMix };

std::uint64_t field(int value) {
  return static_cast<std::uint64_t>(value);
}

// Another emotion than `emotion`, each as likely. Neutral is none: it would only weaken.
std::size_t another_emotion(std::size_t emotion, Random& random) {
  std::size_t other = 0;
  do {
    other = 1 + random.below(7);
  } while (other == emotion);
  return other;
}

EmotionWeights mix(Emotion emotion, int intensity, double ambiguity, std::uint64_t seed) {
  Random random(seed);
  const bool ambiguous = random.uniform() < ambiguity;
  const auto truth = static_cast<std::size_t>(emotion);
  const std::size_t other = another_emotion(truth, random);
  const double strength = (intensity == 2 ? 1.2 : 1.0) + 0.07 * random.normal();
  const double share = ambiguous ? random.uniform(0.42, 0.60) : random.uniform(0.0, 0.08);
  EmotionWeights weights{};
  weights[truth] = std::max(0.0, strength * (1 - share));
  weights[other] = std::max(0.0, strength * share);
  weights[0] = 0;  // a neutral share is the absence of the others
  return weights;
}

}  // namespace

Performance plan_performance(std::uint64_t seed, const ClipId& id,
                             const PerformanceOptions& options) {
  const auto of_clip = [&](Purpose purpose) {
    return derive_seed(seed, {purpose, field(id.actor), field(static_cast<int>(id.channel)),
                              field(static_cast<int>(id.emotion)), field(id.intensity),
                              field(id.statement), field(id.repetition)});
  };
  Performance performance;
  performance.id = id;
  performance.picture =
      mix(id.emotion, id.intensity, options.picture_ambiguity, of_clip(kPictureMix));
  performance.voice = mix(id.emotion, id.intensity, options.voice_ambiguity, of_clip(kVoiceMix));
  performance.seconds = options.seconds * Random(of_clip(kLength)).uniform(0.94, 1.06);
  performance.actor_seed = derive_seed(seed, {kActor, field(id.actor)});
  performance.picture_seed = of_clip(kPicture);
  performance.voice_seed = of_clip(kVoice);
  return performance;
}

}  // namespace aver
