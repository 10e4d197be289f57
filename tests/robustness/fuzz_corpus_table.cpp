// A corpus as a table of files.
#include <cmath>

#include "corpus/corpus_table.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const fs::path path = put(own_folder() / "corpus.csv", input);
  answered(input, [&] {
    const auto files = read_corpus_table(path);
    for (const DatasetClip& clip : files) {
      require(!clip.path.empty() && !clip.recording.clip.label.empty(), "a clip without a label");
      require(std::isfinite(clip.start) && std::isfinite(clip.end) && clip.start >= 0,
              "a time that is none");
      require(clip.recording.name.find('/') == std::string::npos, "a name with a folder");
    }
    const auto again = read_corpus_table(put(own_folder() / "again.csv", corpus_table_text(files)));
    require(again.size() == files.size(), "other rows after writing them");
    for (std::size_t i = 0; i < files.size(); ++i) {
      require(again[i].path == files[i].path && again[i].recording == files[i].recording,
              "another clip after writing it");
    }
  });
  answered(input, [&] {
    std::vector<BadRow> bad;
    read_corpus_table(path, &bad);
  });
  return 0;
}
