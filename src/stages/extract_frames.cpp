#include "stages/extract_frames.h"

#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "stages/clip_stage.h"
#include "stages/frame_settings.h"
#include "stages/frames_tree.h"
#include "stages/sampled_frames.h"

namespace aver {
namespace {

const StageMaker kMaker = {"aver-extract-frames", "frames"};

ClipProducts make_frames(const DatasetClip& clip, const ExtractFramesConfig& config,
                         FaceCropper& faces) {
  std::vector<StageFile> files;
  for_each_sampled_frame(fs::path(clip.path), config, config.decode_all, faces,
                         [&](const cv::Mat& picture, std::int64_t index, double) {
                           files.push_back({frame_path(clip.id, index),
                                            fmt::format("{}x{}x3", picture.rows, picture.cols),
                                            encode_jpeg(picture, config.quality)});
                         });
  refuse_faceless(faces.counts());
  return {std::move(files), stage_counts(faces.counts(), config.face.mode)};
}

StageSummary join_frames(const fs::path& folder) {
  StageWriter writer(folder, kMaker);
  FramesTree(folder).make_consistent(writer);
  return writer.complete();
}

}  // namespace

StageSummary run_extract_frames(const ExtractFramesConfig& config, Progress& progress) {
  config.validate();
  if (config.join) return join_frames(config.output);
  const FaceCropper usable(config.face);  // before anything is read or written
  Catalog catalog = scan_dataset(config.input, video_extensions(), config.channel);
  StageWriter writer(config.output, {kMaker.tool, kMaker.stage, to_json(config)}, config.force,
                     config.shard);
  keep_modalities(catalog, {Modality::audio_video}, config.input, writer);
  fail_unnamed(writer, config.input, catalog);

  const FramesTree tree(config.output);
  run_clip_stage(writer, config.input, catalog.clips, config.workers, progress,
                 {"extracting frames",
                  [&]() -> ClipMaker {
                    return
                        [&, faces = std::make_shared<FaceCropper>(config.face)](
                            const DatasetClip& clip) { return make_frames(clip, config, *faces); };
                  },
                  [&](const std::vector<StageFile>& files) {
                    for (const auto& file : files) tree.renew_twin(file.path);
                  }});
  // Frames without a clip are another shard's, or go when the shards are joined.
  if (config.shard) {
    tree.restore_twins(writer);
  } else {
    tree.make_consistent(writer);
  }
  return writer.complete();
}

void ExtractFramesConfig::validate() const {
  std::vector<std::string> problems;
  if (input.empty() && !join) problems.push_back("--input is missing");
  if (output.empty()) problems.push_back("--output is missing");
  if (every < 1) problems.push_back(fmt::format("--every is {}: 1 or more expected", every));
  if (quality < 1 || quality > 100) {
    problems.push_back(fmt::format("--quality is {}: 1 to 100 expected", quality));
  }
  if (!resize.empty() && !frame_size_of(*this)) {
    problems.push_back(
        fmt::format("--resize is '{}': WIDTHxHEIGHT expected, such as 64x64", resize));
  }
  if (!face.cascade.empty() && face.mode == FaceMode::none) {
    problems.emplace_back("--face-cascade needs --face haar");
  }
  if (!contact_sheet.empty() && (shard || join)) {
    problems.emplace_back("--contact-sheet draws one clip: no --shard or --join");
  }
  if (!contact_sheet.empty() && !output.empty() &&
      to_lower(output.extension().string()) != ".png") {
    problems.push_back(
        fmt::format("--output is {}: with --contact-sheet a file name that ends in .png expected",
                    output.string()));
  }
  if (!problems.empty()) throw UsageError("{}", fmt::join(problems, "; "));
}

}  // namespace aver
