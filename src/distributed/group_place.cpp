#include "distributed/group_place.h"

#include <limits>

#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

constexpr std::int64_t kMostProcesses = 65536;
constexpr std::int64_t kLastPort = 65535;

std::int64_t number(const std::string& name, const std::string& text, std::int64_t lowest,
                    std::int64_t highest) {
  const auto value = parse_integer(text);
  if (!value || *value < lowest || *value > highest) {
    throw UsageError("--distributed: {} is a number from {} to {}, not \"{}\"", name, lowest,
                     highest, text);
  }
  return *value;
}

/// Variables of one launcher.
class Variables {
 public:
  Variables(const Environment& environment, std::string launcher)
      : environment_(environment), launcher_(std::move(launcher)) {}

  std::optional<std::string> text(const std::string& name) const {
    auto found = environment_(name);
    return found && !found->empty() ? found : std::nullopt;
  }
  std::string needed(const std::string& name) const {
    if (const auto found = text(name)) return *found;
    throw UsageError("--distributed: {} is not set, which {} needs", name, launcher_);
  }
  int integer(const std::string& name, std::int64_t lowest, std::int64_t highest) const {
    return static_cast<int>(number(name, needed(name), lowest, highest));
  }
  std::optional<int> optional_integer(const std::string& name, std::int64_t lowest) const {
    return text(name) ? std::optional(integer(name, lowest, kMostProcesses)) : std::nullopt;
  }

 private:
  const Environment& environment_;
  std::string launcher_;
};

GroupPlace place_by_torchrun(const Environment& environment) {
  const Variables variables(environment,
                            "a group of processes (torchrun sets it: RANK, WORLD_SIZE, "
                            "MASTER_ADDR, MASTER_PORT)");
  GroupPlace place;
  place.size = variables.integer("WORLD_SIZE", 1, kMostProcesses);
  place.rank = variables.integer("RANK", 0, place.size - 1);
  place.local_rank = variables.optional_integer("LOCAL_RANK", 0).value_or(0);
  place.local_size = variables.optional_integer("LOCAL_WORLD_SIZE", 1);
  place.address = variables.needed("MASTER_ADDR");
  const bool taken = variables.text("TORCHELASTIC_USE_AGENT_STORE") == "True";
  const int further = taken ? 1 : 0;
  place.port = static_cast<std::uint16_t>(variables.integer("MASTER_PORT", 1, kLastPort - further) +
                                          further);
  return place;
}

GroupPlace place_by_slurm(const Environment& environment) {
  const Variables variables(environment, "a group of processes under srun");
  GroupPlace place;
  place.size = variables.integer("SLURM_NTASKS", 1, kMostProcesses);
  place.rank = variables.integer("SLURM_PROCID", 0, place.size - 1);
  place.local_rank = variables.optional_integer("SLURM_LOCALID", 0).value_or(0);
  const auto nodes = variables.optional_integer(
      variables.text("SLURM_STEP_NUM_NODES") ? "SLURM_STEP_NUM_NODES" : "SLURM_NNODES", 1);
  if (const auto address = variables.text("MASTER_ADDR")) {
    place.address = *address;
  } else if (nodes == 1) {
    place.address = "127.0.0.1";
  } else {
    throw UsageError(
        "--distributed: the tasks of this srun are on several nodes, and MASTER_ADDR is not set: "
        "export MASTER_ADDR=$(scontrol show hostnames \"$SLURM_JOB_NODELIST\" | head -n 1) first");
  }
  if (variables.text("MASTER_PORT")) {
    place.port = static_cast<std::uint16_t>(variables.integer("MASTER_PORT", 1, kLastPort));
  } else {
    const auto job = number("SLURM_JOB_ID", variables.needed("SLURM_JOB_ID"), 0,
                            std::numeric_limits<std::int64_t>::max());
    place.port = static_cast<std::uint16_t>(29500 + job % 1000);
  }
  return place;
}

}  // namespace

GroupPlace group_place(const Environment& environment) {
  const Variables variables(environment, {});
  if (variables.text("RANK") || variables.text("WORLD_SIZE")) return place_by_torchrun(environment);
  if (variables.text("SLURM_PROCID")) return place_by_slurm(environment);
  throw UsageError(
      "--distributed: the environment names no group of processes: start it with torchrun or srun, "
      "or set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT");
}

}  // namespace aver
