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
  auto& app = tool.app();
  app.add_option("action", action, "make: write a split; audit: check one")
      ->check(CLI::IsMember({"make", "audit"}));
  app.add_option("split", audit.split, "audit: the split.csv to check");
  tool.option("--input", inputs,
              "make: stage folder or dataset folder with the clips; audit: one or more of them, "
              "whose files tell twins and, where they have sound or MFCCs, equal recordings");
  tool.option("--output", make.output, "make: the split.csv to write");
  tool.option(
      "--protocol", make.protocol,
      "make: paper (as the trainers without --split), clip (clips at random), actor-5 and actor-6 "
      "(published folds of actors), actor-loo (one actor out), statement (trained on one sentence, "
      "tested on the other) or group-K (actors, or subjects by --group-pattern, dealt into K "
      "folds)");
  tool.option("--against", audit.against,
              "audit: another split.csv, or a folder that is to be tested on: what this split's "
              "models have seen of it, and the other way round");
  tool.option("--group-pattern", make.group_pattern,
              "Regular expression over file names whose first group is the subject, e.g. "
              "'^(S[0-9]+)_'; then any folder of files can be split");
  tool.channel(make.channel);
  tool.option("--seed", make.seed, "make: seed of the random draws (paper, clip, statement)");
  tool.option("--test-share", make.test_share, "make: share of all clips that tests (clip)");
  tool.option("--validation-share", make.validation_share,
              "make: share of the training clips that validates (clip, statement)");
  tool.flag("--force", make.force, "make: replace another split in --output");
  tool.workers(audit.workers);
  tool.library(ffmpeg_version());
  tool.library(libsndfile_version());

  return tool.run(argc, argv, [&] {
    if (action.empty()) throw UsageError("say what to do: make or audit (see aver-split --help)");
    if (action == "audit") {
      audit.inputs.assign(inputs.begin(), inputs.end());
      audit.group_pattern = make.group_pattern;
      audit.channel = make.channel;
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
    outcome.text += report.verdict.sentence();
    outcome.json = {{"output", make.output.string()},   {"protocol", report.split.protocol},
                    {"folds", report.split.folds()},    {"skipped_folds", report.skipped_folds},
                    {"rows", report.split.rows.size()}, {"verdict", report.verdict.sentence()}};
    return outcome;
  });
}
