#pragma once

#include <vector>

#include "curation/exchange_formats.h"

namespace aver {

/// The metadata.csv of an audio, image or video folder of Hugging Face's datasets: a column
/// `file_name` (relative to its folder), `label` or `emotion`, and any further ones. `path` is the
/// file, or a folder with one, or with one in each folder of a part (train/metadata.csv), which
/// then becomes the column `part`. https://huggingface.co/docs/datasets/audio_dataset
std::vector<DatasetClip> read_hugging_face(const fs::path& path);

/// metadata.csv, which belongs into the folder of the media files. Parts of files cannot be said in
/// it: throws Error for a corpus that has them.
std::vector<ExchangeFile> write_hugging_face(const ExportedCorpus& corpus);

}  // namespace aver
