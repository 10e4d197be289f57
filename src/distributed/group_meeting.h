#pragma once

#include <atomic>
#include <chrono>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "distributed/group_place.h"

namespace aver {

/// How far a meeting is.
struct MeetingProgress {
  static constexpr int kAlone = -1;
  std::atomic<int> came = kAlone;  ///< processes that have met; kAlone: rank 0 was not reached yet
};

/// Waits at rank 0's store until all processes of the group have come. Throws Error, with the
/// reason alone, when that cannot be: a name that leads nowhere, a port in use, processes that were
/// told of another group. It may wait without bound; a single answer of the store has `timeout`.
c10::intrusive_ptr<c10d::Store> meet_at_store(const GroupPlace& place,
                                              std::chrono::milliseconds timeout,
                                              MeetingProgress& progress);

/// The first line of what an exception says.
std::string first_line(const std::exception& error);

}  // namespace aver
