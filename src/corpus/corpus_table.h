#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"

namespace aver {

/// A row of a table that cannot be used.
struct BadRow {
  std::size_t line;
  std::string reason;  ///< a sentence that begins with the file and the line
};

/// A corpus as a table, which is what audformat calls a table too: a column `file` (relative to the
/// folder of the data), for parts of files `start` and `end` (seconds, or "0 days 00:00:01.25"),
/// then `emotion` (or `label`), `speaker`, and any further columns, which become attributes. A
/// column `clip` names the clips; without it the file's name does, with the number of the part
/// where a file has several. A column `modality` says audio-video, video-only or audio-only where
/// the file's extension does not tell. Commas, semicolons or tabs; the nameless index column of
/// pandas is passed over.
///
/// Gives the clips with their lines; paths are as the table has them.
///
/// Throws Error naming the file and line: no file, no label, a time that is none, a name twice.
/// With `bad` such rows are left out instead, and what is wrong with each is added there.
std::vector<DatasetClip> read_corpus_table(const fs::path& path,
                                           std::vector<BadRow>* bad = nullptr);

/// Names the recordings of listed files, whose paths, keys, labels, speakers and times are known,
/// and says what is left to say of them: name, key and modality where they are empty, folder of
/// outputs. Throws Error naming `source` and the line of a name that another line has already; with
/// `bad` that one is left out.
void name_recordings(std::vector<DatasetClip>& files, const std::string& source,
                     std::vector<BadRow>* bad = nullptr);

/// Such a table: `file,emotion,speaker` and a column for each attribute, `start,end` behind the
/// file where some clip is a part, `clip` where a key is not the file's name, `modality` where a
/// file's extension does not tell.
std::string corpus_table_text(const std::vector<DatasetClip>& files);

/// Seconds of "1.25", of "00:00:01.25" and of "0 days 00:00:01.250000" as pandas writes durations;
/// nothing when the text is none of these.
std::optional<double> seconds_of(const std::string& text);

}  // namespace aver
