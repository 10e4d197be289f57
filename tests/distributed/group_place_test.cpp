#include "distributed/group_place.h"

#include <gmock/gmock.h>

#include <map>

#include "base/error.h"
#include "distributed/process_group.h"

using namespace aver;
using testing::HasSubstr;

namespace {

using Variables = std::map<std::string, std::string>;

GroupPlace place(const Variables& variables) {
  return group_place([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

std::string refusal(const Variables& variables) {
  try {
    place(variables);
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

Variables with(Variables variables, const std::string& name, const std::string& value) {
  variables[name] = value;
  return variables;
}

Variables without(Variables variables, const std::string& name) {
  variables.erase(name);
  return variables;
}

const Variables kTorchrun = {{"RANK", "5"},
                             {"WORLD_SIZE", "8"},
                             {"LOCAL_RANK", "1"},
                             {"LOCAL_WORLD_SIZE", "4"},
                             {"MASTER_ADDR", "node7"},
                             {"MASTER_PORT", "29501"}};
const Variables kSrun = {{"SLURM_PROCID", "3"},  {"SLURM_NTASKS", "4"},
                         {"SLURM_LOCALID", "3"}, {"SLURM_STEP_NUM_NODES", "1"},
                         {"SLURM_NNODES", "2"},  {"SLURM_JOB_ID", "4001234"}};

TEST(GroupPlace, IsReadFromWhatTorchrunSets) {
  const auto found = place(kTorchrun);
  EXPECT_EQ(found.rank, 5);
  EXPECT_EQ(found.size, 8);
  EXPECT_EQ(found.local_rank, 1);
  EXPECT_EQ(found.local_size, 4);
  EXPECT_EQ(found.address, "node7");
  EXPECT_EQ(found.port, 29501);
}

TEST(GroupPlace, NeedsFourVariablesWithoutALauncher) {
  const auto found = place(without(without(kTorchrun, "LOCAL_RANK"), "LOCAL_WORLD_SIZE"));
  EXPECT_EQ(found.rank, 5);
  EXPECT_EQ(found.local_rank, 0);
  EXPECT_FALSE(found.local_size.has_value());
}

TEST(GroupPlace, LeavesThePortToALauncherThatListensThere) {
  EXPECT_EQ(place(with(kTorchrun, "TORCHELASTIC_USE_AGENT_STORE", "True")).port, 29502);
  EXPECT_EQ(place(with(kTorchrun, "TORCHELASTIC_USE_AGENT_STORE", "False")).port, 29501);
  const auto last = with(kTorchrun, "MASTER_PORT", "65535");
  EXPECT_EQ(place(last).port, 65535);
  EXPECT_THAT(refusal(with(last, "TORCHELASTIC_USE_AGENT_STORE", "True")),
              HasSubstr("MASTER_PORT is a number from 1 to 65534"));
}

TEST(GroupPlace, IsReadFromWhatSrunSets) {
  const auto found = place(kSrun);
  EXPECT_EQ(found.rank, 3);
  EXPECT_EQ(found.size, 4);
  EXPECT_EQ(found.local_rank, 3);
  EXPECT_EQ(found.address, "127.0.0.1");
  EXPECT_EQ(found.port, 29734);
  const auto told = place(with(with(kSrun, "MASTER_ADDR", "node1"), "MASTER_PORT", "12345"));
  EXPECT_EQ(told.address, "node1");
  EXPECT_EQ(told.port, 12345);
}

TEST(GroupPlace, IsReadFromSrunWhereTorchrunsVariablesAreEmpty) {
  EXPECT_EQ(place(with(with(kSrun, "RANK", ""), "WORLD_SIZE", "")).rank, 3);
  EXPECT_THAT(refusal({{"RANK", ""}, {"SLURM_PROCID", ""}}), HasSubstr("names no group"));
}

TEST(GroupPlace, OfSeveralNodesNeedsAnAddress) {
  const auto nodes = with(kSrun, "SLURM_STEP_NUM_NODES", "2");
  EXPECT_THAT(refusal(nodes), HasSubstr("export MASTER_ADDR="));
  EXPECT_THAT(refusal(without(kSrun, "SLURM_STEP_NUM_NODES")), HasSubstr("export MASTER_ADDR="));
  EXPECT_EQ(place(with(nodes, "MASTER_ADDR", "node1")).address, "node1");
}

TEST(GroupPlace, PrefersRankToSlurm) {
  Variables both = kSrun;
  both.insert(kTorchrun.begin(), kTorchrun.end());
  EXPECT_EQ(place(both).rank, 5);
}

TEST(GroupPlace, RefusesWhatIsMissing) {
  EXPECT_THAT(refusal({}), HasSubstr("names no group of processes"));
  for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}) {
    EXPECT_THAT(refusal(without(kTorchrun, name)), HasSubstr(std::string(name) + " is not set"));
    EXPECT_THAT(refusal(with(kTorchrun, name, "")), HasSubstr(std::string(name) + " is not set"));
  }
  EXPECT_THAT(refusal(without(kSrun, "SLURM_NTASKS")), HasSubstr("SLURM_NTASKS is not set"));
  EXPECT_THAT(refusal(without(kSrun, "SLURM_JOB_ID")), HasSubstr("SLURM_JOB_ID is not set"));
}

TEST(GroupPlace, RefusesWhatMakesNoSense) {
  EXPECT_THAT(refusal(with(kTorchrun, "RANK", "8")), HasSubstr("RANK is a number from 0 to 7"));
  EXPECT_THAT(refusal(with(kTorchrun, "RANK", "-1")), HasSubstr("not \"-1\""));
  EXPECT_THAT(refusal(with(kTorchrun, "RANK", "one")), HasSubstr("not \"one\""));
  EXPECT_THAT(refusal(with(kTorchrun, "WORLD_SIZE", "0")), HasSubstr("WORLD_SIZE is a number"));
  EXPECT_THAT(refusal(with(kTorchrun, "MASTER_PORT", "70000")), HasSubstr("MASTER_PORT"));
  EXPECT_THAT(refusal(with(kSrun, "SLURM_PROCID", "4")), HasSubstr("from 0 to 3"));
}

TEST(FirstOfRank, DealsEverythingOutInRunsOfNearlyEqualLength) {
  for (const std::size_t count : {0U, 1U, 2U, 5U, 8U, 9U}) {
    for (const int size : {1, 2, 3, 4}) {
      EXPECT_EQ(first_of_rank(count, 0, size), 0U);
      EXPECT_EQ(first_of_rank(count, size, size), count);
      for (int rank = 0; rank < size; ++rank) {
        const auto own = first_of_rank(count, rank + 1, size) - first_of_rank(count, rank, size);
        EXPECT_GE(own, count / static_cast<std::size_t>(size));
        EXPECT_LE(own, count / static_cast<std::size_t>(size) + 1);
      }
      if (count > 0) {
        EXPECT_GT(first_of_rank(count, 1, size), 0U) << "rank 0 has something";
      }
    }
  }
}

}  // namespace
