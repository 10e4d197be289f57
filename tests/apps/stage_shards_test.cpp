#include <signal.h>

#include <algorithm>
#include <thread>

#include "base/shard.h"
#include "shards_fixture.h"

// Shards and their join, in the place of one run.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(Shards, JoinedEqualOneRunToTheByte) {
  const auto whole = audio("whole");
  ASSERT_EQ(whole.exit_status, 1) << "a broken clip and a strange name";
  for (const auto& [name, order, count] :
       {std::tuple{"one", std::vector{1}, 1}, std::tuple{"three", std::vector{3, 1, 2}, 3},
        std::tuple{"seven", std::vector{7, 2, 5, 1, 3, 6, 4}, 7},
        std::tuple{"many", std::vector{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                   16}}) {
    run_shards(name, order, count);
    const auto joined = join(name);
    EXPECT_EQ(joined.exit_status, 1) << "as the whole run: " << joined.err;
    EXPECT_THAT(joined.out,
                AllOf(HasSubstr("11 sounds of 11 clips (11 made now"), HasSubstr("failed 2"),
                      HasSubstr("skipped 1: audio-video by its name")));
    EXPECT_EQ(content(name), content("whole")) << name;
  }
}

TEST_F(Shards, RunSideBySide) {
  ASSERT_EQ(audio("whole").exit_status, 1);
  std::vector<std::thread> processes;
  for (int number = 1; number <= 3; ++number) {
    processes.emplace_back([&, number] { run_shards("sharded", {number}, 3, {"--workers", "1"}); });
  }
  for (auto& process : processes) process.join();
  EXPECT_EQ(join("sharded").exit_status, 1);
  EXPECT_EQ(content("sharded"), content("whole"));
}

TEST_F(Shards, EachDoesItsShareAndSaysWhatComesNext) {
  std::size_t least = 100, most = 0, all = 0;
  for (int number = 1; number <= 5; ++number) {
    const auto result = audio("out", {"--shard", fmt::format("{}/5", number), "--json"});
    EXPECT_EQ(result.exit_status,
              number == 1 || shard_of_item(11, 5) == static_cast<std::size_t>(number) ? 1 : 0);
    const auto clips = nlohmann::json::parse(result.out).at("clips").get<std::size_t>();
    least = std::min(least, clips);
    most = std::max(most, clips);
    all += clips;
  }
  EXPECT_EQ(all, 11u);
  EXPECT_LE(most - least, 2u) << "12 clips are dealt, one of which is broken";
  const std::string next = "aver-extract-audio --join --output " + (folder / "out").string();
  EXPECT_THAT(audio("out", {"--shard", "1/5"}).out,
              HasSubstr("shard 1/5 is done except for what failed; when all are done: " + next))
      << "holiday.wav is the first shard's";
  fs::remove(data() / "holiday.wav");
  fs::remove(data() / sound(12));
  EXPECT_THAT(audio("out", {"--shard", "1/5"}).out,
              HasSubstr("shard 1/5 is done; when all are done: " + next));
}

