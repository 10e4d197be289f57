#include "stages/extract_frames.h"

#include "cli.h"
#include "face_options.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "stages/clip_contact_sheet.h"
#include "stages/clip_stage.h"
#include "stages/sampled_frames.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool(
      "aver-extract-frames",
      "Write every 5th frame of each RAVDESS clip (.mp4, .mkv, .avi, .mov, .webm) "
      "as JPEG, by actor and, as hard links, by emotion. Video-only files are skipped. A "
      "second run does only what is missing or changed.");
  ExtractFramesConfig config;
  bool keep_going = false;
  tool.required("--input", config.input,
                "Dataset folder: Actor_XX folders, the zip layout or flat files", &config.join);
  tool.required("--output", config.output,
                "Stage folder to write; with --contact-sheet the PNG file to write");
  tool.option("--every", config.every, "Keep frames 0, N, 2N… of each clip");
  tool.option("--quality", config.quality, "JPEG quality, 1 to 100");
  tool.option("--resize", config.resize,
              "WIDTHxHEIGHT in pixels, bilinear, aspect squeezed (default: the clip's own size)");
  cli::add_face_options(tool, config.face);
  tool.channel(config.channel);
  tool.workers(config.workers);
  tool.shards(config.shard, config.join);
  tool.flag(
      "--decode-all", config.decode_all,
      "Also decode the frames that no kept frame needs: the same pictures, slower, and damage "
      "in them is noticed (in clips that are done already only with --force)");
  tool.flag("--force", config.force, "Redo output that was made with other settings");
  tool.flag("--keep-going", keep_going, "Exit with 0 although clips failed");
  tool.option("--contact-sheet", config.contact_sheet,
              "Instead of extracting: draw the frames that would be kept of this one clip (a file "
              "name below --input, extension optional) with index and time on one PNG");
  tool.library(ffmpeg_version());
  tool.library(opencv_version());

  return tool.run(argc, argv, [&] {
    cli::Outcome outcome;
    if (!config.contact_sheet.empty()) {
      const auto report = run_contact_sheet(config);
      outcome.text = fmt::format("{}: {} of {} frames\n", report.sheet.string(), report.frames,
                                 report.decoded_frames) +
                     faces_text(report.counts);
      outcome.json = {{"output", report.sheet.string()},
                      {"frames", report.frames},
                      {"decoded_frames", report.decoded_frames}};
      outcome.json.update(report.counts);
      return outcome;
    }
    const auto summary = run_extract_frames(config, tool.progress());
    outcome.text = summary_text(summary, config.output, "frames") +
                   next_step_text(config.shard, "aver-extract-frames", config.output,
                                  !summary.failed.empty()) +
                   faces_text(summary.counts);
    outcome.json = summary_json(summary, config.output);
    outcome.json.update(summary.counts);
    outcome.exit_status = exit_status(summary, keep_going);
    return outcome;
  });
}
