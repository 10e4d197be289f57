#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

// Shards of aver-predict in both of its ways, as job scripts run them.
namespace {

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;

class PredictShards : public testing::Test {
 protected:
  void train_audio() const {
    make_mfcc_stage(folder / "mfcc");
    train_tiny_audio(folder / "mfcc", folder / "sound");
  }

  void train_visual() const {
    make_frames_stage(folder / "frames");
    train_tiny_visual(folder / "frames", folder / "visual");
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  CommandResult predict(std::vector<std::string> words) const {
    words.insert(words.begin(), {"aver-predict", "--quiet", "--threads", "1", "--workers", "1"});
    return run_command(words);
  }
  /// Six pictures to ask about, of the visual model's stage from the given one on.
  void make_clips(std::size_t first) const {
    const auto pictures = list_files(folder / "frames/by-actor");
    create_folders(folder / "clips");
    for (std::size_t i = 0; i < 6; ++i) {
      const fs::path clip = folder / fmt::format("clips/{}.jpg", i);
      fs::copy_file(pictures[first + 5 * i], clip, fs::copy_options::overwrite_existing);
      fs::last_write_time(clip, fs::last_write_time(pictures[0]) + std::chrono::hours(first));
    }
  }

  CommandResult join(const std::string& output) const {
    return run_command({"aver-predict", "--join", "--output", path(output)});
  }
  /// One run of aver-predict for a file, as a whole ("") or a shard.
  CommandResult answer(std::vector<std::string> words, const std::string& output,
                       const std::string& shard = "") const {
    words.insert(words.end(), {"--output", path(output)});
    if (!shard.empty()) words.insert(words.end(), {"--shard", shard});
    return predict(words);
  }

  /// A run of the whole and one in shards, last first: both must print and write the same. With
  /// status 1 one of the clips is broken, which fails its own shard alone.
  void expect_same(const std::vector<std::string>& words, int shards, int status) const {
    const auto whole = answer(words, "p.csv");
    ASSERT_EQ(whole.exit_status, status) << whole.err;
    ASSERT_TRUE(fs::exists(folder / "p.csv")) << whole.err;
    int statuses = 0;
    for (int number = shards; number >= 1; --number) {
      const auto result = answer(words, "q.csv", fmt::format("{}/{}", number, shards));
      EXPECT_LE(result.exit_status, 1) << result.err;
      statuses += result.exit_status;
      EXPECT_THAT(result.out,
                  HasSubstr(fmt::format("shard {}/{} is done{}; when all are done: aver-predict "
                                        "--join --output {}",
                                        number, shards,
                                        result.exit_status == 1 ? " except for what failed" : "",
                                        path("q.csv"))));
      EXPECT_FALSE(fs::exists(folder / "q.csv"));
    }
    EXPECT_EQ(statuses, status);
    const auto joined = join("q.csv");
    EXPECT_EQ(joined.exit_status, status) << joined.err;
    std::string said = joined.out;
    if (const auto at = said.find("q.csv"); at != std::string::npos) said[at] = 'p';
    EXPECT_EQ(said, whole.out);
    EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv")) << shards << " shards";
    EXPECT_FALSE(fs::exists(folder / "q.csv.shards"));
    const auto again = join("q.csv");
    EXPECT_EQ(again.exit_status, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("q.csv is joined already"));
    EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
    fs::remove(folder / "q.csv");
  }

  TemporaryFolder folder;
};

TEST_F(PredictShards, OfSoundsJoinedEqualOneRunToTheByte) {
  train_audio();
  make_mfcc_stage(folder / "other", 1, 1);
  write_file(folder / ("other/" + tiny_mfcc_path(tiny_clips(1, 1)[2])), "broken");
  expect_same({"--model", path("sound"), "--input", path("mfcc")}, 3, 0);
  expect_same({"--model", path("sound"), "--input", path("other")}, 7, 1);
}

TEST_F(PredictShards, OfFramesJoinedEqualOneRunToTheByte) {
  train_visual();
  expect_same({"--model", path("visual"), "--input", path("frames")}, 3, 0);
  write_file(read_stage(folder / "frames", "frames").root /
                 read_stage(folder / "frames", "frames").clips[4].outputs[0].path,
             "broken");
  expect_same({"--model", path("visual"), "--input", path("frames")}, 4, 1);
}

TEST_F(PredictShards, OfClipsJoinedEqualOneRunToTheByteInEveryFormat) {
  train_visual();
  make_clips(0);
  fs::copy_file(list_files(folder / "frames/by-actor").back(),
                folder / "clips/in no encoding \xff.jpg");
  write_file(folder / "clips/broken.png", "a text file");
  for (const auto& [format, shards] :
       {std::pair{"csv", 1}, std::pair{"jsonl", 3}, std::pair{"table", 9}}) {
    expect_same({"--visual", path("visual"), "--format", format, path("clips")}, shards, 1);
  }
}

TEST_F(PredictShards, ThatAreMissingOrDoNotBelongTogetherAreNamed) {
  train_audio();
  const std::vector<std::string> words = {"--model",    path("sound"), "--input",
                                          path("mfcc"), "--output",    path("p.csv")};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return predict(more);
  };
  EXPECT_THAT(join("p.csv").err, HasSubstr("has no shards to join"));
  ASSERT_EQ(with({"--shard", "2/3"}).exit_status, 0);
  const auto missing = join("p.csv");
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err,
              HasSubstr("1 and 3 missing: run aver-predict with --shard 1/3 and --shard "
                        "3/3, then --join again"));
  const auto count = with({"--shard", "1/4"});
  EXPECT_EQ(count.exit_status, 1);
  EXPECT_THAT(count.err, HasSubstr("different counts (2/3 and 1/4)"));
  const auto whole = with({});
  EXPECT_EQ(whole.exit_status, 1);
  EXPECT_THAT(whole.err, HasSubstr("1 of 3 shards"));
  EXPECT_FALSE(fs::exists(folder / "p.csv"));
}

