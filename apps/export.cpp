#include "cli.h"
#include "runs/export_model.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool(
      "aver-export",
      "Put a trained model and its card, which tells whom it was trained on and how well "
      "it does, into a folder that can be passed on.");
  ExportConfig config;
  config.describe(tool.options());
  tool.example("The demo's model of sound",
               "aver-export demo-work/runs/audio -o demo-work/exported");
  tool.example("In half the bytes",
               "aver-export demo-work/runs/audio -o demo-work/exported-fp16 --weights fp16");

  return tool.run(argc, argv, [&] {
    const auto report = run_export(config);
    return cli::Outcome{report.text, report.metrics, 0};
  });
}
