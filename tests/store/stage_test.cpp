#include "store/stage.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/csv.h"
#include "base/error.h"
#include "corpus/known_corpora.h"
#include "support.h"

namespace aver {
namespace {

using test::error_of;
using test::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const StageDescription kAudio{"aver-extract-audio", "audio", {{"sample_rate_hz", 48000}}};

StageClip make_clip(const fs::path& root, const std::string& stem, const std::string& content,
                    std::int64_t modified = 1) {
  StageClip clip{
      ravdess().read(stem, kAudioVideo).recording, "Actor_01/" + stem + ".mp4", {10, modified}, {}};
  clip.outputs.push_back({stem + ".wav", "100"});
  write_file(root / clip.outputs[0].path, content);
  return clip;
}

constexpr auto kFirst = "01-01-03-01-01-01-01";
constexpr auto kSecond = "01-01-04-01-01-01-01";

TEST(Stage, IsReadBackAsItWasWritten) {
  TemporaryFolder folder;
  StageWriter writer(folder / "audio", kAudio, false);
  writer.add(make_clip(folder / "audio", kSecond, "b"));
  writer.add(make_clip(folder / "audio", kFirst, "a"));
  writer.skip({"x.mp4", "video-only"});
  const auto summary = writer.complete();
  EXPECT_EQ(summary.clips, 2u);
  EXPECT_EQ(summary.made, 2u);

  const Stage stage = read_stage(folder / "audio", "audio");
  ASSERT_EQ(stage.clips.size(), 2u);
  EXPECT_EQ(stage.clips[0].recording.name, kFirst);
  EXPECT_EQ(stage.clips[0].outputs[0].path, std::string(kFirst) + ".wav");
  EXPECT_EQ(stage.clips[0].outputs[0].shape, "100");
  EXPECT_EQ(stage.settings["sample_rate_hz"], 48000);
  EXPECT_FALSE(fs::exists(folder / "audio/journal.jsonl"));
}

TEST(Stage, BytesDoNotDependOnTheOrderOfWork) {
  TemporaryFolder folder;
  for (const auto& [name, first, second] :
       {std::tuple{"one", kFirst, kSecond}, std::tuple{"two", kSecond, kFirst}}) {
    StageWriter writer(folder / name, kAudio, false);
    writer.add(make_clip(folder / name, first, "same"));
    writer.add(make_clip(folder / name, second, "same"));
    writer.complete();
  }
  EXPECT_EQ(test::folder_content(folder / "one"), test::folder_content(folder / "two"));
}

TEST(Stage, AnInterruptedRunContinuesAndEndsWithTheSameBytes) {
  TemporaryFolder folder;
  {
    StageWriter writer(folder / "killed", kAudio, false);
    writer.add(make_clip(folder / "killed", kFirst, "a"));
  }  // never completed
  EXPECT_THAT(error_of([&] { read_stage(folder / "killed", "audio"); }),
              HasSubstr("is unfinished; run aver-extract-audio on it again"));
  {  // a line that a kill cut off, and a temporary file it left
    std::string journal = read_file(folder / "killed/journal.jsonl");
    write_file(folder / "killed/journal.jsonl", journal + "\n{\"clip\": \"01-01-04");
    std::ofstream(folder / "killed/.aver-tmp-1-1-x.wav") << "half";
  }
  {
    StageWriter writer(folder / "killed", kAudio, false);
    EXPECT_TRUE(writer.is_current(kFirst, {10, 1}));
    EXPECT_FALSE(writer.is_current(kSecond, {10, 1}));
    writer.add(make_clip(folder / "killed", kSecond, "b"));
    EXPECT_EQ(writer.complete().made, 1u);
  }
  {
    StageWriter writer(folder / "whole", kAudio, false);
    writer.add(make_clip(folder / "whole", kFirst, "a"));
    writer.add(make_clip(folder / "whole", kSecond, "b"));
    writer.complete();
  }
  EXPECT_EQ(test::folder_content(folder / "killed"), test::folder_content(folder / "whole"));
}

TEST(Stage, CountsOfAClipOutliveAKillAndAddUpOverTheFolder) {
  TemporaryFolder folder;
  const auto counted = [&](const char* stem, std::size_t found) {
    StageClip clip = make_clip(folder / "audio", stem, "a");
    clip.outputs.push_back({std::string(stem) + ".txt", "1"});
    write_file(folder / "audio" / clip.outputs[1].path, "b");
    clip.counts = {{"found", found}, {"lost", 1}};
    return clip;
  };
  {
    StageWriter writer(folder / "audio", kAudio, false);
    writer.add(counted(kFirst, 3));
  }  // never completed
  for (int run = 0; run < 2; ++run) {
    StageWriter writer(folder / "audio", kAudio, false);
    if (run == 0) writer.add(counted(kSecond, 40));
    EXPECT_EQ(writer.complete().counts, (StageCounts{{"found", 43}, {"lost", 2}})) << run;
  }
  const auto stage = nlohmann::json::parse(read_file(folder / "audio/stage.json"));
  EXPECT_EQ(stage["counts"]["found"], 43);
  const CsvTable manifest = read_csv(folder / "audio/manifest.csv");
  ASSERT_EQ(manifest.rows.size(), 4u);
  EXPECT_EQ(manifest.rows[0][manifest.column("found")], "3");
  EXPECT_EQ(manifest.rows[1][manifest.column("found")], "") << "the column's sum is the folder's";
  EXPECT_EQ(read_stage(folder / "audio", "audio").clips[1].counts.at("found"), 40u);
}

TEST(Stage, ManifestsHaveNoCountsWhereNothingIsCounted) {
  TemporaryFolder folder;
  StageWriter writer(folder / "audio", kAudio, false);
  writer.add(make_clip(folder / "audio", kFirst, "a"));
  EXPECT_EQ(writer.complete().counts, StageCounts{});
  EXPECT_EQ(read_csv(folder / "audio/manifest.csv").header.back(), "content");
}

TEST(Stage, ARerunWithNothingToDoRewritesNothing) {
  TemporaryFolder folder;
  for (int run = 0; run < 2; ++run) {
    StageWriter writer(folder / "audio", kAudio, false);
    if (run == 0) writer.add(make_clip(folder / "audio", kFirst, "a"));
    static FileStamp before;
    writer.complete();
    const auto now = stamp_of(folder / "audio/stage.json");
    if (run == 1) {
      EXPECT_EQ(now, before);
    }
    before = now;
  }
}

TEST(Stage, AClipIsRedoneWhenItsSourceChangedOrItsOutputIsGone) {
  TemporaryFolder folder;
  {
    StageWriter writer(folder / "audio", kAudio, false);
    writer.add(make_clip(folder / "audio", kFirst, "a"));
    writer.add(make_clip(folder / "audio", kSecond, "b"));
    writer.complete();
  }
  fs::remove(folder / "audio" / (std::string(kSecond) + ".wav"));
  StageWriter writer(folder / "audio", kAudio, false);
  EXPECT_TRUE(writer.is_current(kFirst, {10, 1}));
  EXPECT_FALSE(writer.is_current(kFirst, {10, 2}));
  EXPECT_FALSE(writer.is_current(kFirst, {11, 1}));
  EXPECT_FALSE(writer.is_current(kSecond, {10, 1}));
}

TEST(Stage, AClipThatFailsNowLosesItsOldOutputs) {
  TemporaryFolder folder;
  {
    StageWriter writer(folder / "audio", kAudio, false);
    writer.add(make_clip(folder / "audio", kFirst, "a"));
    writer.complete();
  }
  StageWriter writer(folder / "audio", kAudio, false);
  writer.fail(kFirst, {"x.mp4", "truncated"});
  const auto summary = writer.complete();
  EXPECT_EQ(summary.clips, 0u);
  ASSERT_EQ(summary.failed.size(), 1u);
  EXPECT_FALSE(fs::exists(folder / "audio" / (std::string(kFirst) + ".wav")));
  EXPECT_THAT(read_file(folder / "audio/stage.json"), HasSubstr("truncated"));
}

TEST(Stage, OtherSettingsAreRefusedUnlessForced) {
  TemporaryFolder folder;
  {
    StageWriter writer(folder / "audio", kAudio, false);
    writer.add(make_clip(folder / "audio", kFirst, "a"));
    writer.complete();
  }
  const StageDescription other{"aver-extract-audio", "audio", {{"sample_rate_hz", 16000}}};
  EXPECT_THAT(error_of([&] { StageWriter(folder / "audio", other, false); }),
              HasSubstr("sample_rate_hz is 48000 there and 16000 now"));
  EXPECT_EQ(read_stage(folder / "audio", "audio").clips.size(), 1u)
      << "a refusal must lose nothing";
  {
    StageWriter forced(folder / "audio", other, true);
    EXPECT_FALSE(forced.is_current(kFirst, {10, 1}));
  }  // ended before there was anything new, for example because the input was empty
  EXPECT_EQ(read_stage(folder / "audio", "audio").clips.size(), 1u);
  StageWriter(folder / "audio", other, true).complete();
  EXPECT_FALSE(fs::exists(folder / "audio" / (std::string(kFirst) + ".wav")));
  EXPECT_EQ(read_stage(folder / "audio", "audio").settings["sample_rate_hz"], 16000);
}

TEST(Stage, AKillWhileForcingNeverMixesSettings) {
  TemporaryFolder folder;
  {
    StageWriter writer(folder / "audio", kAudio, false);
    writer.add(make_clip(folder / "audio", kFirst, "a"));
    writer.add(make_clip(folder / "audio", kSecond, "b"));
    writer.complete();
  }
  const StageDescription other{"aver-extract-audio", "audio", {{"sample_rate_hz", 16000}}};
  {
    StageWriter forced(folder / "audio", other, true);
    forced.begin();
    forced.add(make_clip(folder / "audio", kFirst, "new"));
  }  // killed here
  StageWriter next(folder / "audio", other, false);
  EXPECT_TRUE(next.is_current(kFirst, {10, 1}));
  EXPECT_FALSE(next.is_current(kSecond, {10, 1})) << "output of the old settings";
}

TEST(Stage, HasOneWriterAtATime) {
  TemporaryFolder folder;
  StageWriter writer(folder / "audio", kAudio, false);
  EXPECT_THAT(error_of([&] { StageWriter(folder / "audio", kAudio, false); }),
              HasSubstr("another program is writing to"));
}

TEST(Stage, ForeignFoldersAreRefused) {
  TemporaryFolder folder;
  write_file(folder / "mine/thesis.txt", "precious");
  EXPECT_THAT(error_of([&] { StageWriter(folder / "mine", kAudio, true); }),
              HasSubstr("is not empty and no stage folder"));
  EXPECT_EQ(read_file(folder / "mine/thesis.txt"), "precious");

  StageWriter(folder / "audio", kAudio, false).complete();
  const StageDescription mfcc{"aver-compute-mfcc", "mfcc", nlohmann::json::object()};
  EXPECT_THAT(error_of([&] { StageWriter(folder / "audio", mfcc, true); }),
              HasSubstr("holds the stage 'audio', not 'mfcc'"));
  EXPECT_THAT(error_of([&] { read_stage(folder / "audio", "mfcc"); }),
              HasSubstr("aver-compute-mfcc makes that"));
  EXPECT_THAT(error_of([&] { read_stage(folder / "none", "mfcc"); }), HasSubstr("no such folder"));
  EXPECT_THAT(error_of([&] { read_stage(folder / "mine", "mfcc"); }),
              HasSubstr("is not a stage folder"));
}

TEST(Stage, NewerFormatsAreRefused) {
  TemporaryFolder folder;
  StageWriter(folder / "audio", kAudio, false).complete();
  auto header = nlohmann::json::parse(read_file(folder / "audio/stage.json"));
  header["format"] = kStageFormat + 1;
  write_file(folder / "audio/stage.json", header.dump());
  EXPECT_THAT(error_of([&] { read_stage(folder / "audio", "audio"); }), HasSubstr("newer"));
  EXPECT_THAT(error_of([&] { StageWriter(folder / "audio", kAudio, true); }), HasSubstr("newer"));
}

TEST(Stage, NamesClipsWhoseSourceIsGoneAndKeepsThem) {
  TemporaryFolder folder;
  StageWriter writer(folder / "audio", kAudio, false);
  writer.add(make_clip(folder / "audio", kFirst, "a"));
  EXPECT_THAT(writer.without_source({kFirst}), IsEmpty());
  const auto lonely = writer.without_source({});
  ASSERT_EQ(lonely.size(), 1u);
  EXPECT_EQ(lonely.front()->recording.name, kFirst);
}

const StageMaker kAudioMaker{"aver-extract-audio", "audio"};

/// Does shard `number` of two, both of whose clips are there already.
void run_shard(const fs::path& root, std::size_t number, const std::vector<const char*>& stems) {
  StageWriter writer(root, kAudio, false, Shard{number, 2});
  std::vector<StageSource> sources;
  for (const char* stem : stems) sources.push_back({stem, {10, 1}});
  writer.deal(sources);
  for (const auto& [name, stamp] : sources) {
    if (writer.owns(name) && !writer.is_current(name, stamp)) {
      writer.add(make_clip(root, name, "a"));
    }
  }
  writer.complete();
}

TEST(StageShards, AClipWhoseSourceIsGoneBeforeTheJoinIsKept) {
  TemporaryFolder folder;
  const fs::path root = folder / "audio";
  for (const std::size_t number : {1, 2}) run_shard(root, number, {kFirst, kSecond});
  for (const std::size_t number : {1, 2}) run_shard(root, number, {kSecond});
  EXPECT_EQ(StageWriter(root, kAudioMaker).complete().clips, 2u);
  EXPECT_EQ(read_stage(root, "audio").clips.size(), 2u);
  EXPECT_FALSE(fs::exists(root / "shards"));
}

TEST(StageShards, AJoinThatWasKilledOnTheWayIsRepeated) {
  TemporaryFolder folder;
  const fs::path root = folder / "audio";
  for (const std::size_t number : {1, 2}) run_shard(root, number, {kFirst, kSecond});
  StageWriter(root, kAudioMaker).begin();
  EXPECT_THAT(error_of([&] { read_stage(root, "audio"); }),
              HasSubstr("2 of 2 shards that are not joined yet"));
  EXPECT_EQ(StageWriter(root, kAudioMaker).complete().clips, 2u);
  StageWriter whole(folder / "whole", kAudio, false);
  for (const char* stem : {kFirst, kSecond}) whole.add(make_clip(folder / "whole", stem, "a"));
  whole.complete();
  EXPECT_EQ(test::folder_content(root), test::folder_content(folder / "whole"));
}

TEST(StageShards, DamagedRecordsAreSaid) {
  TemporaryFolder folder;
  const fs::path root = folder / "audio";
  for (const std::size_t number : {1, 2}) run_shard(root, number, {kFirst, kSecond});
  const fs::path path = root / "shards/2-of-2/stage.json";
  const auto expect_damaged = [&](const std::string& text, const std::string& how) {
    write_file(path, text);
    EXPECT_THAT(
        error_of([&] { StageWriter(root, kAudioMaker); }),
        HasSubstr(path.string() + " is damaged; remove the folder " + path.parent_path().string()))
        << how;
  };
  const auto good = nlohmann::json::parse(read_file(path));
  expect_damaged("{", "cut off");
  for (const char* key :
       {"tool", "settings", "forced", "input", "dealt", "skipped", "failed", "state"}) {
    auto header = good;
    header.erase(key);
    expect_damaged(header.dump(), key);
  }
  auto header = good;
  header["dealt"] = {7};
  expect_damaged(header.dump(), "no name of a recording");
  write_file(path, good.dump());
  EXPECT_EQ(StageWriter(root, kAudioMaker).complete().clips, 2u);
}

TEST(StageShards, AShardAndAWholeRunDoNotWriteAtOnce) {
  TemporaryFolder folder;
  const StageWriter shard(folder / "audio", kAudio, false, Shard{1, 2});
  const StageWriter other(folder / "audio", kAudio, false, Shard{2, 2});
  EXPECT_THAT(error_of([&] { StageWriter(folder / "audio", kAudio, false); }),
              HasSubstr("another program is writing"));
  EXPECT_THAT(error_of([&] { StageWriter(folder / "audio", kAudioMaker); }),
              HasSubstr("another program is writing"));
}

}  // namespace
}  // namespace aver
