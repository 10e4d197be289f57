#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "corpus/known_corpora.h"
#include "media/audio_file.h"
#include "protocol/split_file.h"
#include "store/npy.h"
#include "store/stage.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kLeak = 3;

std::vector<std::int16_t> tone(double hertz, std::size_t count = 600) {
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::int16_t>(
        9000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 48000));
  }
  return samples;
}

/// A split and the recordings it is about.
class Audited {
 public:
  /// A WAV named like a clip; each pitch is another recording.
  void add_sound(const std::string& stem, double hertz, const std::string& into = "data") const {
    write_wav(folder_ / into / (stem + ".wav"), tone(hertz), 48000);
  }
  void write_split(const std::string& rows, const std::string& protocol = "",
                   const std::string& name = "split") const {
    write_file(folder_ / (name + ".csv"), "fold,clip,role\n" + rows);
    if (protocol.empty()) return;
    const json note = {{"format", 1}, {"protocol", protocol}, {"seed", 1}};
    write_file(folder_ / (name + ".json"), note.dump());
  }
  test::CommandResult run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"aver-split", "audit", path("split.csv")});
    return run_command(more);
  }
  test::CommandResult run_with_data(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--input", path("data")});
    return run(more);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  TemporaryFolder folder_;
};

/// The pair of parts of a report that has these names.
json pair_of(const json& list, const std::string& first, const std::string& second) {
  for (const auto& pair : list) {
    if (pair.at("parts") == json{first, second}) return pair;
  }
  return {};
}

constexpr auto kApart =
    "0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,validation\n0,01-03-01-01-01-03,test\n";

TEST(SplitAudit, AClipThatStandsTwiceInOnePartIsNamed) {
  const Audited audited;
  audited.write_split(
      "0,03-01-03-01-01-01-01,train\n0,01-03-01-01-01-01,train\n0,03-01-04-01-01-01-02,test\n"
      "1,03-01-04-01-01-01-02,train\n1,03-01-03-01-01-01-01,test\n");
  const auto result = audited.run();
  EXPECT_THAT(result.out, HasSubstr("twice or more in one part, which trainers refuse, 1: "
                                    "01-03-01-01-01-01 in fold 0\n"));
  EXPECT_EQ(json::parse(audited.run({"--json"}).out).at("repeated"),
            json::array({"01-03-01-01-01-01 in fold 0"}));
}

TEST(Audit, PassesPartsThatShareNothingButStatements) {
  const Audited audited;
  audited.write_split(kApart, "actor-5");
  const auto result = audited.run();
  EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("train–validation"), HasSubstr("validation–test"),
                                HasSubstr("Leak check: none found."), Not(HasSubstr("LEAK"))));
  EXPECT_THAT(result.out, HasSubstr("needs --input")) << "nobody has listened to the recordings";
}

TEST(Audit, FindsActorsThatValidationSharesWithTest) {
  const Audited audited;
  const std::string rows =
      "0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,validation\n0,01-04-01-01-01-02,test\n";
  audited.write_split(rows, "actor-5");
  const auto result = audited.run();
  EXPECT_EQ(result.exit_status, kLeak);
  EXPECT_THAT(result.out, AllOf(HasSubstr("validation and test, actors, 1: 02"),
                                HasSubstr("Not announced by the protocol actor-5: actors "
                                          "(validation–test).")));
  for (const char* protocol : {"clip", "statement"}) {
    audited.write_split("0,01-03-01-02-01-01,train\n0,01-03-01-01-01-01,test\n", protocol);
    EXPECT_EQ(audited.run().exit_status, 0) << protocol << " announces that actors are shared";
  }
  audited.write_split("0,01-03-01-01-01-01,train\n0,01-03-01-01-02-02,test\n", "statement");
  const auto sentence = audited.run();
  EXPECT_EQ(sentence.exit_status, kLeak) << "this protocol keeps the tested sentence away";
  EXPECT_THAT(sentence.out,
              AllOf(HasSubstr("Leak check: LEAK. Training has seen 0 of 1 test actors"),
                    HasSubstr("statements (train–test)")));
}

