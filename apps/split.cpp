#include "base/parallel.h"
#include "cli.h"
#include "media/ffmpeg_library.h"
#include "media/sound_libraries.h"
#include "splitting/audit_text.h"
#include "splitting/make_split.h"
#include "splitting/split_audit.h"

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
  std::string action;
  std::vector<std::string> inputs;
  MakeSplitConfig make;
  AuditConfig audit;
  Options& options = tool.options();
  options.heading("What to do");
  options.control("action", action, "make: write a split; audit: check one").positional();
  options.control("split", audit.split, "audit: the split.csv to check").positional();
  options.heading("Input and output");
  options.control(
      "input", inputs,
      "make: stage folder or dataset folder with the clips; audit: one or more of them, whose "
      "files tell twins and, where they have sound or MFCCs, equal recordings");
  make.describe_target(options);
  audit.describe_against(options);
  make.describe_drawing(options);
  options.heading("Running");
  describe_workers(options, audit.workers);
  tool.example("Actors dealt into three folds",
               "aver-split make -i demo-work/mfcc -o demo-work/groups.csv --protocol group-3");
  tool.example("What the parts of a split share",
               "aver-split audit demo-work/split.csv -i demo-work/mfcc");
  tool.library(ffmpeg_version());
  tool.library(libsndfile_version());

  return tool.run(argc, argv, [&] {
    if (action.empty()) throw UsageError("say what to do: make or audit (see aver-split --help)");
    if (action != "make" && action != "audit") {
      throw UsageError("'{}' is nothing to do: make or audit expected", action);
    }
    if (action == "audit") {
      audit.inputs.assign(inputs.begin(), inputs.end());
      audit.group_pattern = make.group_pattern;
      audit.corpus = make.corpus;
      audit.choice = make.choice;
      const auto report = run_audit(audit, tool.progress());
      return cli::Outcome{audit_text(report), audit_json(report), exit_status(report)};
    }
    if (inputs.size() > 1) throw UsageError("make takes one --input folder, not several");
    if (!inputs.empty()) make.input = inputs.front();
    if (make.input.empty() || make.output.empty()) {
      throw UsageError("--input and --output are required (see aver-split --help)");
    }
    const auto report = run_make_split(make);
    cli::Outcome outcome;
    outcome.text =
        fmt::format("{} ({}):\n{}", make.output.string(), report.split.protocol, report.table);
    if (!report.skipped_folds.empty()) {
      outcome.text += fmt::format("left out, no clips of their actors are here: fold{} {}\n",
                                  report.skipped_folds.size() > 1 ? "s" : "",
                                  fmt::join(report.skipped_folds, ", "));
    }
    for (const std::string& remark : report.remarks) outcome.text += remark + "\n";
    outcome.text += report.verdict.sentence();
    outcome.json = {{"output", make.output.string()},   {"protocol", report.split.protocol},
                    {"folds", report.split.folds()},    {"skipped_folds", report.skipped_folds},
                    {"rows", report.split.rows.size()}, {"verdict", report.verdict.sentence()}};
    return outcome;
  });
}
