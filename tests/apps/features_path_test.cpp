#include <gmock/gmock.h>

#include <map>
#include <set>

#include "base/csv.h"
#include "base/files.h"
#include "features_fixture.h"

// Features other than MFCCs from sound to answer, as a user goes that way.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(LogMelModel, AnswersOnClipsWithTheSixDecimalsItHasOnTheStage) {
  const auto& sounds = Sounds::get();
  const TemporaryFolder folder;
  const std::string table = (folder / "p.csv").string();
  const auto staged = quiet({"aver-predict", "--model", sounds.path("model"), "--input",
                             sounds.path("log-mel"), "--output", table});
  ASSERT_EQ(staged.exit_status, 0) << staged.err;
  std::vector<std::string> ask = {"aver-predict", "--audio", sounds.path("model"), "--format",
                                  "csv"};
  for (const auto& file : list_files(sounds.path("corpus"))) {
    if (file.filename().string().starts_with("01-")) ask.push_back(file.string());  // has sound
  }
  const auto answers = quiet(ask);
  ASSERT_EQ(answers.exit_status, 0) << answers.err;

  const CsvTable on_clips = parse_csv(answers.out, "answers"), on_stage = read_csv(table);
  std::map<std::string, std::vector<std::string>> row_of;
  for (const auto& row : on_clips.rows) {
    row_of[fs::path(row[0]).stem().string().substr(3)] = row;
  }
  ASSERT_EQ(on_stage.rows.size(), 30U);
  std::set<std::string> different;
  for (const auto& row : on_stage.rows) {
    for (std::size_t c = 4; c < on_stage.header.size(); ++c) {
      const std::string& value = row_of.at(row[0])[on_clips.column("audio_" + on_stage.header[c])];
      EXPECT_EQ(value, row[c]) << row[0] << " " << on_stage.header[c];
      different.insert(value);
    }
  }
  EXPECT_GT(different.size(), 100U) << "the model answers the same whatever it hears";
}

TEST(SpeakerStatesModel, AnswersWithItsEncoderAloneAndEveryTableNamesIt) {
  const auto& sounds = Sounds::get();
  const TemporaryFolder folder;
  const std::string encoder = std::string(AVER_GOLDEN_DIR) + "/speaker-states/encoder.safetensors";
  const auto path = [&](const char* name) { return (folder / name).string(); };
  const auto made = quiet({"aver-compute-features", "--features", "speaker-states", "--encoder",
                           encoder, "--input", sounds.path("audio"), "--output", path("states")});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  const auto without_one = quiet({"aver-compute-features", "--features", "speaker-states",
                                  "--input", sounds.path("audio"), "--output", path("none")});
  EXPECT_EQ(without_one.exit_status, 2);
  EXPECT_THAT(without_one.err, HasSubstr("--encoder is needed"));
  EXPECT_FALSE(fs::exists(path("none"))) << "it is said before anything is written";
  const auto trained = quiet({"aver-train-audio", "--architecture", "linear", "--input",
                              path("states"), "--output", path("run"), "--epochs", "2"});
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("Pre-trained on speakers: encoder.safetensors, 8432-"));
  const auto fused = quiet({"aver-evaluate-fusion", "--audio", path("run"), "--visual", path("run"),
                            "--output", path("fusion"), "--no-figures"});
  ASSERT_EQ(fused.exit_status, 0) << fused.err;
  EXPECT_THAT(fused.out, HasSubstr("Pre-trained on speakers: encoder.safetensors, 8432-"));

  const auto staged = quiet({"aver-predict", "--model", path("run"), "--input", path("states"),
                             "--output", path("p.csv")});
  ASSERT_EQ(staged.exit_status, 0) << staged.err;
  EXPECT_THAT(staged.out, HasSubstr("Pre-trained on speakers: encoder.safetensors, 8432-"));
  const CsvTable on_stage = read_csv(path("p.csv"));
  // The table itself says it from now on, whoever reads it.
  const auto alone = quiet({"aver-evaluate", "p=" + path("p.csv"), "--output", path("alone")});
  ASSERT_EQ(alone.exit_status, 0) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr("Pre-trained on speakers: encoder.safetensors, 8432-"));
  for (const char* file : {"report.html", "metrics.json", "table.md"}) {
    EXPECT_THAT(read_file(folder / "fusion" / file), HasSubstr("Pre-trained on speakers")) << file;
  }
  std::vector<std::string> ask = {"aver-predict", "--audio", path("run"), "--format", "csv"};
  for (const auto& file : list_files(sounds.path("corpus"))) {
    if (file.filename().string().starts_with("01-01-0")) ask.push_back(file.string());
  }
  auto told = ask;
  told.insert(told.end(), {"--encoder", encoder});
  const auto answers = quiet(told);
  ASSERT_EQ(answers.exit_status, 0) << answers.err;
  const CsvTable on_clips = parse_csv(answers.out, "answers");
  std::size_t compared = 0;
  for (const auto& clip : on_clips.rows) {
    for (const auto& row : on_stage.rows) {
      if (row[0] != fs::path(clip[0]).stem().string().substr(3)) continue;
      ++compared;
      for (std::size_t c = 4; c < on_stage.column("uses"); ++c) {
        EXPECT_EQ(clip[on_clips.column("audio_" + on_stage.header[c])], row[c]) << row[0];
      }
    }
  }
  EXPECT_GT(compared, 3U);

  const auto without = quiet(ask);
  EXPECT_EQ(without.exit_status, 2);
  EXPECT_THAT(without.err, AllOf(HasSubstr("needs --encoder, the file of its speaker encoder"),
                                 HasSubstr("encoder.safetensors, 8432-")));
  told.back() = sounds.path("model/model.safetensors");
  const auto other = quiet(told);
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("another speaker encoder than the one that was used"));
  const auto useless =
      quiet({"aver-predict", "--audio", sounds.path("model"), "--encoder", encoder, ask.back()});
  EXPECT_EQ(useless.exit_status, 2);
  EXPECT_THAT(useless.err, HasSubstr("no model here needs one"));
}

