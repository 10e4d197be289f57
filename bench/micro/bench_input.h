#pragma once

#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "base/files.h"
#include "base/random.h"

namespace aver::bench {

/// A clip of RAVDESS has about 3.6 seconds.
inline constexpr double kClipSeconds = 3.6;

/// A tone that glides, with noise: as irregular as speech for everything that is measured here.
inline std::vector<float> sound(int sample_rate_hz) {
  Random random(1);
  const auto count = static_cast<std::size_t>(kClipSeconds * sample_rate_hz);
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double seconds = static_cast<double>(i) / sample_rate_hz;
    const double noise = static_cast<double>(random.below(2001)) / 1000.0 - 1.0;
    samples[i] =
        static_cast<float>(0.3 * std::sin(6.28 * 200 * seconds * (1 + seconds)) + 0.05 * noise);
  }
  return samples;
}

/// A folder that is there as long as the program runs.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("aver-bench-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline const fs::path& folder() {
  static const Folder folder;
  return folder.path();
}

}  // namespace aver::bench