TEST(Audit, FindsSiblingFramesUnlessThePaperMadeThem) {
  const Audited audited;
  std::string rows;
  for (int frame = 0; frame < 30; ++frame) {
    rows +=
        fmt::format("0,01-03-01-01-01-01_frame_{:04},{}\n", frame, frame % 2 ? "test" : "train");
  }
  audited.write_split(rows);
  const auto result = audited.run();
  EXPECT_EQ(result.exit_status, kLeak);
  EXPECT_THAT(result.out, AllOf(HasSubstr("15 of 15"), HasSubstr("_frame_0019 and 5 more"),
                                HasSubstr("its split.json names no protocol")));
  EXPECT_THAT(json::parse(audited.run({"--json"}).out)["pairs"][0]["shared"]["frames"], SizeIs(15));
  audited.write_split(rows, "paper");
  const auto announced = audited.run();
  EXPECT_EQ(announced.exit_status, 0);
  EXPECT_THAT(announced.out, HasSubstr("The protocol paper announces this: "));
}

TEST(Audit, FindsTwinsThatStandInTwoParts) {
  const Audited audited;
  audited.write_split("0,01-01-03-01-01-01-01,train\n0,03-01-03-01-01-01-01,test\n", "clip");
  const auto result = audited.run();
  EXPECT_EQ(result.exit_status, kLeak);
  EXPECT_THAT(result.out, HasSubstr("01-01-03-01-01-01-01 = 03-01-03-01-01-01-01"));
}

TEST(Audit, NamesTwinsOfTheFoldersThatAreOneClipOfTheSplit) {
  const Audited audited;
  audited.add_sound("03-01-03-01-01-01-01", 400);
  audited.add_sound("01-01-03-01-01-01-01", 500, "more");
  audited.add_sound("03-01-03-01-01-01-02", 600);
  audited.write_split("0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,test\n", "actor-5");
  const auto result = audited.run({"--input", audited.path("data"), audited.path("more")});
  EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("twins, each pair one clip of the split, 1: "
                                    "01-01-03-01-01-01-01 = 03-01-03-01-01-01-01"));
}

/// Two names for one recording, of the five that are there.
void add_duplicates(const Audited& audited) {
  audited.add_sound("03-01-03-01-01-01-01", 400);
  audited.add_sound("03-01-03-01-01-02-01", 400);
  audited.add_sound("03-01-04-01-01-01-01", 500);
  audited.add_sound("03-01-03-01-01-01-02", 600);
  audited.add_sound("03-01-03-01-01-01-03", 700);
}
constexpr auto kOthers =
    "0,01-04-01-01-01-01,train\n0,01-03-01-01-01-02,validation\n0,01-03-01-01-01-03,test\n";

TEST(Audit, ListsEqualRecordingsOfOnePartWithoutAlarm) {
  const Audited audited;
  add_duplicates(audited);
  audited.write_split(
      std::string("0,01-03-01-01-01-01,train\n0,01-03-01-01-02-01,train\n") + kOthers, "actor-5");
  const auto result = audited.run_with_data();
  EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("5 recordings compared"),
                                HasSubstr("equal recordings that stand in one part, 1: "
                                          "03-01-03-01-01-01-01 = 03-01-03-01-01-02-01")));
}

TEST(Audit, EqualRecordingsInTwoPartsAreALeak) {
  const Audited audited;
  add_duplicates(audited);
  for (const char* role : {"validation", "test"}) {
    audited.write_split(
        std::string("0,01-03-01-01-01-01,train\n0,01-03-01-01-02-01,") + role + "\n" + kOthers,
        "clip");
    const auto result = audited.run_with_data({"--json"});
    EXPECT_EQ(result.exit_status, kLeak) << role;
    const json report = json::parse(result.out);
    EXPECT_EQ(report["recordings_compared"], 5);
    ASSERT_THAT(report["equal_recordings"], SizeIs(1));
    EXPECT_EQ(report["equal_recordings"][0]["straddles"], true);
    EXPECT_THAT(report["equal_recordings"][0]["clips"],
                ElementsAre("01-03-01-01-01-01", "01-03-01-01-02-01"));
    const json pair = pair_of(report["pairs"], "train", role);
    EXPECT_THAT(pair["shared"]["sounds"], ElementsAre("01-03-01-01-01-01 = 01-03-01-01-02-01"));
    EXPECT_EQ(pair["standing"]["sounds"], "leak");
    EXPECT_EQ(pair["standing"]["actors"], "announced");
    EXPECT_EQ(report["leak"], true);
    EXPECT_THAT(report["verdict"].get<std::string>(),
                HasSubstr(std::string("protocol clip: equal recordings (train–") + role + ")."));
  }
  const auto names_alone = audited.run();
  EXPECT_EQ(names_alone.exit_status, 0) << "names do not tell";
}

