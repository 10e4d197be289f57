#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "distributed/group_place.h"

namespace at {
class Tensor;
}

namespace aver {

/// Processes that train together: the same program with the same options on the same data, each of
/// which calls the same of these functions in the same order. A function that waits for the others
/// throws Error when one of them has ended or does not answer within the timeout.
class ProcessGroup {
 public:
  /// One process alone: nothing is sent, nothing waits.
  ProcessGroup();
  /// Joins the group through rank 0, over Gloo (and NCCL for tensors on a CUDA device, in a build
  /// that has it). `while_meeting` is called many times a second, and what it throws ends the
  /// meeting. Throws Error with the reason when not all have come within `timeout` or cannot meet,
  /// UsageError in a build without Gloo.
  ProcessGroup(const GroupPlace& place, std::chrono::seconds timeout,
               const std::function<void()>& while_meeting = {});
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const { return place_.rank; }
  int size() const { return place_.size; }
  const GroupPlace& place() const { return place_; }
  bool alone() const { return place_.size == 1; }
  /// Rank 0 is the one that writes and reports.
  bool first() const { return place_.rank == 0; }
  std::string name() const;  ///< "rank 1 of 3"

  /// Adds up over the processes, in place: all get the same bits.
  void sum(at::Tensor& values) const;
  void sum(std::span<double> values) const;
  /// Whether it is true for any of them.
  bool any(bool own) const;
  /// All ranks receive rank 0's bytes.
  void broadcast(std::string& bytes) const;

 private:
  struct Connection;
  GroupPlace place_;
  std::unique_ptr<Connection> connection_;  ///< null when alone
};

/// First of `count` things that `rank` of `size` takes, in runs of nearly equal length: it goes up
/// to the first of the next rank. Rank 0 has one whenever there is one.
std::size_t first_of_rank(std::size_t count, int rank, int size);

}  // namespace aver
