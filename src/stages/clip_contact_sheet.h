#pragma once

#include <cstddef>
#include <cstdint>

#include "stages/extract_frames.h"

namespace aver {

struct ContactSheetReport {
  fs::path sheet;
  std::size_t frames = 0;           ///< on the sheet
  std::int64_t decoded_frames = 0;  ///< in the clip, decoded or passed over
  StageCounts counts;               ///< as in the stage's summary; empty without a face to crop to
};

/// Draws the frames run_extract_frames would keep of one clip, with index and time, on one PNG (the
/// paper's figure 3). The clip is found below `input` by file name, with or without extension, or
/// by its key; files that are not named as their corpus names them are fine here.
ContactSheetReport run_contact_sheet(const ExtractFramesConfig& config);

}  // namespace aver
