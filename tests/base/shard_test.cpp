#include "base/shard.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "support.h"

namespace aver {
namespace {

using ::testing::HasSubstr;

std::string error_of(const std::string& text, const std::map<std::string, std::string>& set = {}) {
  try {
    shard_from_text(text, [&](const std::string& name) -> std::optional<std::string> {
      const auto found = set.find(name);
      return found == set.end() ? std::nullopt : std::optional(found->second);
    });
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

Shard slurm(const std::map<std::string, std::string>& set) {
  return shard_from_text("slurm", [&](const std::string& name) -> std::optional<std::string> {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(Shard, IsReadFromText) {
  EXPECT_EQ(shard_from_text("2/8"), (Shard{2, 8}));
  EXPECT_EQ(shard_from_text("1/1"), (Shard{1, 1}));
  for (const char* bad :
       {"", "2", "0/8", "9/8", "-1/8", "2/0", "2/8/9", "a/b", "2-of-8", "1/100001"}) {
    EXPECT_THAT(error_of(bad), HasSubstr("i/N expected, i from 1 to N and N up to 100000")) << bad;
  }
  EXPECT_EQ(shard_from_text("100000/100000"), (Shard{100'000, 100'000}));
  EXPECT_THAT(error_of(""), HasSubstr("--shard is empty"));
}

/// A cluster's own numbers for the tasks of an array of eight.
struct Cluster {
  const char* name;
  const char* index;
  int first;         ///< of its numbers
  const char* size;  ///< the variable that says how many, or which is the last; "" = none
};

TEST(Shard, IsSaidByTheNumbersOfOtherClustersAsTheDocumentHasIt) {
  const std::string page = read_file(fs::path(AVER_SOURCE_DIR) / "docs/scaling.md");
  for (const Cluster& cluster :
       {Cluster{"Kubernetes", "JOB_COMPLETION_INDEX", 0, ""},
        {"AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", 0, "AWS_BATCH_JOB_ARRAY_SIZE"},
        {"PBS Pro", "PBS_ARRAY_INDEX", 1, ""},
        {"Grid Engine", "SGE_TASK_ID", 1, "SGE_TASK_LAST"},
        {"LSF", "LSB_JOBINDEX", 1, "LSB_JOBINDEX_END"}}) {
    const auto row = page.find(std::string("| ") + cluster.name + " |");
    ASSERT_NE(row, std::string::npos) << cluster.name;
    const std::string before = "`--shard ";
    const auto begin = page.find(before, row) + before.size();
    const std::string said = page.substr(begin, page.find('`', begin) - begin);
    for (int task = 0; task < 8; ++task) {
      std::map<std::string, std::string> numbers = {
          {cluster.index, std::to_string(cluster.first + task)}};
      if (*cluster.size != 0) numbers[cluster.size] = "8";
      const auto shell = test::run_command({"sh", "-c", "printf %s " + said}, numbers);
      EXPECT_EQ(shard_from_text(shell.out), (Shard{static_cast<std::size_t>(task) + 1, 8}))
          << cluster.name << " " << shell.out;
    }
  }
}

TEST(Shard, HasAFolderOfItsName) {
  EXPECT_EQ((Shard{2, 8}).folder_name(), "2-of-8");
  EXPECT_EQ(shard_from_folder_name("2-of-8"), (Shard{2, 8}));
  for (const char* other : {"2-of-", "02-of-8", "9-of-8", "two-of-8", "x"}) {
    EXPECT_FALSE(shard_from_folder_name(other)) << other;
  }
}

TEST(Shard, TakesItsPlaceInASlurmArrayWhereverThatStartsAndHoweverItCounts) {
  EXPECT_EQ(slurm({{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_COUNT", "8"}}), (Shard{3, 8}));
  EXPECT_EQ(slurm({{"SLURM_ARRAY_TASK_ID", "0"},
                   {"SLURM_ARRAY_TASK_COUNT", "4"},
                   {"SLURM_ARRAY_TASK_MIN", "0"},
                   {"SLURM_ARRAY_TASK_MAX", "3"}}),
            (Shard{1, 4}));
  EXPECT_EQ(slurm({{"SLURM_ARRAY_TASK_ID", "14"},
                   {"SLURM_ARRAY_TASK_COUNT", "3"},
                   {"SLURM_ARRAY_TASK_MIN", "10"},
                   {"SLURM_ARRAY_TASK_MAX", "14"},
                   {"SLURM_ARRAY_TASK_STEP", "2"}}),
            (Shard{3, 3}));
}

TEST(Shard, RefusesAnArrayWithGapsInEachOfItsTasks) {
  for (const char* id : {"1", "3", "7"}) {  // --array=1,3,7
    EXPECT_THAT(error_of("slurm", {{"SLURM_ARRAY_TASK_ID", id},
                                   {"SLURM_ARRAY_TASK_COUNT", "3"},
                                   {"SLURM_ARRAY_TASK_MIN", "1"},
                                   {"SLURM_ARRAY_TASK_MAX", "7"},
                                   {"SLURM_ARRAY_TASK_STEP", "1"}}),
                HasSubstr("number the tasks without gaps"))
        << id;
  }
  EXPECT_THAT(error_of("slurm"), HasSubstr("no task of a Slurm job array"));
  EXPECT_THAT(error_of("slurm", {{"SLURM_ARRAY_TASK_ID", "x"}, {"SLURM_ARRAY_TASK_COUNT", "3"}}),
              HasSubstr("SLURM_ARRAY_TASK_ID is 'x'"));
  EXPECT_THAT(
      error_of("slurm", {{"SLURM_ARRAY_TASK_ID", "1"}, {"SLURM_ARRAY_TASK_COUNT", "100001"}}),
      HasSubstr("this array has 100001 tasks; at most 100000"));
}

TEST(Shard, SharesArePartsOfTheListWhoseSizesDifferByAtMostOne) {
  for (const std::size_t size : {0, 1, 5, 24, 1440}) {
    for (const std::size_t count : {1, 2, 3, 7, 24, 25, 100}) {
      std::vector<std::size_t> all, sizes;
      for (std::size_t number = 1; number <= count; ++number) {
        const auto items = items_of_shard({number, count}, size);
        EXPECT_TRUE(std::ranges::is_sorted(items));
        sizes.push_back(items.size());
        all.insert(all.end(), items.begin(), items.end());
      }
      std::ranges::sort(all);
      ASSERT_EQ(all.size(), size) << count;
      for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(all[i], i) << count;
      const auto [least, most] = std::ranges::minmax(sizes);
      EXPECT_LE(most - least, 1u) << size << " in " << count;
    }
  }
}

// In a sorted list of RAVDESS every 24th clip is of the same actor.
TEST(Shard, NoShardGetsOneActorMoreThanAFewTimesOften) {
  constexpr std::size_t kActors = 24, kClips = 1440;
  for (std::size_t count = 2; count <= 30; ++count) {
    for (std::size_t number = 1; number <= count; ++number) {
      std::map<std::size_t, std::size_t> clips_of;
      const auto items = items_of_shard({number, count}, kClips);
      for (const std::size_t item : items) ++clips_of[item % kActors];
      for (const auto& [actor, clips] : clips_of) {
        EXPECT_LE(clips, items.size() / 4 + 2)
            << "actor " << actor << " in " << number << "/" << count;
      }
    }
  }
}

TEST(Shard, EnumeratesAsAPersonDoes) {
  EXPECT_EQ(enumerate({}), "");
  EXPECT_EQ(enumerate({"3"}), "3");
  EXPECT_EQ(enumerate({"3", "5"}), "3 and 5");
  EXPECT_EQ(enumerate({"3", "5", "6"}), "3, 5 and 6");
}

}  // namespace
}  // namespace aver
