#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "media/resampler.h"

namespace aver {

/// One way in which published work changes clips to have more of them. A new one is a function and
/// its row in sound_versions.cpp, at the end: the order says which version is changed how.
struct SoundChange {
  std::string_view name;
  std::string_view help;  ///< a clause
  /// What a clip becomes; how much is drawn. It may have another length, and lie beyond full scale.
  std::vector<float> (*apply)(std::span<const float> samples, int rate_hz, Random& random,
                              Resampler& resampler) = nullptr;
};

/// All of them: version 2 of a clip is changed by the first, version 3 by the second, and so on,
/// round and round with other draws.
std::span<const SoundChange> sound_changes();

/// "white-noise (…), …": for --help.
std::string sound_changes_help();

/// The change of version `number`, from 2.
const SoundChange& change_of_version(int number);

/// Version `number`, from 2, of a clip's sound, drawn by (seed, clip, number) alone: 16-bit
/// samples as a stage keeps them. Throws Error as with_tempo_and_pitch() does.
std::vector<std::int16_t> sound_version(std::span<const std::int16_t> samples, int rate_hz,
                                        const std::string& key, int number, std::uint64_t seed,
                                        Resampler& resampler);

}  // namespace aver