TEST_F(Shards, AKilledOneContinuesAndTheOthersAreLeftAlone) {
  for (int actor = 14; actor <= 60; ++actor) add(sound(actor), 100'000);
  ASSERT_EQ(audio("whole").exit_status, 1);
  const fs::path out = folder / "out";
  run_shards("out", {2}, 2);
  const auto other = content("out/shards/2-of-2");
  const fs::path journal = out / "shards/1-of-2/journal.jsonl";
  const auto killed = run_and_kill(
      Extractor{"aver-extract-audio"}.words(
          data(), out, {"--modality", "audio-only", "--workers", "1", "--shard", "1/2"}),
      SIGKILL, [&] { return fs::exists(journal) && !read_file(journal).empty(); });
  if (killed.exit_status == 128 + SIGKILL) {
    const auto early = join("out");
    EXPECT_EQ(early.exit_status, 1);
    EXPECT_THAT(early.err, AllOf(HasSubstr("1 unfinished"),
                                 HasSubstr("run aver-extract-audio with --shard 1/2")));
  }
  const auto again = audio("out", {"--shard", "1/2", "--json"});
  const auto summary = nlohmann::json::parse(again.out);
  EXPECT_EQ(again.exit_status, 1) << "holiday.wav is the first shard's";
  EXPECT_LT(summary.at("made"), summary.at("clips")) << "what was done is not done again";
  EXPECT_EQ(content("out/shards/2-of-2"), other);
  EXPECT_EQ(join("out").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, AJoinNamesTheMissingOnesAndTheCommand) {
  run_shards("out", {1, 4}, 5);
  const auto before = content("out");
  const auto result = join("out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              HasSubstr("2, 3 and 5 missing: run aver-extract-audio with --shard 2/5, --shard 3/5 "
                        "and --shard 5/5, then --join again"));
  EXPECT_EQ(content("out"), before) << "nothing was touched";
}

TEST_F(Shards, AKilledJoinIsRunAgain) {
  ASSERT_EQ(audio("whole").exit_status, 1);
  // After everything but the removal of the records, and in the middle of that.
  run_shards("out", {1, 2}, 2);
  fs::copy(folder / "out/shards", folder / "records", fs::copy_options::recursive);
  ASSERT_EQ(join("out").exit_status, 1);
  fs::copy(folder / "records", folder / "out/shards", fs::copy_options::recursive);
  EXPECT_EQ(join("out").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
  create_folders(folder / "out/.shards-joined");
  fs::copy(folder / "records/2-of-2", folder / "out/.shards-joined/2-of-2");
  EXPECT_EQ(join("out").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, ForcedOverAJoinedFolderLeaveWhatAForcedRunLeaves) {
  for (const char* output : {"out", "whole"}) ASSERT_EQ(audio(output).exit_status, 1);
  fs::remove(data() / sound(5));
  const auto refused = audio("out", {"--shard", "1/2", "--sample-rate", "16000"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  ASSERT_EQ(audio("whole", {"--sample-rate", "16000", "--force"}).exit_status, 1);
  run_shards("out", {1, 2}, 2, {"--sample-rate", "16000", "--force"});
  EXPECT_EQ(join("out").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, TakeTheirNumberFromSlurmOnlyWhenAsked) {
  const std::map<std::string, std::string> task = {{"SLURM_ARRAY_TASK_ID", "4"},
                                                   {"SLURM_ARRAY_TASK_COUNT", "2"},
                                                   {"SLURM_ARRAY_TASK_MIN", "0"},
                                                   {"SLURM_ARRAY_TASK_MAX", "4"},
                                                   {"SLURM_ARRAY_TASK_STEP", "4"}};
  auto words =
      Extractor{"aver-extract-audio"}.words(data(), folder / "whole", {"--modality", "audio-only"});
  EXPECT_EQ(run_command(words, task).exit_status, 1);
  EXPECT_TRUE(fs::exists(folder / "whole/manifest.csv")) << "the environment alone changes nothing";
  words[4] = (folder / "out").string();
  words.insert(words.end(), {"--shard", "slurm"});
  EXPECT_EQ(run_command(words, task).exit_status, shard_of_item(11, 2) == 2 ? 1 : 0)
      << "the broken clip is the twelfth, what is no clip the first shard's";
  EXPECT_TRUE(fs::exists(folder / "out/shards/2-of-2/manifest.csv"));
  const auto outside = audio("out", {"--shard", "slurm"});
  EXPECT_EQ(outside.exit_status, 2);
  EXPECT_THAT(outside.err, HasSubstr("no task of a Slurm job array"));
}

TEST_F(Shards, BadUsageIsSaid) {
  const auto result = audio("out", {"--shard", "3/2"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("--shard is '3/2'"));
  EXPECT_EQ(audio("out", {"--shard", "1/2", "--join"}).exit_status, 2);
  write_file(folder / "empty.toml", "shard = ''\n");
  for (const std::vector<std::string>& unset : {std::vector<std::string>{"--shard", ""},
                                                {"--shard="},
                                                {"--shard", "", "--join"},
                                                {"--config", (folder / "empty.toml").string()}}) {
    const auto nothing = audio("out", unset);
    EXPECT_EQ(nothing.exit_status, 2) << unset.front();
    EXPECT_THAT(nothing.err, HasSubstr("--shard")) << unset.front();
  }
  EXPECT_THAT(audio("out", {"--shard", ""}).err, HasSubstr("--shard is empty"));
  EXPECT_THAT(audio("out", {"--shard", "1/100001"}).err, HasSubstr("N up to 100000"));
  EXPECT_FALSE(fs::exists(folder / "out"));
  EXPECT_EQ(run_command({"aver-extract-audio", "--join"}).exit_status, 2);
  EXPECT_EQ(join("nowhere").exit_status, 1);
  write_file(folder / "mine/file.txt", "something else");
  EXPECT_THAT(audio("mine", {"--shard", "1/2"}).err, HasSubstr("not empty and no stage folder"));
}

TEST_F(Shards, OfMfccsReadTheJoinedSoundsAndMissTheSameFiles) {
  ASSERT_EQ(audio("audio").exit_status, 1);
  const auto mfcc = [&](const std::string& output, std::vector<std::string> more) {
    return Extractor{"aver-compute-mfcc"}.run(folder / "audio", folder / output, more);
  };
  ASSERT_EQ(mfcc("whole", {}).exit_status, 0);
  fs::copy(folder / "whole", folder / "again", fs::copy_options::recursive);
  for (const char* number : {"3/3", "1/3", "2/3"}) {
    ASSERT_EQ(mfcc("out", {"--shard", number}).exit_status, 0);
  }
  ASSERT_EQ(join("out", "aver-compute-mfcc").exit_status, 0);
  EXPECT_EQ(content("out"), content("whole"));

  fs::remove(folder / "audio/Actor_02/happy/03-01-03-01-01-01-02.wav");
  EXPECT_EQ(mfcc("whole", {}).exit_status, 1);
  EXPECT_EQ(mfcc("out", {"--shard", "1/2"}).exit_status, 1) << "it tells of missing files";
  EXPECT_EQ(mfcc("out", {"--shard", "2/2"}).exit_status, 0);
  EXPECT_EQ(join("out", "aver-compute-mfcc").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST(FrameShards, KeepBothTreesOfFramesRight) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  const Extractor frames{"aver-extract-frames"};
  const auto shards = [&](const std::vector<std::string>& more, int broken) {
    int statuses = 0;
    for (const char* number : {"1/3", "3/3", "2/3"}) {
      auto words = more;
      words.insert(words.end(), {"--shard", number});
      const auto result = frames.run(corpus.data(), corpus / "out", words);
      EXPECT_LE(result.exit_status, 1) << result.err;
      statuses += result.exit_status;
    }
    EXPECT_EQ(statuses, broken) << "a broken clip fails its own shard";
    return run_command({"aver-extract-frames", "--join", "--output", (corpus / "out").string()});
  };
  const auto same = [&] {
    EXPECT_EQ(comparable_content(corpus / "out"), comparable_content(corpus / "whole"));
  };
  ASSERT_EQ(frames.run(corpus.data(), corpus / "whole").exit_status, 0);
  EXPECT_EQ(shards({}, 0).exit_status, 0);
  same();
  // Fewer frames in one clip, none in another, a twin that was removed and a frame of no clip.
  make_movie(corpus.data() / kClipNames[0], {.seconds = 0.3});
  write_file(corpus.data() / kClipNames[1], "broken");
  for (const char* output : {"out", "whole"}) {
    const fs::path twins = corpus / (std::string(output) + "/by-emotion");
    fs::remove(list_files(twins).back());
    write_file(twins / "sad/01-01-04-01-01-01-09_frame_0000.jpg", "of no clip");
  }
  EXPECT_EQ(frames.run(corpus.data(), corpus / "whole").exit_status, 1);
  EXPECT_EQ(shards({}, 1).exit_status, 1);
  same();
  EXPECT_EQ(frames.run(corpus.data(), corpus / "whole", {"--every", "3", "--force"}).exit_status,
            1);
  EXPECT_EQ(shards({"--every", "3", "--force"}, 1).exit_status, 1);
  same();
  const auto sheet = frames.run(corpus.data(), corpus / "sheet.png",
                                {"--contact-sheet", kClipNames[0], "--shard", "1/2"});
  EXPECT_EQ(sheet.exit_status, 2);
}

}  // namespace
}  // namespace aver::test
