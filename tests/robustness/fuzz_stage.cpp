// What a stage folder says of itself: manifest.csv, clips.csv, stage.json and journal.jsonl, in
// this order with zero bytes between them; then stage.json and manifest.csv of its shards.
#include "base/inner_path.h"
#include "corpus/corpus.h"
#include "robustness.h"
#include "store/stage.h"
#include "store/stage_records.h"

using namespace aver;
using namespace aver::robustness;

namespace {

const StageDescription kDescription{"aver-extract-audio", "audio", {{"sample-rate", 48000}}};

void require_inside(const std::vector<StageClip>& clips) {
  for (const StageClip& clip : clips) {
    for (const StageOutput& output : clip.outputs) {
      require(is_inner_path(output.path), "an output outside its folder");
    }
  }
}

/// Writes the folder anew; empty parts are files that are not there.
fs::path fresh_folder(const std::vector<std::string_view>& parts) {
  constexpr const char* kFiles[] = {kManifestFile,
                                    kClipsFile,
                                    kHeaderFile,
                                    kJournalFile,
                                    "shards/1-of-2/stage.json",
                                    "shards/1-of-2/manifest.csv",
                                    "shards/2-of-2/stage.json",
                                    "shards/2-of-2/manifest.csv"};
  const fs::path root = own_folder() / "outside" / "stage";
  fs::remove_all(root);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].empty()) put(root / kFiles[i], parts[i]);
  }
  fs::create_directories(root);
  return root;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const auto parts = parts_of(input, 8);
  const fs::path kept = put(own_folder() / "outside" / "x", "kept");
  const fs::path root = fresh_folder(parts);
  answered(input, [&] { require_inside(read_stage(root, "audio").clips); });
  answered(input, [&] {
    for (const auto& [name, clip] : read_clips(root)) require_inside({clip});
  });
  answered(input, [&] { clips_of_folder(root, ClipTable()); });
  answered(input, [&] {
    StageWriter writer(root, kDescription, false);
    writer.begin();
    const StageSummary summary = writer.complete();
    const Stage stage = read_stage(root, "audio");
    require(stage.clips.size() == summary.clips, "other clips after writing them");
    for (const StageClip& clip : stage.clips) {
      const StageClip* written = writer.find(clip.recording.name);
      require(written != nullptr && *written == clip, "another clip after writing it");
    }
  });
  fresh_folder(parts);
  answered(input, [&] { StageWriter(root, {"aver-extract-audio", "audio"}).complete(); });
  fresh_folder(parts);
  answered(input, [&] {
    StageWriter writer(root, kDescription, true);
    writer.begin();
    writer.complete();
  });
  require(fs::exists(kept), "a file outside the folder was removed");
  return 0;
}
