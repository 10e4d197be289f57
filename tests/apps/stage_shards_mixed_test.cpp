#include "shards_fixture.h"

// Shards of other settings, recordings and counts.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(Shards, NothingIsDoneTwiceAndAChangedSourceIsDoneAgain) {
  run_shards("out", {1, 2, 3}, 3);
  ASSERT_EQ(join("out").exit_status, 1);
  const auto before = times_of(folder / "out");
  EXPECT_EQ(join("out").exit_status, 1) << "a second join repeats the status";
  EXPECT_EQ(times_of(folder / "out"), before);
  run_shards("out", {1, 2, 3}, 3);
  EXPECT_THAT(join("out").out, HasSubstr("(0 made now, 11 there before)"));
  EXPECT_EQ(times_of(folder / "out"), before);

  add(sound(3), 4444);                            // changed
  write_file(data() / sound(4), "broken now");    // broke
  fs::remove(data() / sound(5));                  // went away
  add("Actor_20/03-01-03-01-01-01-20.wav", 999);  // came
  fs::remove(data() / "holiday.wav");
  bad = {sound(4), sound(12)};
  fs::copy(folder / "out", folder / "whole", fs::copy_options::recursive);
  ASSERT_EQ(audio("whole").exit_status, 1);
  run_shards("out", {1, 2, 3, 4}, 4);  // a joined folder may be dealt anew
  EXPECT_THAT(join("out").out, HasSubstr("(2 made now, 9 there before)"));
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, OtherCountsAndOtherSettingsAreNotMixed) {
  run_shards("out", {1}, 3);
  const auto before = content("out");
  const auto count = audio("out", {"--shard", "1/4"});
  EXPECT_EQ(count.exit_status, 1);
  EXPECT_THAT(count.err, HasSubstr("holds shards of 3 (such as 1/3), and this is shard 1/4"));
  const auto settings = audio("out", {"--shard", "2/3", "--sample-rate", "16000"});
  EXPECT_EQ(settings.exit_status, 1);
  EXPECT_THAT(settings.err, HasSubstr("sample-rate is 48000 there and 16000 now"));
  EXPECT_EQ(content("out"), before);
  // Forced, they are; but not joined.
  run_shards("out", {2, 3}, 3, {"--sample-rate", "16000", "--force"});
  const auto mixed = join("out");
  EXPECT_EQ(mixed.exit_status, 1);
  EXPECT_THAT(mixed.err,
              AllOf(HasSubstr("shards 1/3 and 2/3"), HasSubstr("different settings"),
                    HasSubstr("sample-rate is 48000 in the one and 16000 in the other")));
  run_shards("out", {1}, 3, {"--sample-rate", "16000", "--force"});
  EXPECT_EQ(join("out").exit_status, 1);
  ASSERT_EQ(audio("whole", {"--sample-rate", "16000"}).exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, AnInputThatChangedInBetweenIsSaid) {
  run_shards("out", {1}, 2);
  add("Actor_30/03-01-03-01-01-01-30.wav", 700);
  run_shards("out", {2}, 2);
  expect_different_input("out", "aver-extract-audio");
  run_shards("out", {1, 2}, 2);
  EXPECT_EQ(join("out").exit_status, 1);
  ASSERT_EQ(audio("whole").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, OtherRecordingsOfTheSameNamesAreNotMixed) {
  make_other_recordings("other");
  run_shards("out", {1}, 2);
  run_shards("out", {2}, 2, {}, "other");
  expect_different_input("out", "aver-extract-audio");
  const auto first = nlohmann::json::parse(audio("out", {"--shard", "1/2", "--json"}).out);
  EXPECT_EQ(first.at("made"), 0) << "nothing of it changed";
  run_shards("out", {2}, 2);
  EXPECT_EQ(join("out").exit_status, 1);
  ASSERT_EQ(audio("whole").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, SoundsOfOtherRecordingsAreNotMixedInMfccs) {
  make_other_recordings("other");
  for (const char* input : {"data", "other"}) {
    ASSERT_EQ(audio(std::string("audio-of-") + input, {}, input).exit_status, 1);
  }
  const auto mfcc = [&](const std::string& output, const std::string& input,
                        const std::vector<std::string>& more) {
    const auto result = Extractor{"aver-compute-mfcc"}.run(folder / input, folder / output, more);
    EXPECT_EQ(result.exit_status, 0) << result.err;
  };
  mfcc("out", "audio-of-data", {"--shard", "1/2"});
  mfcc("out", "audio-of-other", {"--shard", "2/2"});
  expect_different_input("out", "aver-compute-mfcc");
  for (const char* number : {"1/2", "2/2"}) mfcc("out", "audio-of-other", {"--shard", number});
  EXPECT_EQ(join("out", "aver-compute-mfcc").exit_status, 0);
  mfcc("whole", "audio-of-other", {});
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, ReadCopiesThatKeptTheirTimes) {
  copy_data("local", [](const fs::path& from, const fs::path& to) {
    fs::copy_file(from, to);
    fs::last_write_time(to, fs::last_write_time(from));
  });
  run_shards("out", {1}, 2);
  run_shards("out", {2}, 2, {}, "local");
  EXPECT_THAT(join("out").out, HasSubstr("11 sounds of 11 clips"));
  ASSERT_EQ(audio("whole").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
}

TEST_F(Shards, AFolderOfThemIsNotReadAndNotWrittenAsAWhole) {
  run_shards("out", {1, 2}, 3);
  const auto reader = run_command({"aver-compute-mfcc", "--input", (folder / "out").string(),
                                   "--output", (folder / "mfcc").string()});
  EXPECT_EQ(reader.exit_status, 1);
  EXPECT_THAT(reader.err, AllOf(HasSubstr("2 of 3 shards that are not joined yet"),
                                HasSubstr("aver-extract-audio --join --output")));
  const auto before = content("out");
  EXPECT_EQ(audio("out").exit_status, 1);
  EXPECT_EQ(content("out"), before);
  EXPECT_EQ(audio("out", {"--force"}).exit_status, 1) << "clips are broken";
  ASSERT_EQ(audio("whole").exit_status, 1);
  EXPECT_EQ(content("out"), content("whole"));
  const auto wrong = join("out", "aver-compute-mfcc");
  EXPECT_EQ(wrong.exit_status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("holds the stage 'audio'"));
}

}  // namespace
}  // namespace aver::test
