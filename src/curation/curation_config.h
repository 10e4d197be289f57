#pragma once

#include <cstddef>
#include <string>

#include "base/files.h"
#include "corpus/corpus.h"
#include "media/media_source.h"

namespace aver {

class Options;

/// `aver-corpus`: what its four actions are told.
struct CurationConfig {
  std::string action;  ///< "make", "check", "import" or "export"
  fs::path input;      ///< folder of the media files; of import what another program wrote
  fs::path output;     ///< make, import: the table to write; export: the folder to write to
  std::string corpus = "ravdess";  ///< what the files are: a name, a .toml or a .csv
  std::string format;              ///< import, export: one of exchange_formats()
  fs::path root;                   ///< import: paths below it become relative to it; "" = none do
  ClipChoice choice = {.channel = ChannelFilter::all, .filter = {}, .labels = {}};
  std::string label_column;  ///< make: the attribute that becomes the label; "" = the label stays
  bool keep_first = false;   ///< of files that are there twice and are copies, take the first
  bool content = true;       ///< check: open the files too
  bool force = false;        ///< replace another table, or files that are there
  std::size_t workers = 0;   ///< files at a time; 0 = inline
  MediaLimits limits;        ///< what one file may take that is opened

  void describe(Options& options);
  /// Throws UsageError that lists what is wrong for this action.
  void validate() const;
};

}  // namespace aver