TEST(Audit, FindsTheSameWithAnyNumberOfWorkers) {
  const Audited audited;
  add_duplicates(audited);
  audited.write_split(
      std::string("0,01-03-01-01-01-01,train\n0,01-03-01-01-02-01,test\n") + kOthers, "clip");
  const auto one = audited.run_with_data({"--json", "--workers", "1"});
  EXPECT_EQ(one.out, audited.run_with_data({"--json", "--workers", "4"}).out);
}

TEST(Audit, SilencesAreNoDuplicates) {
  const Audited audited;
  for (const char* stem : {"03-01-03-01-01-01-01", "03-01-03-01-01-01-02"}) {
    write_wav(fs::path(audited.path("data")) / (std::string(stem) + ".wav"),
              std::vector<std::int16_t>(600, 0), 48000);
  }
  audited.write_split("0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,test\n", "actor-5");
  const auto result = audited.run_with_data({"--json"});
  EXPECT_EQ(result.exit_status, 0);
  const json report = json::parse(result.out);
  EXPECT_THAT(report["equal_recordings"], IsEmpty());
  EXPECT_THAT(report["silent"], SizeIs(2));
}

TEST(Audit, WhatIsBeyondItsLimitsIsNamedAndTheLimitsCanBeMoved) {
  const Audited audited;
  for (const auto& [stem, hertz] :
       {std::pair{"03-01-03-01-01-01-01", 400}, {"03-01-03-01-01-01-02", 500}}) {
    audited.add_sound(stem, hertz);  // 600 samples at 48000 Hz: 12.5 ms
  }
  audited.write_split("0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,test\n", "actor-5");
  EXPECT_EQ(audited.run_with_data({"--max-seconds", "0.013"}).exit_status, 0);
  const auto longer = audited.run_with_data({"--max-seconds", "0.012"});
  EXPECT_EQ(longer.exit_status, 1);
  EXPECT_THAT(longer.out, AllOf(HasSubstr("03-01-03-01-01-01-02.wav"), HasSubstr("--max-seconds")));
}

TEST(Audit, ARecordingThatCannotBeReadEndsWithOne) {
  const Audited audited;
  audited.add_sound("03-01-03-01-01-01-01", 400);
  write_file(fs::path(audited.path("data")) / "03-01-03-01-01-01-02.wav", "no sound at all");
  audited.write_split("0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,test\n", "actor-5");
  const auto result = audited.run_with_data();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("could not be read, 1: cannot read "));
}

TEST(Audit, CountsWhatOnlyTheSplitOrOnlyTheFoldersHave) {
  const Audited audited;
  audited.add_sound("03-01-03-01-01-01-01", 400);
  audited.add_sound("03-01-08-01-01-01-09", 500);
  audited.add_sound("03-02-03-01-01-01-07", 600);
  audited.write_split("0,01-03-01-01-01-01,train\n0,01-03-01-01-01-02,test\n", "actor-5");
  const json speech = json::parse(audited.run_with_data({"--json"}).out);
  EXPECT_THAT(speech["missing_from_input"], ElementsAre("01-03-01-01-01-02"));
  EXPECT_THAT(speech["in_no_part"], ElementsAre("01-08-01-01-01-09"));
  const json all = json::parse(audited.run_with_data({"--json", "--channel", "all"}).out);
  EXPECT_THAT(all["in_no_part"], SizeIs(2));
  const auto song = audited.run_with_data({"--channel", "song"});
  EXPECT_EQ(song.exit_status, 1);
  EXPECT_THAT(song.err, HasSubstr("see --channel"));
}

