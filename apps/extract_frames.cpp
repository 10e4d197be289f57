#include "stages/extract_frames.h"

#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "stage_outcome.h"
#include "stages/clip_contact_sheet.h"
#include "stages/sampled_frames.h"

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool(
      "aver-extract-frames",
      "Write every 5th frame of each clip of a corpus (.mp4, .mkv, .avi, .mov, .webm, .flv) "
      "as JPEG, by speaker and, as hard links, by emotion. Video-only files are skipped. A "
      "second run does only what is missing or changed.");
  ExtractFramesConfig config;
  config.describe(tool.options());
  tool.example("Every tenth frame of the demo's clips, cropped to the face",
               "aver-extract-frames -i demo-work/corpus -o demo-work/faces --every 10 --face haar "
               "--without-face whole");
  tool.example("One clip's frames on one picture, before hours are spent",
               "aver-extract-frames -i demo-work/corpus -o demo-work/sheet.png --contact-sheet "
               "01-01-03-01-01-01-01");
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
    outcome = cli::outcome_of(summary, config, tool, "frames");
    outcome.text += faces_text(summary.counts);
    outcome.json.update(summary.counts);
    return outcome;
  });
}
