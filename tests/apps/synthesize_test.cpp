#include <gmock/gmock.h>

#include <csignal>

#include "corpus/catalog.h"
#include "corpus/known_corpora.h"
#include "support.h"

namespace aver {
namespace {

using test::folder_content;
using test::run_command;
using test::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::Not;

// Two actors, 30 performances, 20 twins, in small pictures of half a second.
std::vector<std::string> command(const fs::path& output, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {
      "aver-synthesize", "--output", output.string(), "--actors", "2",         "--statements", "1",
      "--repetitions",   "1",        "--size",        "96x64",    "--seconds", "0.5"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Synthesize, HelpNamesTheOptionsAndLeavesWithZero) {
  const auto result = run_command({"aver-synthesize", "--help"});
  EXPECT_EQ(result.exit_status, 0);
  for (const char* option : {"--output", "--seed", "--actors", "--size", "--force", "--workers"}) {
    EXPECT_THAT(result.out, HasSubstr(option));
  }
}

TEST(Synthesize, BadUsageLeavesWithTwo) {
  const TemporaryFolder folder;
  EXPECT_EQ(run_command({"aver-synthesize", "--no-such-flag"}).exit_status, 2);
  EXPECT_EQ(run_command({"aver-synthesize"}).exit_status, 2);
  const auto result = run_command(
      command(folder / "out", {"--seed", "7", "--fps", "fast", "--voice-ambiguity", "1.5"}));
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("--fps"));
  EXPECT_THAT(result.err, HasSubstr("--voice-ambiguity"));
  EXPECT_FALSE(fs::exists(folder / "out"));
}

TEST(Synthesize, OddSizesAreRefused) {
  const TemporaryFolder folder;
  const auto result = run_command({"aver-synthesize", "--output", (folder / "out").string(),
                                   "--size", "97x64", "--actors", "99"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("--size"));
  EXPECT_THAT(result.err, HasSubstr("--actors"));
}

TEST(Synthesize, MakesADatasetThatTheCatalogReads) {
  const TemporaryFolder folder;
  const auto result = run_command(command(folder / "out"));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto catalog = scan_dataset(folder / "out", {".mp4", ".wav"}, ravdess());
  EXPECT_TRUE(catalog.unnamed.empty());
  ASSERT_EQ(catalog.clips.size(), 30U + 15U + 15U);
  std::map<std::string, int, std::less<>> by_modality;
  for (const auto& clip : catalog.clips) ++by_modality[clip.recording.modality];
  EXPECT_EQ(by_modality[std::string(kAudioVideo)], 30);
  EXPECT_EQ(by_modality[std::string(kVideoOnly)], 15);
  EXPECT_EQ(by_modality[std::string(kAudioOnly)], 15);
}

TEST(Synthesize, SameBytesForAnyNumberOfWorkers) {
  const TemporaryFolder folder;
  // glibc fills fresh memory with this: an encoder that reads what it never wrote gives itself
  // away.
  const auto run = [&](const char* workers, const char* filling) {
    return run_command(command(folder / workers, {"--workers", workers}),
                       {{"MALLOC_PERTURB_", filling}})
        .exit_status;
  };
  ASSERT_EQ(run("1", "85"), 0);
  ASSERT_EQ(run("4", "170"), 0);
  const auto one = folder_content(folder / "1");
  EXPECT_EQ(one.size(), 61U);
  EXPECT_TRUE(one == folder_content(folder / "4"));
}

TEST(Synthesize, AnotherSeedGivesAnotherCorpus) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_command(command(folder / "a")).exit_status, 0);
  ASSERT_EQ(run_command(command(folder / "b", {"--seed", "7"})).exit_status, 0);
  const auto a = folder_content(folder / "a"), b = folder_content(folder / "b");
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, bytes] : a) {
    ASSERT_TRUE(b.contains(name)) << name;
    EXPECT_TRUE(bytes != b.at(name)) << name;
  }
}

TEST(Synthesize, SecondRunMakesNothingAnew) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_command(command(folder / "out")).exit_status, 0);
  const auto clip = folder / "out/Actor_02/01-01-04-02-01-01-02.mp4";
  const auto before = stamp_of(clip);
  const auto again = run_command(command(folder / "out", {"--json"}));
  ASSERT_EQ(again.exit_status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("\"made\": 0"));
  EXPECT_EQ(stamp_of(clip), before);
}

TEST(Synthesize, AKilledRunIsContinuedToTheSameBytes) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_command(command(folder / "whole")).exit_status, 0);
  const auto first = folder / "killed/Actor_01/01-01-01-01-01-01-01.mp4";
  test::run_and_kill(command(folder / "killed"), SIGKILL, [&] { return fs::exists(first); });
  ASSERT_EQ(run_command(command(folder / "killed")).exit_status, 0);
  EXPECT_TRUE(folder_content(folder / "killed") == folder_content(folder / "whole"));
}

TEST(Synthesize, TheRecordSaysWhoseNamesOnlyWhereTheyAreNotRavdess) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_command(command(folder / "out")).exit_status, 0);
  EXPECT_THAT(read_file(folder / "out/corpus.json"), Not(HasSubstr("names")));
  const auto other = run_command(command(folder / "out", {"--names", "emo-db"}));
  EXPECT_EQ(other.exit_status, 1) << "they are other settings";
  EXPECT_THAT(other.err, HasSubstr("--force"));
  ASSERT_EQ(run_command(command(folder / "faces", {"--names", "ck+48"})).exit_status, 0);
  EXPECT_TRUE(fs::exists(folder / "faces/anger/S001_501_00000001.png"));
  EXPECT_THAT(read_file(folder / "faces/corpus.json"), HasSubstr("\"names\": \"ck+48\""));
}

TEST(Synthesize, OtherSettingsNeedForce) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_command(command(folder / "out")).exit_status, 0);
  const auto before = folder_content(folder / "out");
  const auto refused = run_command(command(folder / "out", {"--seed", "7"}));
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_TRUE(folder_content(folder / "out") == before);

  const auto forced =
      run_command(command(folder / "out", {"--seed", "7", "--twin-actor", "0", "--force"}));
  ASSERT_EQ(forced.exit_status, 0) << forced.err;
  ASSERT_EQ(
      run_command(command(folder / "fresh", {"--seed", "7", "--twin-actor", "0"})).exit_status, 0);
  EXPECT_TRUE(folder_content(folder / "out") == folder_content(folder / "fresh"));
}

TEST(Synthesize, LeavesAForeignFolderAlone) {
  const TemporaryFolder folder;
  write_file(folder / "out/holiday.mp4", "precious");
  const auto result = run_command(command(folder / "out", {"--force"}));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("holiday.mp4"));
  EXPECT_EQ(folder_content(folder / "out").size(), 1U);
}

TEST(Synthesize, VideoOnlyTwinHasNoSoundTrack) {
  if (!test::has_program("ffprobe")) GTEST_SKIP() << "needs ffprobe";
  const TemporaryFolder folder;
  ASSERT_EQ(run_command(command(folder / "out")).exit_status, 0);
  const auto kinds = [&](const char* file) {
    return run_command({"ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of",
                        "csv=p=0", (folder / "out/Actor_01" / file).string()})
        .out;
  };
  EXPECT_EQ(kinds("01-01-03-01-01-01-01.mp4"), "video\naudio\n");
  EXPECT_EQ(kinds("02-01-03-01-01-01-01.mp4"), "video\n");
  EXPECT_EQ(kinds("03-01-03-01-01-01-01.wav"), "audio\n");
}

}  // namespace
}  // namespace aver
