#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>

#include "aver/raw_clip.h"
#include "media/media_source.h"
#include "media/sound.h"

namespace aver {

/// Throws UsageError for numbers that describe no clip, and LimitError for one beyond the limits.
void require_described(const RawClip& raw, const MediaLimits& limits);

/// A picture of it, which shares its memory (CV_8UC3) and is only read.
cv::Mat picture_at(const RawClip& raw, std::size_t index);

/// Its sound as one channel.
Sound sound_of(const RawClip& raw);

}  // namespace aver
