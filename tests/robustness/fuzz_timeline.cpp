// A table of what happened when, one of what was answered, and a fitted smoother between them.
#include "eval/smoother.h"
#include "eval/timeline.h"
#include "prediction/timeline_tables.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

namespace {

void compare(const TrueTimeline& recording, const AnsweredTimeline& answer,
             const AnsweredTimelines& table, const Smoother& smoother) {
  const auto reference = reference_of(recording.rows, recording.seconds, "neutral");
  auto labels = timeline_of(answer.labels);
  if (!table.classes.empty()) labels = labelled(smoother.segments(answer.windows), table.classes);
  const TimelineErrors errors = timeline_errors(reference, labels, "neutral");
  require(errors.missed >= 0 && errors.false_alarm >= 0 && errors.confused >= 0,
          "less than no time is wrong");
  require(errors.missed + errors.false_alarm + errors.confused <= errors.reference * (1 + 1e-6),
          "more time is wrong than there is");
  onset_errors(reference, labels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The tables stand one after the other with a zero byte between them, then the smoother.
  const std::string_view input = text_of(data, size);
  const auto parts = parts_of(input, 3);
  Smoother smoother;
  answered(input, [&] {
    smoother = read_smoother(put(own_folder() / "smoother.json", parts[2]));
    require(smoother.change_penalty >= 0 && smoother.minimum_seconds >= 0, "a smoother below zero");
  });
  answered(input, [&] {
    const auto truth = read_true_timelines(put(own_folder() / "truth.csv", parts[0]));
    const auto answers = read_answered_timelines(put(own_folder() / "answers.csv", parts[1]));
    const auto answered_with = answers_to(truth, answers);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      answered(input, [&] { compare(truth[i], *answered_with[i], answers, smoother); });
    }
  });
  return 0;
}
