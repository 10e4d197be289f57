#pragma once

#include <vector>

#include "curation/exchange_formats.h"

namespace aver {

/// A database of audformat (https://audeering.github.io/audformat/) by its CSV tables: every
/// db.NAME.csv of the folder that has a column `file` and one `emotion` (or `label`) lists files or
/// parts of them; other tables with `file` add their columns to these, and those without (misc
/// tables, such as db.speaker.csv) to the rows that have their first column's value. The header
/// db.yaml is not needed and not read. Tables that are kept as Parquet cannot be read: throws Error
/// that says how to save them as CSV. `path` may also be one table.
std::vector<DatasetClip> read_audformat(const fs::path& path);

/// db.yaml (in the flow style that YAML shares with JSON) and db.files.csv, filewise, or segmented
/// where some clip is a part of a file. They belong into the folder of the media files.
std::vector<ExchangeFile> write_audformat(const ExportedCorpus& corpus);

}  // namespace aver
