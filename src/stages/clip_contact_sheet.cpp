#include "stages/clip_contact_sheet.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/output_place.h"
#include "base/text.h"
#include "corpus/known_corpora.h"
#include "media/contact_sheet.h"
#include "media/image_file.h"
#include "stages/clip_stage.h"
#include "stages/sampled_frames.h"
#include "store/cleared_folder.h"

namespace aver {
namespace {

constexpr std::size_t kMostCells = 400;

/// True for the recording with picture and sound of the clip that has this key.
bool shows_clip(const std::string& recording, const std::string& key, const ClipTable& clips) {
  const auto clip = clips.find(recording);
  if (!clip || clip->key != key) return false;
  const auto named = clips.recording(recording);
  return !named || named->modality == kAudioVideo;
}

fs::path find_clip(const fs::path& input, const std::string& name, const ClipTable& clips) {
  std::vector<fs::path> found;
  std::vector<std::string> stems;
  for (const auto& path : list_files(input)) {
    if (!has_extension(path, video_extensions())) continue;
    const std::string stem = path.stem().string();
    if (stem == name || path.filename() == name || shows_clip(stem, name, clips))
      found.push_back(path);
    stems.push_back(stem);
  }
  if (found.empty()) {
    const auto guess = nearest(name, stems);
    throw Error("no clip {} below {}{}", name, input.string(),
                guess ? fmt::format("; did you mean {}?", *guess) : "");
  }
  if (found.size() > 1) {
    throw Error("{} is the name of more than one file: {} and {}; use a smaller --input", name,
                found[0].string(), found[1].string());
  }
  return found.front();
}

std::string heading_of(const fs::path& path, std::size_t shown, std::int64_t decoded, int every,
                       const ClipTable& clips) {
  std::string text = path.stem().string();
  if (const auto clip = clips.find(text)) {
    text += fmt::format("   {}{}", clip->label,
                        clip->value("intensity") == "strong" ? " (strong)" : "");
    if (!clip->speaker.empty()) text += fmt::format(", {} {}", person_of(*clip), clip->speaker);
  }
  return text + fmt::format("   {} of {} frames (1 in {})", shown, decoded, every);
}

}  // namespace

ContactSheetReport run_contact_sheet(const ExtractFramesConfig& config) {
  config.validate();
  const ClipTable clips = Corpus(config.corpus).clips();
  const fs::path clip = find_clip(config.input, config.contact_sheet, clips);
  FaceCropper faces(config.face);
  std::vector<SheetCell> cells;
  const SampledClip sampled = for_each_sampled_frame(
      clip, config, config.decode_all, faces,
      [&](const cv::Mat& picture, std::int64_t index, double seconds) {
        if (cells.size() == kMostCells) {
          throw Error("more than {} frames of {} do not fit a sheet; raise --every", kMostCells,
                      clip.string());
        }
        cells.push_back({picture.clone(), fmt::format("frame {}   {:.2f} s", index, seconds)});
      });
  refuse_faceless(faces.counts());
  // About as wide as high on a landscape page, whatever the number of frames.
  const int columns = std::clamp(
      static_cast<int>(std::lround(std::sqrt(1.5 * static_cast<double>(cells.size())))), 1, 10);
  const cv::Mat sheet = draw_contact_sheet(
      heading_of(clip, cells.size(), sampled.frames, config.every, clips), cells, columns);
  const fs::path place = output_place(config.output);
  const FolderLock lock = turn_to_write(place);
  write_png(place, sheet);
  return {config.output, cells.size(), sampled.frames,
          stage_counts(faces.counts(), config.face.mode)};
}

}  // namespace aver
