#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus_table.h"
#include "media/media_source.h"

namespace aver {

/// What is in a media file.
struct Measured {
  int sample_rate_hz = 0;  ///< of its sound; 0 when it has none
  int channels = 0;
  std::size_t samples = 0;  ///< per channel
  int width = 0,
      height = 0;  ///< pixels of its picture, of a video of the first; 0 when it has none
  /// Equal for files with the same sound, or without sound the same picture; "" when all of it is
  /// alike, as silences are.
  std::string identity;
  std::string failure;  ///< why it cannot be read; "" = it can

  double seconds() const {
    return sample_rate_hz == 0 ? 0 : static_cast<double>(samples) / sample_rate_hz;
  }
};

/// Opens every file that is listed once, by its path in the list: decodes sounds whole, of a video
/// also the first picture, and single pictures. `workers` files at a time (0 = inline). What goes
/// beyond the limits cannot be read.
std::map<std::string, Measured> measure(const std::vector<DatasetClip>& files, const fs::path& root,
                                        const MediaLimits& limits, std::size_t workers,
                                        Progress& progress);

}  // namespace aver
