#pragma once

#include <vector>

#include "curation/exchange_formats.h"

namespace aver {

/// EmoBox's lists (Ma et al. 2024, arXiv 2406.07162; github.com/emo-box/EmoBox, data/NAME/*.jsonl):
/// a JSON object per line with `key`, `dataset`, `wav`, `type`, `sample_rate`, `num_frame`,
/// `length`, `task`, `emo`, `channel`, and for parts of files `start_time` and `end_time`. EmoBox
/// knows no speakers; `speaker` (or `spk`) and further texts and numbers are taken as they are.
/// Only `"task": "category"` has labels. `path` is a list, or a folder with one.
std::vector<DatasetClip> read_emobox(const fs::path& path);

/// NAME.jsonl, and label_map.json, which EmoBox's reader asks for.
std::vector<ExchangeFile> write_emobox(const ExportedCorpus& corpus);

}  // namespace aver
