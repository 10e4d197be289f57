#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"

namespace aver {

/// A file that a corpus table lists, or a part of it.
struct ListedFile {
  DatasetClip clip;  ///< its path is as the table has it
  std::size_t line;  ///< of the table
};

/// A corpus as a table, which is what audformat calls a table too: a column `file` (relative to the
/// folder of the data), for parts of files `start` and `end` (seconds, or "0 days 00:00:01.25"),
/// then `emotion` (or `label`), `speaker`, and any further columns, which become attributes. A
/// column `clip` names the clips; without it the file's name does, with the number of the part
/// where a file has several. Commas, semicolons or tabs; the nameless index column of pandas is
/// passed over.
///
/// Throws Error naming the file and line: no file, no label, a time that is none, a name twice.
std::vector<ListedFile> read_corpus_table(const fs::path& path);

/// Writes such a table: `file,emotion,speaker` and a column for each attribute, `start,end` behind
/// the file where some clip is a part, `clip` where a key is not the file's name.
void write_corpus_table(const fs::path& path, const std::vector<ListedFile>& files);

}  // namespace aver
