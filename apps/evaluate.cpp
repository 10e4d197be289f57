#include "fusion/evaluate.h"

#include <spdlog/spdlog.h>

#include "cli.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-evaluate",
                 "Say what models are worth as they are: scores with intervals over speakers, "
                 "calibration and leak checks of each, paired tests of each two, tables by group, "
                 "and from each corpus or language to each (exit status 3 when training has seen "
                 "test clips there).");
  EvaluateConfig config;
  config.describe(tool.options());
  tool.example("The demo's two models, each alone and one against the other, by gender",
               "aver-evaluate demo-work/runs/visual demo-work/runs/audio -o demo-work/evaluation "
               "--group-by gender");
  tool.example("From men to women and back, of folds that --protocol cross-3:gender dealt",
               "aver-evaluate demo-work/runs/cross --cross gender -o demo-work/cross");
  tool.library(fmt::format("nlohmann-json {}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                           NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH));

  return tool.run(argc, argv, [&] {
    const auto report = run_evaluate(config, tool.progress());
    for (const auto& warning : report.warnings) spdlog::warn("{}", warning);
    cli::Outcome outcome;
    outcome.text =
        report.text + fmt::format("\nTables{} and report.html are in {}\n",
                                  config.figures ? ", figures" : "", config.output.string());
    outcome.json = report.metrics;
    outcome.exit_status = report.leaks ? 3 : 0;
    return outcome;
  });
}
