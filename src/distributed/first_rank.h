#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "base/progress.h"
#include "distributed/process_group.h"

namespace aver {

/// Rank 0 alone does `body`, and the others wait for it however long it takes: as often as it
/// reports progress they hear of it, and only silence for the group's timeout is an error. What it
/// throws (Error, UsageError, Interrupted) is thrown in all of them.
void on_first_rank(const ProcessGroup& group, Progress& progress,
                   const std::function<void(Progress&)>& body);

/// Throws Interrupted in every process once any of them is to stop. All must call it.
void stop_together(const ProcessGroup& group, const std::function<bool()>& should_stop);

/// Throws Error in every process unless all have rank 0's `settings`, and names the first of
/// rank 0's that differs.
void require_same_settings(const ProcessGroup& group, const nlohmann::ordered_json& settings);

}  // namespace aver
