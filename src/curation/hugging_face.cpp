#include "curation/hugging_face.h"

#include <set>

#include "base/csv.h"
#include "base/error.h"

namespace aver {
namespace {

constexpr const char* kName = "metadata.csv";

}  // namespace

std::vector<DatasetClip> read_hugging_face(const fs::path& path) {
  if (!fs::is_directory(path)) return read_corpus_table(path);
  if (fs::exists(path / kName)) return read_corpus_table(path / kName);
  std::vector<DatasetClip> files;
  for (const fs::path& table : list_files(path)) {
    if (table.filename() != kName) continue;
    const fs::path folder = table.parent_path().lexically_relative(path);
    for (DatasetClip& file : read_corpus_table(table)) {
      file.path = (folder / file.path).generic_string();
      file.recording.clip.attributes.emplace("part", folder.begin()->string());
      files.push_back(std::move(file));
    }
  }
  if (files.empty()) throw Error("{} holds no {}", path.string(), kName);
  return files;
}

std::vector<ExchangeFile> write_hugging_face(const ExportedCorpus& corpus) {
  for (const auto& clip : corpus.files) {
    if (clip.start != 0 || clip.end != 0) {
      throw Error("{} is listed in parts, which {} cannot say", clip.path, kName);
    }
  }
  // The table as it is, under the names of the columns that the library knows.
  CsvTable table = parse_csv(corpus_table_text(corpus.files), kName);
  table.header[table.column("file")] = "file_name";
  table.header[table.column("emotion")] = "label";
  return {{kName, format_csv(table)}};
}

}  // namespace aver
