#include "fusion/evaluate_fusion.h"

#include <spdlog/spdlog.h>

#include "cli.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-evaluate-fusion",
                 "Fuse the predictions of several modalities' models clip by clip and print what "
                 "each and all together are worth.");
  EvaluateFusionConfig config;
  config.describe(tool.options());
  tool.example(
      "The demo's two models under the paper's rule",
      "aver-evaluate-fusion --visual demo-work/runs/visual --audio demo-work/runs/audio -o "
      "demo-work/fusion");
  tool.example(
      "Weighted by what validation clips say, with calibrated confidences",
      "aver-evaluate-fusion --visual demo-work/runs/visual --audio demo-work/runs/audio -o "
      "demo-work/fusion-weighted --rule weighted --temperatures");
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
