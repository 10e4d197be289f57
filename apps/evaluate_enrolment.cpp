#include "prediction/evaluate_enrolment.h"

#include "base/interruption.h"
#include "cli.h"
#include "interrupt.h"
#include "train/runtime.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool("aver-evaluate-enrolment",
                 "How much better models are when some unlabelled clips of the tested person are "
                 "known: UAR over the number of clips, with intervals over speakers. The clips are "
                 "drawn and never scored.");
  EvaluateEnrolmentConfig config;
  config.describe(tool.options());
  tool.example("A model whose training speakers were centred, on 0, 1 and 2 clips of each new one",
               "aver-evaluate-enrolment --model demo-work/runs/centred -i demo-work/mfcc -o "
               "demo-work/enrolment --enrol 0,1,2");
  tool.example("The same on the part that settings are chosen on",
               "aver-evaluate-enrolment --model demo-work/runs/centred -i demo-work/mfcc -o "
               "demo-work/enrolment-validation --enrol 0,1,2 --part validation --repeats 3");
  tool.library("LibTorch " + libtorch_version());

  return tool.run(argc, argv, [&] {
    cli::catch_interrupts();
    StoppableProgress progress(tool.progress(), cli::interrupted);
    try {
      const auto report = run_evaluate_enrolment(config, progress);
      return cli::Outcome{report.text, report.metrics, 0};
    } catch (const Interrupted&) {
      return cli::Outcome{
          "Interrupted before anything was written\n", {{"interrupted", true}}, cli::kInterrupted};
    }
  });
}