TEST_F(PredictShards, AreRefusedWhereAnyOfTheirBytesHasChanged) {
  train_audio();
  const std::vector<std::string> words = {"--model", path("sound"), "--input", path("mfcc")};
  for (const char* shard : {"1/2", "2/2"}) {
    ASSERT_EQ(answer(words, "p.csv", shard).exit_status, 0);
  }
  const fs::path file = folder / "p.csv.shards/1-of-2.cbor";
  const std::string whole = read_file(file);
  Random random(5);
  for (int i = 0; i < 40; ++i) {
    std::string changed = whole;
    changed[random.below(changed.size())] ^= static_cast<char>(1 << random.below(8));
    write_file(file, changed);
    EXPECT_EQ(join("p.csv").exit_status, 1) << i;
    EXPECT_FALSE(fs::exists(folder / "p.csv")) << i;
  }
  write_file(file, whole);
  EXPECT_EQ(join("p.csv").exit_status, 0);
}

TEST_F(PredictShards, OfOtherStageFoldersOfTheSameClipsAreNotJoined) {
  train_audio();
  make_mfcc_stage(folder / "other", 4, 2, 11, 22050, 2);
  make_mfcc_stage(folder / "fewer", 2);
  const auto of = [&](const std::string& input) {
    return std::vector<std::string>{"--model", path("sound"), "--input", path(input)};
  };
  ASSERT_EQ(answer(of("mfcc"), "q.csv", "1/2").exit_status, 0);
  for (const auto& [input, how] :
       {std::pair{"other", "by path, size or time of change"}, std::pair{"fewer", "48 and 24"}}) {
    ASSERT_EQ(answer(of(input), "q.csv", "2/2").exit_status, 0);
    const auto mixed = join("q.csv");
    EXPECT_EQ(mixed.exit_status, 1);
    EXPECT_THAT(mixed.err, AllOf(HasSubstr("shards 1/2 and 2/2"),
                                 HasSubstr(fmt::format("saw different clips ({})", how)),
                                 HasSubstr("run every shard again on the same ones")));
    EXPECT_FALSE(fs::exists(folder / "q.csv"));
  }
  const auto words = of("other");
  ASSERT_EQ(answer(words, "p.csv").exit_status, 0);
  for (const char* shard : {"1/2", "2/2"}) {
    ASSERT_EQ(answer(words, "q.csv", shard).exit_status, 0);
  }
  EXPECT_EQ(join("q.csv").exit_status, 0);
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
  ASSERT_EQ(answer(of("mfcc"), "p.csv").exit_status, 0);
  EXPECT_NE(read_file(folder / "q.csv"), read_file(folder / "p.csv")) << "a mixture could be seen";
}

