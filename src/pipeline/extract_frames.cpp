#include "aver/pipeline/extract_frames.h"

#include "aver/base/error.h"
#include "aver/media/image_file.h"
#include "aver/pipeline/clip_stage.h"
#include "pipeline/frames_tree.h"
#include "pipeline/sampled_frames.h"

namespace aver {
namespace {

nlohmann::json settings_of(const ExtractFramesConfig& config) {
  return {{"every", config.every}, {"quality", config.quality}, {"resize", config.resize}};
}

std::vector<StageFile> make_frames(const DatasetClip& clip, const ExtractFramesConfig& config) {
  std::vector<StageFile> files;
  for_each_sampled_frame(fs::path(clip.path), config,
                         [&](const cv::Mat& picture, std::int64_t index, double) {
                           files.push_back({frame_path(clip.id, index),
                                            fmt::format("{}x{}x3", picture.rows, picture.cols),
                                            encode_jpeg(picture, config.quality)});
                         });
  return files;
}

}  // namespace

StageSummary run_extract_frames(const ExtractFramesConfig& config, Progress& progress) {
  config.validate();
  Catalog catalog = scan_dataset(config.input, video_extensions(), config.channel);
  StageWriter writer(config.output, {"aver-extract-frames", "frames", settings_of(config)},
                     config.force);
  keep_modalities(catalog, {Modality::audio_video}, config.input, writer);
  fail_unnamed(writer, config.input, catalog);

  const FramesTree tree(config.output);
  run_clip_stage(
      writer, config.input, catalog.clips, config.workers, progress,
      {"extracting frames",
       [&] { return [&](const DatasetClip& clip) { return make_frames(clip, config); }; },
       [&](const std::vector<StageFile>& files) {
         for (const auto& file : files) tree.renew_twin(file.path);
       }});
  tree.make_consistent(writer);
  return writer.complete();
}

}  // namespace aver
