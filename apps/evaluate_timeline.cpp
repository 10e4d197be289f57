#include "prediction/evaluate_timeline.h"

#include "cli.h"

int main(int argc, char** argv) {
  using namespace aver;
  cli::Tool tool(
      "aver-evaluate-timeline",
      "How well answers over time are the truth over time: the emotion diarization error "
      "rate with its missed, false and confused parts, and how far changes of emotion "
      "are from where they should be. Fits what smooths windows into segments.");
  EvaluateTimelineConfig config;
  config.describe(tool.options());
  tool.example("Windows of joined clips, and the smoother that suits them",
               "aver-evaluate-timeline --truth demo-work/joined/truth.csv --answers "
               "demo-work/joined.csv -o demo-work/timeline --fit");
  tool.example("The same without a figure, within a quarter of a second",
               "aver-evaluate-timeline --truth demo-work/joined/truth.csv --answers "
               "demo-work/joined.csv -o demo-work/timeline-strict --tolerance 0.25 --no-figure");

  return tool.run(argc, argv, [&] {
    const auto report = run_evaluate_timeline(config);
    return cli::Outcome{report.text, report.metrics, 0};
  });
}
