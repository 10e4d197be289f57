#pragma once

#include <string>
#include <vector>

#include "eval/timeline.h"
#include "report/figures.h"

namespace aver {

/// One recording as it is drawn.
struct DrawnTimeline {
  std::string name;
  std::vector<TimedLabel> reference, answer;
};

/// "timelines": of each recording a bar of what is true above one of what was answered, over time,
/// each label with a colour of its own and its name where there is room. `labels` are all labels,
/// in the order of their colours.
Drawing timelines_figure(const std::vector<DrawnTimeline>& recordings,
                         const std::vector<std::string>& labels);

}  // namespace aver