TEST(LogMelModel, RemembersItsFeaturesAndTheirSettings) {
  const std::string bytes = read_file(Sounds::get().path("model/model.safetensors"));
  EXPECT_THAT(bytes, AllOf(HasSubstr(R"(\"features\":\"log-mel\")"), HasSubstr(R"(\"deltas\":1)"),
                           HasSubstr(R"(\"mels\":16)"), HasSubstr(R"(\"sound-rate\":32000)")));
}

TEST(LogMelModel, RefusesAStageOfOtherFeaturesAndSaysWhatToRun) {
  const auto& sounds = Sounds::get();
  const TemporaryFolder folder;
  const auto result = quiet({"aver-predict", "--model", sounds.path("model"), "--input",
                             sounds.path("mfcc"), "--output", (folder / "p.csv").string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("holds mfcc, and the model was trained on log-mel; run "
                                    "aver-compute-features with the model's settings"));
}

TEST(ComputeFeatures, OfMfccsAreThoseOfTheMfccCommand) {
  const auto& sounds = Sounds::get();
  const TemporaryFolder folder;
  const auto result = quiet({"aver-compute-features", "--input", sounds.path("audio"), "--output",
                             folder.path().string()});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  std::size_t compared = 0;
  for (const auto& file : list_files(folder.path())) {
    if (file.extension() != ".npy") continue;
    const fs::path other = fs::path(sounds.path("mfcc")) / fs::relative(file, folder.path());
    EXPECT_EQ(read_file(file), read_file(other)) << file;
    ++compared;
  }
  EXPECT_EQ(compared, 30U);
}

TEST(ComputeFeatures, PaintsWhatItComputesWhenAsked) {
  const auto& sounds = Sounds::get();
  const TemporaryFolder folder;
  const auto result = quiet({"aver-compute-features", "--features", "log-mel", "--pictures",
                             "--input", sounds.path("audio"), "--output", folder.path().string()});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  std::size_t pictures = 0;
  for (const auto& file : list_files(folder.path())) {
    if (file.extension() != ".png") continue;
    EXPECT_TRUE(read_file(file).starts_with("\x89PNG")) << file;
    EXPECT_TRUE(fs::exists(fs::path(file).replace_extension(".npy"))) << file;
    ++pictures;
  }
  EXPECT_EQ(pictures, 30U);
}

TEST(ComputeFeatures, ShardsJoinToWhatOneRunWrites) {
  const auto& sounds = Sounds::get();
  const TemporaryFolder folder;
  const std::string output = (folder / "log-mel").string();
  for (const char* shard : {"1/2", "2/2"}) {
    const auto part = quiet({"aver-compute-features", "--features", "log-mel", "--input",
                             sounds.path("audio"), "--output", output, "--mels", "16", "--deltas",
                             "1", "--hop-length", "400", "--sample-rate", "0", "--shard", shard});
    ASSERT_EQ(part.exit_status, 0) << part.err;
  }
  const auto joined = quiet({"aver-compute-features", "--join", "--output", output});
  ASSERT_EQ(joined.exit_status, 0) << joined.err;
  for (const char* file : {"stage.json", "manifest.csv"}) {
    EXPECT_EQ(read_file(fs::path(output) / file),
              read_file(sounds.path(std::string("log-mel/") + file)))
        << file;
  }
}

TEST(ComputeFeatures, TakesItsKindFromAConfigFileToo) {
  const TemporaryFolder folder;
  write_file(folder / "log-mel.toml", "features = \"log-mel\"\ndeltas = 2\n");
  const auto result = run_command(
      {"aver-compute-features", "--config", (folder / "log-mel.toml").string(), "--print-config"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("features = \"log-mel\""), HasSubstr("deltas = 2")));
  const auto wrong = run_command({"aver-compute-features", "--features", "log-mell"});
  EXPECT_EQ(wrong.exit_status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean log-mel?"));
}

}  // namespace
}  // namespace aver::test
