// A split, and behind a zero byte the note beside it.
#include "corpus/corpus.h"
#include "protocol/split_file.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

namespace {

void require_same(const Split& one, const Split& other) {
  require(one.rows.size() == other.rows.size() && one.protocol == other.protocol &&
              one.seed == other.seed,
          "another split after writing it");
  for (std::size_t i = 0; i < one.rows.size(); ++i) {
    require(one.rows[i].fold == other.rows[i].fold && one.rows[i].item == other.rows[i].item &&
                one.rows[i].role == other.rows[i].role,
            "another row after writing it");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const auto parts = parts_of(input, 2);
  const fs::path path = put(own_folder() / "split.csv", parts[0]);
  const fs::path note = own_folder() / "split.json";
  const fs::path copy = own_folder() / "again.csv";
  fs::remove(note);
  if (!parts[1].empty()) put(note, parts[1]);
  answered(input, [&] {
    const Split split = read_split_as_written(path);
    for (const SplitRow& row : split.rows) require(row.fold >= 0, "a fold below 0");
    write_split(copy, split);
    require_same(split, read_split_as_written(copy));
  });
  static const ClipTable clips = Corpus().clips();
  answered(input, [&] {
    const Split split = read_split(path, clips);
    write_split(copy, split);
    require_same(split, read_split(copy, clips));
  });
  return 0;
}
