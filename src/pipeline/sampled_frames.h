#pragma once

#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "aver/pipeline/extract_frames.h"

namespace aver {

/// `--resize` as a size; nothing when the clip's own size is kept or the text is no size.
std::optional<cv::Size> frame_size_of(const ExtractFramesConfig& config);

/// Decodes a whole clip and calls `use(picture, index, seconds)` for frames 0, every, 2 · every…;
/// with `size`, resized as the networks resize (bilinear). Returns how many frames the clip has.
std::int64_t for_each_sampled_frame(
    const fs::path& path, int every, std::optional<cv::Size> size,
    const std::function<void(const cv::Mat&, std::int64_t, double)>& use);

}  // namespace aver
