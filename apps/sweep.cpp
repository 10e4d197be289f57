#include "sweep/sweep.h"

#include "cli.h"
#include "interrupt.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-sweep",
                 "Try settings of a trainer, all of a grid or so many drawn at random, and choose "
                 "by the validation part alone: the trials do not have the test part. Finished "
                 "trials are kept, and a sweep goes on where it was stopped.");
  SweepConfig config;
  config.describe(tool.options());
  tool.example("Every combination", "aver-sweep demo-work/space.toml -o demo-work/sweep");
  tool.example("Two that are drawn",
               "aver-sweep demo-work/space.toml -o demo-work/sweep-drawn --trials 2 --seed 1");

  return tool.run(argc, argv, [&] {
    cli::catch_interrupts();
    config.should_stop = cli::interrupted;
    const auto report = run_sweep(config, tool.progress());
    const int failed = report.failed > 0 ? 1 : 0;
    return cli::Outcome{report.text, report.metrics,
                        report.interrupted ? cli::kInterrupted : failed};
  });
}
