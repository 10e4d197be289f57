#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "eval/smoother.h"

namespace aver {

/// What is known of one recording.
struct TrueTimeline {
  std::string file;     ///< as the table has it
  std::string speaker;  ///< "" when unknown, or several
  double seconds = 0;   ///< its column `duration`, or else where its last row ends
  std::vector<TimedLabel> rows;
};

/// A corpus table (corpus/corpus_table.h) with `file,start,end,emotion`, optional `speaker` and
/// `duration`, as recordings in the order of the table. Throws Error naming the file and line: a
/// row without an end, a duration that is none or differs within a recording.
std::vector<TrueTimeline> read_true_timelines(const fs::path& path);

/// What was said of one recording.
struct AnsweredTimeline {
  std::string clip;                   ///< as the table has it
  std::vector<WindowAnswer> windows;  ///< without probabilities where the table has none
  std::vector<TimedLabel> labels;     ///< of the windows that have an answer
  std::string error;                  ///< why it has none at all
};

struct AnsweredTimelines {
  std::vector<std::string> classes;  ///< with a column of probabilities; may be empty
  std::vector<AnsweredTimeline> clips;
};

/// A table of windows or segments as `aver-predict --format csv` writes it, or any with `clip` (or
/// `file`), `start`, `end` and `emotion`. Throws Error naming the file and line: a time or
/// probability that is none, rows of a recording that do not ascend.
AnsweredTimelines read_answered_timelines(const fs::path& path);

/// The answer to each recording: that whose name ends with the recording's path, whole folders and
/// names compared. Throws Error that names the recordings without an answer, and one with two.
std::vector<const AnsweredTimeline*> answers_to(const std::vector<TrueTimeline>& recordings,
                                                const AnsweredTimelines& answers);

}  // namespace aver