TEST(Audit, ReadsSoundAndMfccStages) {
  const Audited audited;
  const std::vector<std::pair<int, double>> clips = {{1, 400}, {2, 400}, {3, 500}};
  StageWriter audio(audited.path("audio"), {"aver-extract-audio", "audio", {}}, false);
  StageWriter mfcc(audited.path("mfcc"), {"aver-compute-mfcc", "mfcc", {}}, false);
  for (const auto& [actor, hertz] : clips) {
    const Recording recording =
        ravdess().read(fmt::format("01-01-03-01-01-01-{:02}", actor), "").recording;
    const std::string& name = recording.name;
    write_wav(audio.root() / (name + ".wav"), tone(hertz), 48000);
    audio.add({recording, "x.mp4", {1, 1}, {{name + ".wav", "600"}}});
    const auto value = static_cast<float>(hertz);
    write_npy(mfcc.root() / (name + ".npy"), {{2, 2}, {value, 2, 3, 4}});
    mfcc.add({recording, "x.wav", {1, 1}, {{name + ".npy", "2x2"}, {name + ".png", "p"}}});
  }
  audio.complete();
  mfcc.complete();
  audited.write_split(kApart, "actor-5");
  for (const char* stage : {"audio", "mfcc"}) {
    const auto result = audited.run({"--input", audited.path(stage), "--json"});
    EXPECT_EQ(result.exit_status, kLeak) << stage << result.err;
    EXPECT_THAT(
        pair_of(json::parse(result.out)["pairs"], "train", "validation")["shared"]["sounds"],
        ElementsAre("01-03-01-01-01-01 = 01-03-01-01-01-02"));
  }
}

TEST(Audit, ComparesWithAnotherSplit) {
  const Audited audited;
  audited.write_split(kApart, "actor-5");
  audited.write_split(kApart, "actor-5", "same");
  const auto same = audited.run({"--against", audited.path("same.csv")});
  EXPECT_EQ(same.exit_status, 0) << same.out << "what both train on is no leak";
  EXPECT_THAT(same.out, HasSubstr("trained here–tested there"));

  audited.write_split(
      "0,01-03-01-01-01-03,train\n0,01-03-01-01-01-02,validation\n0,01-03-01-01-01-01,test\n",
      "actor-5", "turned");
  const auto turned = audited.run({"--against", audited.path("turned.csv"), "--json"});
  EXPECT_EQ(turned.exit_status, kLeak);
  const json report = json::parse(turned.out);
  EXPECT_THAT(pair_of(report["against"], "trained here", "tested there")["shared"]["clips"],
              ElementsAre("01-03-01-01-01-01"));
  EXPECT_THAT(pair_of(report["against"], "trained there", "tested here")["shared"]["clips"],
              ElementsAre("01-03-01-01-01-03"));
  EXPECT_EQ(pair_of(report["against"], "trained here", "trained there")["standing"]["clips"],
            "note");
}

