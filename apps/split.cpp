#include "aver/pipeline/split.h"

#include "cli.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-split",
                 "Decide which clips train, validate and test (make), or say what the parts of a "
                 "split share (audit).");
  std::string action;
  MakeSplitConfig make;
  AuditConfig audit;
  auto& app = tool.app();
  app.add_option("action", action, "make: write a split; audit: check one")
      ->check(CLI::IsMember({"make", "audit"}));
  app.add_option("split", audit.split, "audit: the split.csv to check");
  tool.option("--input", make.input, "make: stage folder or dataset folder with the clips");
  tool.option("--output", make.output, "make: the split.csv to write");
  tool.option(
      "--protocol", make.protocol,
      "make: clip (clips at random), actor-5 (published folds of actors) or group-K (actors, "
      "or subjects by --group-pattern, dealt into K folds)");
  tool.option("--group-pattern", make.group_pattern,
              "make: regular expression over file names whose first group is the subject, e.g. "
              "'^(S[0-9]+)_'; then any folder of files can be split");
  tool.channel(make.channel);
  tool.option("--seed", make.seed, "make: seed of the random draw (protocol clip)");
  tool.option("--test-share", make.test_share, "make: share of all clips that tests (clip)");
  tool.option("--validation-share", make.validation_share,
              "make: share of the training clips that validates (clip)");
  tool.flag("--force", make.force, "make: replace another split in --output");

  return tool.run(argc, argv, [&] {
    cli::Outcome outcome;
    if (action.empty()) throw UsageError("say what to do: make or audit (see aver-split --help)");
    if (action == "audit") {
      if (audit.split.empty()) throw UsageError("audit needs the split.csv to check");
      const auto report = run_audit(audit);
      outcome.text = report.verdict.sentence;
      outcome.json = {{"protocol", report.split.protocol},
                      {"shared_actors", report.verdict.shared_groups},
                      {"shared_clips", report.verdict.shared_clips},
                      {"shared_frames", report.verdict.shared_items},
                      {"announced", report.announced},
                      {"verdict", report.verdict.sentence}};
      outcome.exit_status = report.verdict.leaks() && !report.announced ? 3 : 0;
      return outcome;
    }
    if (make.input.empty() || make.output.empty()) {
      throw UsageError("--input and --output are required (see aver-split --help)");
    }
    const auto report = run_make_split(make);
    outcome.text =
        fmt::format("{} ({}):\n{}", make.output.string(), report.split.protocol, report.table);
    for (const int fold : report.skipped_folds) {
      outcome.text += fmt::format("fold {} left out: no clips of its actors are here\n", fold);
    }
    outcome.text += report.verdict.sentence;
    outcome.json = {{"output", make.output.string()},   {"protocol", report.split.protocol},
                    {"folds", report.split.folds()},    {"skipped_folds", report.skipped_folds},
                    {"rows", report.split.rows.size()}, {"verdict", report.verdict.sentence}};
    return outcome;
  });
}
