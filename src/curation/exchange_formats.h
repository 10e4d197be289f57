#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "corpus/corpus_table.h"
#include "corpus/scheme.h"
#include "curation/measure.h"

namespace aver {

/// A corpus on its way to another program.
struct ExportedCorpus {
  std::string name;                ///< "emo-db", or the table's
  std::vector<DatasetClip> files;  ///< paths relative to `root`, or absolute
  fs::path root;                   ///< folder of the media files, absolute
  const Scheme* scheme = nullptr;  ///< its description; none where a table lists the files
  std::map<std::string, Measured> measured;  ///< by path; where the format asks for it
};

/// A text file of an exchange format: its name within the folder, and what is in it.
using ExchangeFile = std::pair<std::string, std::string>;

/// How another program lists the files of a corpus.
struct ExchangeFormat {
  std::string name;
  std::string clause;     ///< for --help
  bool measures = false;  ///< writes what only the content of the files tells
  /// The files that a folder or file of this format lists: path, times, key, label, speaker,
  /// attributes and line; name_recordings() says the rest. Throws Error naming file and line.
  std::function<std::vector<DatasetClip>(const fs::path&)> read;
  std::function<std::vector<ExchangeFile>(const ExportedCorpus&)> write;
  bool any_bytes = false;  ///< names need not be UTF-8
};

const std::vector<ExchangeFormat>& exchange_formats();
/// Throws UsageError that names those there are.
const ExchangeFormat& exchange_format(const std::string& name);
/// What is wrong with a name of a format, as a clause; "" when nothing is.
std::string format_problem(const std::string& name);
/// All names and clauses, for --help.
std::string exchange_formats_help();

}  // namespace aver
