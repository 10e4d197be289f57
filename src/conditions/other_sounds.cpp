#include "conditions/other_sounds.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "base/error.h"
#include "conditions/sound_conditions.h"
#include "media/audio_decoder.h"
#include "media/media_source.h"
#include "media/sound.h"

namespace aver {
namespace {

bool holds_sound(const fs::path& file) {
  const MediaKind kind = kind_of(file);
  return kind == MediaKind::sound || kind == MediaKind::container;
}

std::vector<fs::path> noises_in(const fs::path& place) {
  if (place.empty()) return {};
  if (!fs::exists(place)) throw Error("--noise {}: there is no such folder", place.string());
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> found;
  for_each_file(place, [&](const fs::path& file) {
    if (holds_sound(file)) found.push_back(file);
  });
  std::ranges::sort(found);
  if (found.empty()) {
    throw Error("--noise {} holds no sound ({})", place.string(), format_names(MediaKind::sound));
  }
  return found;
}

/// The samples from `first` on, again and again.
std::vector<float> repeated(std::span<const float> sound, std::size_t first, std::size_t count) {
  std::vector<float> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = sound[(first + i) % sound.size()];
  return result;
}

}  // namespace

OtherSounds::OtherSounds(const fs::path& noise, std::vector<Voice> voices, MediaLimits limits,
                         Tracks tracks)
    : noise_(noises_in(noise)), voices_(std::move(voices)), limits_(limits), tracks_(tracks) {}

bool OtherSounds::has_other_speakers() const {
  std::set<std::string> speakers;
  for (const Voice& voice : voices_) {
    if (!voice.speaker.empty()) speakers.insert(voice.speaker);
  }
  return speakers.size() > 1;
}

std::vector<float> OtherSounds::read(const std::string& file, int rate_hz,
                                     Resampler& resampler) const {
  const Sound sound = read_any_sound(MediaSource(fs::path(file), limits_, tracks_));
  return resampler.resample(sound.samples, sound.sample_rate_hz, rate_hz);
}

std::vector<float> OtherSounds::noise(std::size_t samples, int rate_hz, Random& random,
                                      Resampler& resampler) const {
  if (noise_.empty()) throw Error("the condition noise needs --noise, a folder of noises");
  const std::string file = noise_[random.below(noise_.size())].string();
  const auto sound = read(file, rate_hz, resampler);
  if (rms_of(sound) == 0) throw Error("the noise {} is silence", file);
  return repeated(sound, random.below(sound.size()), samples);
}

std::vector<float> OtherSounds::babble(const std::string& speaker, std::size_t samples, int rate_hz,
                                       Random& random, Resampler& resampler) const {
  if (speaker.empty()) {
    throw Error("nothing says who speaks in it: the condition babble needs the speakers");
  }
  std::vector<const Voice*> others;
  for (const Voice& voice : voices_) {
    if (!voice.speaker.empty() && voice.speaker != speaker) others.push_back(&voice);
  }
  if (others.empty()) {
    throw Error(
        "the condition babble needs clips of other speakers, and there are only those of {}",
        speaker);
  }
  random.shuffle(std::span(others));
  others.resize(std::min(others.size(), kVoices));
  std::vector<float> together(samples, 0.0F);
  for (const Voice* voice : others) {
    const auto sound = read(voice->file, rate_hz, resampler);
    const auto part = part_of(sound, rate_hz, voice->start, voice->end);
    const double loudness = rms_of(part);
    if (loudness == 0) continue;  // silence is heard beside the others as silence
    const auto piece = repeated(part, random.below(part.size()), samples);
    for (std::size_t i = 0; i < samples; ++i) {
      together[i] += static_cast<float>(piece[i] / loudness);
    }
  }
  return together;
}

}  // namespace aver
