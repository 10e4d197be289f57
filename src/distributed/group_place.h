#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/environment.h"

namespace aver {

/// Where this process stands among those that train together, and where they meet.
struct GroupPlace {
  int rank = 0;  ///< from 0
  int size = 1;
  int local_rank = 0;             ///< among those on this machine
  std::optional<int> local_size;  ///< processes on this machine, where the launcher says so
  std::string address;            ///< of rank 0
  std::uint16_t port = 0;         ///< where rank 0 listens
};

/// What a launcher left in the environment: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT
/// (torchrun; LOCAL_RANK and LOCAL_WORLD_SIZE when there), or without RANK and WORLD_SIZE what srun
/// sets: SLURM_PROCID and SLURM_NTASKS (SLURM_LOCALID when there). Under srun MASTER_ADDR may be
/// left out where all tasks are on one node, and MASTER_PORT stands for 29500 + (job's number
/// modulo 1000). Where the launcher itself listens at MASTER_PORT (TORCHELASTIC_USE_AGENT_STORE),
/// the group meets at the port after it. An empty variable counts as one that is not set. Throws
/// UsageError naming what is missing or makes no sense.
GroupPlace group_place(const Environment& environment);

}  // namespace aver
