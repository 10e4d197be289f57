#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/corpus_table.h"
#include "curation/curation_config.h"

namespace aver {

/// What a list was made of.
struct ListReport {
  std::vector<fs::path> written;
  std::size_t files = 0;              ///< lines of the list; a part of a file has one of its own
  std::size_t clips = 0;              ///< different ones
  std::vector<std::string> twins;     ///< files of one name, where they are listed
  std::vector<UnnamedFile> left_out;  ///< media files that are not listed, and why
  std::vector<std::string> remarks;   ///< what --filter and --labels leave out
};

/// The files of a corpus below `root` as a table lists them: paths relative to it, where they lie
/// below it. Pictures count only where some of them are the corpus's, for sounds may lie beside
/// their plots. Adds to `report` what is left out.
std::vector<DatasetClip> list_corpus(const Corpus& corpus, const fs::path& root,
                                     ChosenClips& chosen, ListReport& report,
                                     Doubles doubles = Doubles::refuse);

/// `make`: the table of a folder. Throws Error when `output` holds another table and `force` is not
/// set, for people write in tables.
ListReport run_make(const CurationConfig& config);

/// `import`: the table of what another program wrote.
ListReport run_import(const CurationConfig& config);

/// `export`: the files of another program's format, in the folder `output`.
ListReport run_export(const CurationConfig& config, Progress& progress);

}  // namespace aver