TEST_F(PredictShards, OfRecordingsThatWereReplacedAreNotJoined) {
  train_visual();
  const std::vector<std::string> words = {"--visual", path("visual"), "--format", "csv",
                                          path("clips")};
  make_clips(0);
  ASSERT_EQ(answer(words, "q.csv", "1/2").exit_status, 0);
  make_clips(1);
  std::vector<std::string> loud = {"aver-predict", "--threads", "1"};
  loud.insert(loud.end(), words.begin(), words.end());
  loud.insert(loud.end(), {"--output", path("q.csv"), "--shard", "2/2"});
  const auto second = run_command(loud);
  ASSERT_EQ(second.exit_status, 0);
  EXPECT_THAT(second.err, HasSubstr("they can be joined when all shards have seen the same"));
  const auto mixed = join("q.csv");
  EXPECT_EQ(mixed.exit_status, 1);
  EXPECT_THAT(mixed.err, AllOf(HasSubstr("shards 1/2 and 2/2"), HasSubstr("saw different clips"),
                               HasSubstr("copies of recordings must keep their times")));
  ASSERT_EQ(answer(words, "q.csv", "1/2").exit_status, 0);
  EXPECT_EQ(join("q.csv").exit_status, 0) << "the second has seen the new ones already";
  ASSERT_EQ(answer(words, "p.csv").exit_status, 0);
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
}

TEST_F(PredictShards, OfOtherRulesOrModelsAreRefusedInWords) {
  train_visual();
  make_clips(0);
  make_frames_stage(folder / "few", 2);
  train_tiny_visual(folder / "few", folder / "visual-2");
  const auto with = [&](const std::string& model, const std::string& rule) {
    return std::vector<std::string>{"--visual", path(model), "--rule", rule, path("clips")};
  };
  ASSERT_EQ(answer(with("visual", "mean"), "q.csv", "1/2").exit_status, 0);
  const auto before = folder_content(folder / "q.csv.shards");
  for (const auto& [words, difference] :
       {std::pair{with("visual", "product"), R"((--rule is "mean" and "product"))"},
        std::pair{with("visual-2", "mean"), "(the --visual models differ)"}}) {
    const auto refused = answer(words, "q.csv", "2/2");
    EXPECT_EQ(refused.exit_status, 1);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("shards 1/2 and 2/2"), HasSubstr(difference),
                                   HasSubstr("give both the same options and models")));
    EXPECT_EQ(folder_content(folder / "q.csv.shards"), before);
  }
  const auto stage = answer({"--model", path("visual"), "--input", path("frames")}, "q.csv", "2/2");
  EXPECT_EQ(stage.exit_status, 1);
  EXPECT_THAT(stage.err, HasSubstr("a stage folder and other clips"));
}

TEST_F(PredictShards, AKilledOneIsRunAgainAndTheOthersAreLeftAlone) {
  train_visual();
  make_frames_stage(folder / "many", 40);
  std::vector<std::string> words = {"--model", path("visual"), "--input", path("many")};
  ASSERT_EQ(answer(words, "p.csv").exit_status, 0);
  ASSERT_EQ(answer(words, "q.csv", "2/2").exit_status, 0);
  const auto other = read_file(folder / "q.csv.shards/2-of-2.cbor");
  words.insert(words.begin(), {"aver-predict", "--threads", "1", "--workers", "1"});
  words.insert(words.end(), {"--output", path("q.csv"), "--shard", "1/2"});
  const fs::path pictures = folder / "q.csv.shards/.1-of-2.pictures";
  const auto killed = run_and_kill(words, SIGKILL, [&] { return fs::exists(pictures); });
  if (killed.exit_status == 128 + SIGKILL) {
    const auto early = join("q.csv");
    EXPECT_EQ(early.exit_status, 1);
    EXPECT_THAT(early.err, HasSubstr("1 missing: run aver-predict with --shard 1/2"));
  }
  EXPECT_EQ(run_command(words).exit_status, 0);
  EXPECT_EQ(read_file(folder / "q.csv.shards/2-of-2.cbor"), other);
  EXPECT_EQ(join("q.csv").exit_status, 0);
  EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv"));
  EXPECT_FALSE(fs::exists(folder / "q.csv.shards"));
}

TEST_F(PredictShards, BadUsageIsSaid) {
  const auto expect = [&](std::vector<std::string> words, const std::string& part) {
    const auto result = predict(words);
    EXPECT_EQ(result.exit_status, 2) << part;
    EXPECT_THAT(result.err, HasSubstr(part));
  };
  expect({"--audio", "a", "--shard", "1/2", "clip.wav"}, "--shard needs --output");
  expect({"--audio", "a", "--shard", "1/2", "--output", path("p"), "-"}, "- cannot be shared out");
  expect({"--join"}, "--output is required");
  expect({"--shard", "0/2"}, "--shard is '0/2'");
  expect({"--audio", "a", "--shard", "", "--output", path("p"), "clip.wav"}, "--shard is empty");
}

}  // namespace
