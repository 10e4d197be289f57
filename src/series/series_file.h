#pragma once

#include <string>
#include <vector>

#include "base/array.h"
#include "base/csv.h"
#include "base/files.h"

namespace aver {

/// The files that one clip's series comes in.
const std::vector<std::string>& series_extensions();

/// One clip as another program wrote it.
struct RawSeries {
  std::string name;                ///< the clip's, where a table names it; else ""
  FloatArray frames;               ///< [frames, features]
  std::vector<std::string> names;  ///< of the features; none where a file has none
  std::size_t lost = 0;            ///< frames that the program marked as failed, which are left out
};

/// The columns of a table that are features: those that `patterns` name ("AU*_r"), or without any
/// all whose first value is a number, but for counters and what names clips, frames, labels and
/// speakers. Throws Error naming the table when a pattern fits no column, or none is left.
std::vector<std::string> feature_columns(const CsvTable& table,
                                         const std::vector<std::string>& first_row,
                                         const std::vector<std::string>& patterns);

/// A `.npy` ([frames, features], or [features]: one frame) or a table with a frame in each row, as
/// OpenFace writes them; rows whose `success` is 0 are left out. Throws Error naming the file: no
/// frame, a value that is no finite number.
RawSeries read_series_file(const fs::path& path, const std::vector<std::string>& patterns);

/// A table with a clip in each row, named in a column `clip`, `file` or `name` (openSMILE's); rows
/// that follow each other with one name are the frames of a clip. Throws Error naming the file and
/// line.
std::vector<RawSeries> read_series_table(const fs::path& path,
                                         const std::vector<std::string>& patterns);

}  // namespace aver