TEST(Audit, ComparesFoldsOfOneNumber) {
  const Audited audited;
  audited.write_split(std::string(kApart) + "1,01-03-01-01-01-02,train\n1,01-03-01-01-01-01,test\n",
                      "group-2");
  audited.write_split(std::string(kApart) + "2,01-03-01-01-01-02,train\n2,01-03-01-01-01-01,test\n",
                      "group-2", "other");
  const auto result = audited.run({"--against", audited.path("other.csv"), "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.out;
  const json report = json::parse(result.out);
  EXPECT_THAT(report["unmatched_folds"], ElementsAre(1, 2));
  for (const auto& pair : report["against"]) EXPECT_EQ(pair["fold"], 0);
}

TEST(Audit, ComparesWithADatasetThatIsToBeTestedOn) {
  const Audited audited;
  audited.add_sound("03-01-03-01-01-01-01", 400);
  audited.add_sound("03-01-03-01-01-01-02", 500);
  audited.add_sound("03-01-03-01-01-01-03", 600);
  audited.write_split(kApart, "clip");
  audited.add_sound("03-01-05-02-01-01-77", 800, "foreign");
  const auto foreign = audited.run_with_data({"--against", audited.path("foreign")});
  EXPECT_EQ(foreign.exit_status, 0) << foreign.out << foreign.err;

  audited.add_sound("03-01-05-02-01-02-77", 400, "foreign");
  const auto copied = audited.run_with_data({"--against", audited.path("foreign"), "--json"});
  EXPECT_EQ(copied.exit_status, kLeak) << "a training recording under a new name";
  EXPECT_THAT(pair_of(json::parse(copied.out)["against"], "trained here",
                      "tested there")["shared"]["sounds"],
              ElementsAre("01-03-01-01-01-01 = 01-05-02-01-02-77"));

  audited.add_sound("01-01-03-01-01-01-01", 900, "twin");
  const auto twin = audited.run_with_data({"--against", audited.path("twin"), "--json"});
  EXPECT_EQ(twin.exit_status, kLeak) << "clip announces no actors outside of itself";
  const json pair = pair_of(json::parse(twin.out)["against"], "trained here", "tested there");
  EXPECT_THAT(pair["shared"]["twins"], ElementsAre("01-01-03-01-01-01-01 = 03-01-03-01-01-01-01"));
}

TEST(Audit, KnowsSubjectsOfOtherDatasetsByPattern) {
  const Audited audited;
  for (const char* name : {"happy/S001_1.png", "sad/S001_2.png", "sad/S002_2.png"}) {
    write_file(fs::path(audited.path("faces")) / name, "x");
  }
  audited.write_split("0,happy/S001_1.png,train\n0,sad/S001_2.png,test\n0,sad/S002_2.png,test\n");
  const std::vector<std::string> pattern = {"--input", audited.path("faces"), "--group-pattern",
                                            "^(S[0-9]+)_"};
  const auto result = audited.run(pattern);
  EXPECT_EQ(result.exit_status, kLeak);
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 of 2 test subjects"), HasSubstr("subjects, 1: S001"),
                                HasSubstr("not in --input")));
  EXPECT_EQ(audited.run().exit_status, 0) << "nobody said who is who";
  EXPECT_EQ(audited.run({"--group-pattern", "^(S["}).exit_status, 2);
  EXPECT_THAT(audited.run({"--group-pattern", "^(X)_"}).err, HasSubstr("does not match"));
}

TEST(Audit, FindsTheOnePairOfTheRealRecordings) {
  AVER_REQUIRE_TEST_DATA(data);
  const std::string recordings = (data / "ravdess-speech-audio").string();
  const Audited audited;
  const auto make = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"aver-split", "make",     "--input",
                                      recordings,   "--output", audited.path("split.csv")};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run_command(words).exit_status, 0);
  };
  make({"--protocol", "actor-5"});
  const auto disjoint = audited.run({"--input", recordings, "--json"});
  EXPECT_EQ(disjoint.exit_status, 0) << disjoint.err;
  const json report = json::parse(disjoint.out);
  EXPECT_EQ(report["recordings_compared"], 1140);
  ASSERT_THAT(report["equal_recordings"], SizeIs(1));
  EXPECT_THAT(report["equal_recordings"][0]["recordings"],
              ElementsAre("03-01-03-01-02-01-07", "03-01-03-01-02-02-07"));
  EXPECT_EQ(report["equal_recordings"][0]["straddles"], false);

  // A split at random that tears the pair apart.
  for (int seed = 1; seed < 20; ++seed) {
    make({"--protocol", "clip", "--force", "--seed", std::to_string(seed)});
    const std::string split = read_file(audited.path("split.csv"));
    const auto role = [&](const std::string& clip) {
      const auto at = split.find(clip) + clip.size();
      return split.substr(at, split.find('\n', at) - at);
    };
    if (role("01-03-01-02-01-07") != role("01-03-01-02-02-07")) break;
  }
  const auto torn = audited.run({"--input", recordings});
  EXPECT_EQ(torn.exit_status, kLeak);
  EXPECT_THAT(torn.out, HasSubstr("01-03-01-02-01-07 = 01-03-01-02-02-07"));
}

}  // namespace
}  // namespace aver
