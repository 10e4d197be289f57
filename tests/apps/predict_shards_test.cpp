#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

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
  CommandResult join(const std::string& output) const {
    return run_command({"aver-predict", "--join", "--output", path(output)});
  }
  /// A run of the whole and one in shards, last first: both must print and write the same.
  void expect_same(const std::vector<std::string>& words, int shards, int status) const {
    const auto with = [&](const std::string& output, std::vector<std::string> more = {}) {
      more.insert(more.begin(), words.begin(), words.end());
      more.insert(more.end(), {"--output", path(output)});
      return predict(more);
    };
    const auto whole = with("p.csv");
    ASSERT_EQ(whole.exit_status, status) << whole.err;
    ASSERT_TRUE(fs::exists(folder / "p.csv")) << whole.err;
    for (int number = shards; number >= 1; --number) {
      const auto result = with("q.csv", {"--shard", fmt::format("{}/{}", number, shards)});
      EXPECT_LE(result.exit_status, status) << result.err;
      EXPECT_THAT(result.out, HasSubstr("aver-predict --join --output " + path("q.csv")));
      EXPECT_FALSE(fs::exists(folder / "q.csv"));
    }
    const auto joined = join("q.csv");
    EXPECT_EQ(joined.exit_status, status) << joined.err;
    std::string said = joined.out;
    if (const auto at = said.find("q.csv"); at != std::string::npos) said[at] = 'p';
    EXPECT_EQ(said, whole.out);
    EXPECT_EQ(read_file(folder / "q.csv"), read_file(folder / "p.csv")) << shards << " shards";
    EXPECT_FALSE(fs::exists(folder / "q.csv.shards"));
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
  create_folders(folder / "clips");
  const auto pictures = list_files(folder / "frames/by-actor");
  for (std::size_t i = 0; i < 6; ++i) {
    fs::copy_file(pictures[5 * i], folder / fmt::format("clips/{}.jpg", i));
  }
  fs::copy_file(pictures.back(), folder / "clips/in no encoding \xff.jpg");
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
  make_mfcc_stage(folder / "fewer", 2);
  auto other = words;
  other[3] = path("fewer");
  other.insert(other.end(), {"--shard", "1/3"});
  const auto input = predict(other);
  EXPECT_EQ(input.exit_status, 1);
  EXPECT_THAT(input.err, AllOf(HasSubstr("the clips changed"), HasSubstr("48 and 24")));
  EXPECT_FALSE(fs::exists(folder / "p.csv"));
}

TEST_F(PredictShards, BadUsageIsSaid) {
  const auto expect = [&](std::vector<std::string> words, const std::string& part) {
    const auto result = predict(words);
    EXPECT_EQ(result.exit_status, 2) << part;
    EXPECT_THAT(result.err, HasSubstr(part));
  };
  expect({"--audio", "a", "--shard", "1/2", "clip.wav"}, "--shard needs --output");
  expect({"--audio", "a", "--shard", "1/2", "--output", path("p"), "-"}, "- cannot be shared out");
  expect({"--join"}, "--join needs the --output");
  expect({"--shard", "0/2"}, "--shard is '0/2'");
}

}  // namespace
