#include "fusion/evaluate_fusion.h"

#include <spdlog/spdlog.h>

#include "cli.h"
#include "eval/fusion_rules.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-evaluate-fusion",
                 "Fuse the predictions of several modalities' models clip by clip and print what "
                 "each and all together are worth.");
  EvaluateFusionConfig config;
  tool.option("--visual", config.visual, "Run folder of the visual model (aver-train-visual)");
  tool.option("--audio", config.audio, "Run folder of the audio model (aver-train-audio)");
  tool.option("--visual-posteriors", config.visual_posteriors,
              "Instead of --visual: a CSV with a column clip and one per class, from anywhere");
  tool.option("--audio-posteriors", config.audio_posteriors, "Instead of --audio: such a CSV");
  tool.option("--run", config.runs,
              "NAME=FOLDER: run folder of any modality; may be repeated. --audio FOLDER is --run "
              "audio=FOLDER");
  tool.option("--posteriors", config.posteriors,
              "NAME=FILE: such a CSV of any modality; may be repeated. Order: audio, visual, then "
              "the others as given; a tie goes to the first");
  tool.required("--output", config.output, "Folder for tables, report.html and figures");
  tool.option("--rule", config.rule,
              fusion_rules_help(true) +
                  "; what is fitted is fitted on validation clips or on the other folds; a table "
                  "compares all rules");
  tool.flag("--temperatures", config.temperatures,
            "Fuse distributions scaled by fitted temperatures");
  tool.channel(config.channel);
  tool.option("--caption", config.caption, "A line to stand above the tables");
  tool.option("--draws", config.draws, "Bootstrap draws for the 95 % intervals (0 = none)");
  tool.option("--seed", config.seed, "Seed of the bootstrap");
  tool.flag("--figures,!--no-figures", config.figures, "Draw confusion matrices and heat maps");
  tool.option("--expect", config.expect,
              "A metrics.json whose numbers must come out again; exit status 4 when they do not");
  tool.option("--tolerance", config.tolerance,
              "Largest difference that --expect allows, as a share from 0 to 1");
  tool.workers(config.workers);
  tool.library(fmt::format("nlohmann-json {}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                           NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH));

  return tool.run(argc, argv, [&] {
    const auto report = run_evaluate_fusion(config, tool.progress());
    for (const auto& warning : report.warnings) spdlog::warn("{}", warning);
    cli::Outcome outcome;
    outcome.text =
        report.text + fmt::format("\nTables{} and report.html are in {}\n",
                                  config.figures ? ", figures" : "", config.output.string());
    outcome.json = report.metrics;
    if (config.expect.empty()) return outcome;
    outcome.json["drifted"] = report.drifted;
    outcome.text +=
        report.drifted.empty()
            ? fmt::format("Metrics agree with {} within {}\n", config.expect.string(),
                          config.tolerance)
            : fmt::format("Metrics differ from {} by more than {}:\n  {}\n", config.expect.string(),
                          config.tolerance, fmt::join(report.drifted, "\n  "));
    outcome.exit_status = report.drifted.empty() ? 0 : 4;
    return outcome;
  });
}
