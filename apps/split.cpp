#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/sound_libraries.h"
#include "splitting/audit_text.h"
#include "splitting/make_split.h"

namespace {

constexpr int kFailed = 1;
constexpr int kLeak = 3;

int exit_status(const aver::AuditReport& report) {
  if (report.leaks()) return kLeak;
  return report.unreadable.empty() ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace aver;
  quiet_ffmpeg();
  cli::Tool tool("aver-split",
                 "Decide which clips train, validate and test (make), or say what the parts of a "
                 "split share (audit; exit status 3 when its protocol does not announce it).");
  SplitConfig config;
  config.describe(tool.options());
  tool.example("Actors dealt into three folds",
               "aver-split make -i demo-work/mfcc -o demo-work/groups.csv --protocol group-3");
  tool.example("What the parts of a split share",
               "aver-split audit demo-work/split.csv -i demo-work/mfcc");
  tool.library(ffmpeg_version());
  tool.library(libsndfile_version());

  return tool.run(argc, argv, [&] {
    config.validate();
    if (config.action == "audit") {
      const auto report = run_audit(config, tool.progress());
      return cli::Outcome{audit_text(report), audit_json(report), exit_status(report)};
    }
    if (config.action == "folds") {
      const auto report = planned_split(config);
      return cli::Outcome{folds_text(report), folds_json(report)};
    }
    const auto report = run_make_split(config);
    return cli::Outcome{split_text(report, config.output), split_json(report, config.output)};
  });
}
