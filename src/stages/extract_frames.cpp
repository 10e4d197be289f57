#include "stages/extract_frames.h"

#include <memory>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "conditions/picture_conditions.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "stages/clip_stage.h"
#include "stages/frame_settings.h"
#include "stages/frames_tree.h"
#include "stages/sampled_frames.h"

namespace aver {
namespace {

const StageMaker kMaker = {"aver-extract-frames", "frames"};

/// What finds the faces of a clip's frames: as they are, and as they are kept.
struct FrameFaces {
  explicit FrameFaces(const FaceOptions& options) : plain(options), kept(options) {}
  FaceCropper plain, kept;
};

/// A frame, the next of its clip, under a condition.
cv::Mat degraded(const cv::Mat& frame, const ConditionLevel& under, FaceCropper& faces) {
  return picture_condition(under.scale->name)
      .apply({{frame}, {faces.box(frame)}}, under.level)
      .front();
}

ClipProducts make_frames(const DatasetClip& clip, const ExtractFramesConfig& config,
                         const std::vector<ConditionLevel>& levels, FrameFaces& faces) {
  std::vector<StageFile> files;
  const MediaSource source(clip.path, config.limits, config.tracks);
  const ConditionLevel* under =
      levels.empty() ? nullptr : &drawn_condition(levels, config.seed, clip.recording.clip.key);
  faces.plain.start_clip();
  faces.kept.start_clip();
  SampledClip sampled = for_each_kept_frame(
      source, config, config.decode_all,
      [&](const cv::Mat& frame, std::int64_t index, double seconds) {
        const auto picture = finished_frame(
            under == nullptr ? frame : degraded(frame, *under, faces.plain), config, faces.kept);
        if (!picture || seconds < clip.start || (clip.end != 0 && seconds >= clip.end)) return;
        files.push_back({frame_path(clip, index),
                         fmt::format("{}x{}x3", picture->rows, picture->cols),
                         encode_jpeg(*picture, config.quality)});
      });
  const FaceCounts& counts = faces.kept.counts();
  refuse_faceless(counts);
  return {std::move(files), stage_counts(counts, config.face.mode), std::move(sampled.remarks)};
}

nlohmann::json settings_of(const ExtractFramesConfig& config) {
  nlohmann::json settings = to_json(static_cast<const FrameSettings&>(config));
  if (!config.conditions.empty()) {
    settings["conditions"] = config.conditions;
    settings["seed"] = config.seed;
  }
  return settings;
}

StageSummary join_frames(const fs::path& folder, const std::string& corpus) {
  StageWriter writer(folder, kMaker);
  FramesTree(folder, Corpus(corpus)).make_consistent(writer);
  return writer.complete();
}

}  // namespace

StageSummary run_extract_frames(const ExtractFramesConfig& config, Progress& progress) {
  config.validate();
  if (config.join) return join_frames(config.output, config.corpus);
  const FaceCropper usable(config.face);  // before anything is read or written
  const Corpus corpus(config.corpus);
  ChosenClips chosen(config.choice);
  Catalog catalog =
      corpus.scan(config.input, video_extensions(), chosen, doubles_of(config.keep_first));
  const auto levels = named_conditions(config.conditions, frame_condition_scales());
  StageWriter writer(config.output, {kMaker.tool, kMaker.stage, settings_of(config)}, config.force,
                     config.shard);
  keep_modalities(catalog, {kAudioVideo}, config.input, writer);
  fail_unnamed(writer, config.input, catalog);
  fail_contradictions(writer, config.input, catalog);
  say_left_out(chosen);

  const FramesTree tree(config.output, corpus);
  run_clip_stage(
      writer, config.input, catalog.clips, config.workers, progress,
      {"extracting frames",
       [&]() -> ClipMaker {
         return [&, faces = std::make_shared<FrameFaces>(config.face)](const DatasetClip& clip) {
           return make_frames(clip, config, levels, *faces);
         };
       },
       [&](const Recording& recording, const std::vector<StageFile>& files) {
         for (const auto& file : files) tree.renew_twin(recording, file.path);
       }});
  // Frames without a clip are another shard's, or go when the shards are joined.
  if (config.shard) {
    tree.restore_twins(writer);
  } else {
    tree.make_consistent(writer);
  }
  return writer.complete();
}

void ExtractFramesConfig::describe(Options& options) {
  StageConfig::describe(
      options,
      {.input = "Dataset folder: its clips may lie in any folders below it, or flat",
       .output = "Stage folder to write; with --contact-sheet the PNG file to write",
       .results =
           [this](Options& own) {
             own.heading("Frames");
             FrameSettings::describe(own);
             own.result("conditions", conditions,
                        "Degraded copies: the frames of each clip are changed by one of "
                        "these, drawn for it, NAME or NAME=LEVEL: " +
                            conditions_help(frame_condition_scales()))
                 .unsaid_at(nlohmann::ordered_json::array());
             own.result("seed", seed, "Seed of what is drawn for --conditions").unsaid_at(42);
             own.heading("Input and output");
             describe_corpus(own, corpus);
           },
       .running =
           [this](Options& own) {
             own.speed("decode-all", decode_all,
                       "Also decode the frames that no kept frame needs: the same "
                       "pictures, slower, and damage in them is noticed (in clips that "
                       "are done already only with --force)");
             limits.describe(own);
             describe_keep_first(own, keep_first);
           }});
  options.control("contact-sheet", contact_sheet,
                  "Instead of extracting: draw the frames that would be kept of this one clip (a "
                  "file name below --input, extension optional) with index and time on one PNG");
  options.check([this](std::vector<std::string>& problems) {
    face.check_files(problems);
    try {
      named_conditions(conditions, frame_condition_scales());
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
    if (contact_sheet.empty()) return;
    if (shard || join) {
      problems.emplace_back("--contact-sheet draws one clip: no --shard or --join");
    }
    if (!output.empty() && to_lower(output.extension().string()) != ".png") {
      problems.push_back(fmt::format(
          "--output must be a file name that ends in .png with --contact-sheet, not '{}'",
          output.string()));
    }
  });
}

void ExtractFramesConfig::validate() const {
  Options::of(*this).require_valid();
}

}  // namespace aver
