#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

// aver-predict that is interrupted, killed or cut off, and run again.
namespace {

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kClips = 1500;

class PredictResume : public testing::Test {
 protected:
  /// A model and more pictures than are answered before somebody can press Ctrl-C.
  void SetUp() override {
    make_frames_stage(folder / "frames");
    train_tiny_visual(folder / "frames", folder / "visual");
    const auto pictures = list_files(folder / "frames/by-actor");
    create_folders(folder / "clips");
    for (std::size_t i = 0; i < kClips; ++i) {
      fs::create_hard_link(pictures[i % 6], folder / fmt::format("clips/{:04}.jpg", i));
    }
    write_file(folder / "clips/0001.png", "a text file");
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  std::vector<std::string> command(const std::string& output,
                                   const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {
        "aver-predict", "--visual",    path("visual"), "--format", "csv",
        "--threads",    "1",           "--workers",    "1",        "--output",
        path(output),   path("clips"), "--log-level",  "info"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  /// Runs a command until it has kept some answers, and ends it.
  CommandResult ended_early(const std::vector<std::string>& words, const std::string& part,
                            int signal) const {
    const auto result = run_and_kill(words, signal, [&] {
      std::error_code error;
      const auto size = fs::file_size(folder / part, error);
      return !error && size > 20'000;
    });
    EXPECT_TRUE(fs::exists(folder / part)) << "it was quicker than the signal: " << result.out;
    return result;
  }

  TemporaryFolder folder;
};

TEST_F(PredictResume, KilledOrInterruptedItGoesOnAndWritesTheSameBytes) {
  const auto whole = run_command(command("p.csv"));
  ASSERT_EQ(whole.exit_status, 1) << "one of the clips is broken";
  std::string said = whole.out;
  for (const int signal : {SIGKILL, SIGINT, SIGTERM}) {
    SCOPED_TRACE(signal);
    const auto early = ended_early(command("q.csv"), "q.csv.part", signal);
    EXPECT_EQ(early.exit_status, signal == SIGKILL ? 128 + SIGKILL : 130);
    if (signal != SIGKILL) {
      EXPECT_THAT(early.out, AllOf(HasSubstr("interrupted"), HasSubstr(path("q.csv.part")),
                                   HasSubstr("--resume")));
    }
    EXPECT_FALSE(fs::exists(folder / "q.csv"));
    write_file(folder / ".aver-tmp-0badcafe-0-q.csv", "of a run that was killed while it wrote");
    write_file(folder / ".aver-tmp-0badcafe-0-other.csv", "of a run that may be alive");
    const auto resumed = run_command(command("q.csv", {"--resume"}));
    EXPECT_EQ(resumed.exit_status, 1);
    EXPECT_EQ(resumed.out, said);
    EXPECT_THAT(resumed.err, HasSubstr(fmt::format("of {} answers: going on", kClips + 1)));
    EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
    EXPECT_FALSE(fs::exists(folder / "q.csv.part"));
    EXPECT_FALSE(fs::exists(folder / ".aver-tmp-0badcafe-0-q.csv"));
    EXPECT_TRUE(fs::exists(folder / ".aver-tmp-0badcafe-0-other.csv"));
    fs::remove(folder / "q.csv");
  }
}

TEST_F(PredictResume, TheSameCommandWithoutTheOptionGoesOnToo) {
  ASSERT_EQ(run_command(command("p.csv")).exit_status, 1);
  ended_early(command("q.csv"), "q.csv.part", SIGKILL);
  const auto again = run_command(command("q.csv"));
  EXPECT_THAT(again.err, HasSubstr("answers: going on"));
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
}

TEST_F(PredictResume, WhereverTheKeptAnswersAreCutTheBytesAreTheSame) {
  ASSERT_EQ(run_command(command("p.csv")).exit_status, 1);
  ended_early(command("q.csv"), "q.csv.part", SIGKILL);
  const std::string kept = read_file(folder / "q.csv.part");
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{100},
                                 std::size_t{2000}, kept.size() / 2, kept.size() - 1}) {
    write_file(folder / "q.csv.part", kept.substr(0, size));
    EXPECT_EQ(run_command(command("q.csv", {"--resume"})).exit_status, 1) << size;
    EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv")) << size;
  }
  std::string zeros = kept.substr(0, kept.size() / 2) + std::string(1000, '\0');
  write_file(folder / "q.csv.part", zeros);
  EXPECT_EQ(run_command(command("q.csv", {"--resume"})).exit_status, 1);
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv")) << "as a power cut leaves it";
}

TEST_F(PredictResume, AnotherModelOptionOrListOfClipsIsRefusedInASentence) {
  make_frames_stage(folder / "few", 2);
  train_tiny_visual(folder / "few", folder / "visual-2");
  ended_early(command("q.csv"), "q.csv.part", SIGKILL);
  const std::string kept = read_file(folder / "q.csv.part");
  const auto refused = [&](const std::vector<std::string>& words, const std::string& reason) {
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 1) << reason;
    EXPECT_THAT(result.err, AllOf(HasSubstr(path("q.csv.part")), HasSubstr(reason),
                                  HasSubstr("or remove it to start anew")));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(read_file(folder / "q.csv.part"), kept) << reason;
  };
  auto other = command("q.csv", {"--resume"});
  other[2] = path("visual-2");
  refused(other, "the --visual models differ");
  refused(command("q.csv", {"--resume", "--rule", "mean"}),
          R"(--rule is "max-confidence" and "mean")");
  refused(command("q.csv", {"--resume", path("clips/0000.jpg")}),
          fmt::format("{} clips and {}", kClips + 1, kClips + 2));
  fs::rename(folder / "clips/0002.jpg", folder / "clips/0002-b.jpg");
  refused(command("q.csv", {"--resume"}), "clips of another path, size or time of change");

  const auto anew = run_command(command("q.csv"));
  EXPECT_THAT(anew.err, HasSubstr("they are replaced"));
  ASSERT_EQ(run_command(command("p.csv")).exit_status, 1);
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
}

TEST_F(PredictResume, AShardGoesOnAndTheJoinIsThatOfOneRun) {
  ASSERT_EQ(run_command(command("p.csv")).exit_status, 1);
  ASSERT_LE(run_command(command("q.csv", {"--shard", "2/2"})).exit_status, 1);
  ended_early(command("q.csv", {"--shard", "1/2"}), "q.csv.shards/1-of-2.part", SIGKILL);
  EXPECT_THAT(run_command({"aver-predict", "--join", "--output", path("q.csv")}).err,
              HasSubstr("1 missing"));
  const auto resumed = run_command(command("q.csv", {"--shard", "1/2", "--resume"}));
  EXPECT_THAT(resumed.err, HasSubstr("answers: going on"));
  EXPECT_FALSE(fs::exists(folder / "q.csv.shards/1-of-2.part"));
  EXPECT_EQ(run_command({"aver-predict", "--join", "--output", path("q.csv")}).exit_status, 1);
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
  EXPECT_FALSE(fs::exists(folder / "q.csv.shards"));
}

TEST_F(PredictResume, OfAStageFolderItGoesOnToo) {
  make_frames_stage(folder / "many", 90);
  const auto stage = [&](const std::string& output, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"aver-predict", "--model",    path("visual"),
                                      "--input",      path("many"), "--output",
                                      path(output),   "--threads",  "1",
                                      "--workers",    "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  ASSERT_EQ(run_command(stage("p.csv")).exit_status, 0);
  ended_early(stage("q.csv"), "q.csv.part", SIGKILL);
  const auto resumed = run_command(stage("q.csv", {"--resume"}));
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("answers: going on"));
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));

  ended_early(stage("q.csv"), "q.csv.part", SIGINT);
  const auto frames = read_stage(folder / "many", "frames");
  const fs::path changed = frames.root / frames.clips.back().outputs.back().path;
  fs::last_write_time(changed, fs::last_write_time(changed) + std::chrono::hours(1));
  const auto refused = run_command(stage("q.csv", {"--resume"}));
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("clips of another path, size or time of change"));
}

TEST_F(PredictResume, TwoAtOnceIntoOneFileAreRefused) {
  write_file(folder / "q.csv.part", "");
  const int held = ::open(path("q.csv.part").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX | LOCK_NB), 0);
  const auto refused = run_command(command("q.csv"));
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("another program is writing to " + path("q.csv.part")));
  EXPECT_FALSE(fs::exists(folder / "q.csv"));
  ::close(held);
  EXPECT_EQ(run_command(command("q.csv")).exit_status, 1);
  EXPECT_TRUE(fs::exists(folder / "q.csv"));
}

TEST_F(PredictResume, BadUsageIsSaidAndNothingIsLeftOfWhatCannotBegin) {
  const auto said = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"aver-predict", "--visual", path("visual"), "--resume"});
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 2);
    return result.err;
  };
  EXPECT_THAT(said({path("clips")}), HasSubstr("--resume needs --output"));
  EXPECT_THAT(said({"-", "--output", path("p.csv")}), HasSubstr("- cannot be resumed"));
  EXPECT_THAT(said({"--join", "--output", path("p.csv")}), HasSubstr("leave --resume out"));
  auto gone = command("p.csv");
  gone[2] = path("gone");
  EXPECT_EQ(run_command(gone).exit_status, 1);
  EXPECT_FALSE(fs::exists(folder / "p.csv.part"));
}

}  // namespace
