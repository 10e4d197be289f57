#include <gmock/gmock.h>

#include <limits>

#include "corpus/corpus.h"
#include "protocol/actor_folds.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "runs/model_file.h"
#include "store/predictions.h"
#include "train_audio_fixture.h"

// Features and splits that a run is given.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(TrainAudio, NanInFeaturesIsNamedByFile) {
  const ClipId bad = tiny_clips(2, 2)[17];
  FloatArray clip = tiny_mfcc(bad, 10);
  clip.values[3] = std::numeric_limits<float>::quiet_NaN();
  write_npy(input / tiny_mfcc_path(bad), clip);
  EXPECT_THAT(error_of(config("run")), AllOf(HasSubstr(bad.stem()), HasSubstr("nan")));
  EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(TrainAudio, LabelsOfAStageThatContradictTheNamesOfItsClipsAreSaid) {
  std::string clips = read_file(input / "clips.csv");
  for (std::size_t at = 0; (at = clips.find(",sad,", at)) != std::string::npos;) {
    clips.replace(at, 5, ",happy,");
  }
  write_file(input / "clips.csv", clips);
  auto arguments = command("run", {"--epochs", "1"});
  std::erase(arguments, "--quiet");
  const auto result = run_command(arguments);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the label contradicts the name in 16 of 48 clips "
                                    "(01-04-01-01-01-01 is happy there and sad by its name, "));
}

TEST_F(TrainAudio, NamesInItsTablesNeitherComputeNorSteerATerminalAndReadBack) {
  for (const std::string name : {"=1+1", "x\x1b[2J"}) {
    std::string clips = read_file(input / "clips.csv");
    const std::string before = clips;
    for (std::size_t at = 0; (at = clips.find(",sad,", at)) != std::string::npos;) {
      clips.replace(at, 5, "," + name + ",");
    }
    write_file(input / "clips.csv", clips);
    const fs::path run = folder / ("run" + std::to_string(name.size()));
    ASSERT_EQ(run_command(command(run.filename().string(), {"--epochs", "1"})).exit_status, 0);
    for (const char* table : {"predictions.csv", "split.csv", "clips.csv"}) {
      EXPECT_THAT(read_file(run / table),
                  AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr(",=")), Not(HasSubstr("\n="))))
          << table;
    }
    const auto predictions = read_predictions(run / "predictions.csv", Corpus().clips());
    EXPECT_THAT(predictions.classes, testing::Contains(name));
    EXPECT_THAT(read_model(run, "audio").classes, testing::Contains(name));
    write_file(input / "clips.csv", before);
  }
}

TEST_F(TrainAudio, FoldersInLatin1AreTrainedFromAndClassesInItAreRefusedByName) {
  const fs::path latin = folder / "caf\xe9";
  fs::rename(input, latin);
  auto settings = config("run\xe9", 1);
  settings.input = {latin};
  train(settings);
  settings.training.resume = true;
  EXPECT_EQ(train(settings).epochs_done, 1);
  std::string clips = read_file(latin / "clips.csv");
  for (std::size_t at = 0; (at = clips.find(",sad,", at)) != std::string::npos;) {
    clips.replace(at, 5, ",fr\xf6h,");
  }
  write_file(latin / "clips.csv", clips);
  auto renamed = config("other", 1);
  renamed.input = {latin};
  EXPECT_THAT(error_of(renamed), HasSubstr("the class 'fr\\xF6h' is no UTF-8"));
  EXPECT_FALSE(fs::exists(folder / "other"));
}

TEST_F(TrainAudio, AnArchiveInPlaceOfTheStageIsSaid) {
  write_file(folder / "stage.zip", std::string_view("PK\x03\x04 and so on"));
  const auto result = run_command({"aver-train-audio", "--input", (folder / "stage.zip").string(),
                                   "--output", (folder / "run").string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("stage.zip is not a folder but an archive: unzip "));
}

TEST_F(TrainAudio, AnotherShapeIsNamedByFile) {
  const ClipId bad = tiny_clips(2, 2)[17];
  write_npy(input / tiny_mfcc_path(bad), {{5, 10}, std::vector<float>(50)});
  EXPECT_THAT(error_of(config("run")), AllOf(HasSubstr(bad.stem()), HasSubstr("5 coefficients")));
}

TEST_F(TrainAudio, TrainsOneFoldOfASplit) {
  std::vector<SplitItem> items;
  for (const ClipId& id : tiny_clips(4, 2)) {
    if (id.actor < 4) {  // the fourth actor is in no part
      items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
    }
  }
  write_split(folder / "split.csv", split_group(items, 3));
  auto settings = config("run", 1);
  settings.training.split = folder / "split.csv";
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("0, 1, 2"), HasSubstr("--folds")));
  settings.training.folds = FoldChoice::only(7);
  EXPECT_THAT(error_of(settings), HasSubstr("0, 1, 2"));
  settings.training.folds = FoldChoice::only(1);
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["fold"], 1);
  EXPECT_EQ(report.metrics["protocol"], "group-3");
  EXPECT_FALSE(report.metrics["leaks"].get<bool>());
  EXPECT_EQ(report.metrics["clips"]["test"]["items"], 12);
  const auto predictions = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  EXPECT_EQ(predictions.rows.size(), 48U);
  EXPECT_EQ(predictions.rows.back().role, std::nullopt);
  EXPECT_EQ(read_split(folder / "run" / "split.csv", Corpus().clips()).folds(),
            std::vector<int>{1});
}

TEST_F(TrainAudio, ASplitOfOtherClipsIsRefused) {
  Split split{
      "clip", 1, {{0, "01-01-01-01-01-24", Role::train}, {0, "01-02-01-01-01-24", Role::test}}};
  write_split(folder / "split.csv", split);
  auto settings = config("run");
  settings.training.split = folder / "split.csv";
  EXPECT_THAT(error_of(settings), HasSubstr("made for other clips"));
}

TEST_F(TrainAudio, AMissingValidationPartIsNotReplacedByTheTestPart) {
  std::vector<SplitItem> items;
  for (const ClipId& id : tiny_clips(4, 2)) {
    items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
  }
  write_split(folder / "split.csv", split_group(items, 4));
  // Fold 0 tests actor 1 and validates on actor 2; leave actor 2 out of the input.
  TrainAudioConfig settings = config("run", 1);
  settings.training.split = folder / "split.csv";
  settings.training.folds = FoldChoice::only(0);
  const Split split = read_split(folder / "split.csv", Corpus().clips());
  Split present{split.protocol, split.seed, {}};
  std::string validating;
  for (const SplitRow& row : split.rows) {
    if (row.fold == 0 && row.role == Role::validation)
      validating = row.item.substr(row.item.size() - 2);
  }
  ASSERT_FALSE(validating.empty());
  StageWriter writer(folder / "part",
                     {"aver-compute-mfcc", "mfcc", {{"sample-rate", 22050}, {"coefficients", 8}}},
                     false);
  for (const ClipId& id : tiny_clips(4, 2)) {
    if (id.key().ends_with(validating)) continue;
    write_npy(folder / "part" / tiny_mfcc_path(id), tiny_mfcc(id, 12));
    writer.add({recording_of(id), "a.wav", {1, 1}, {{tiny_mfcc_path(id), "8x12"}}});
  }
  writer.complete();
  settings.input = {folder / "part"};
  EXPECT_THAT(error_of(settings),
              AllOf(HasSubstr("validation part"), HasSubstr("none of the clips")));
  EXPECT_FALSE(fs::exists(folder / "run"));

  // Without a validation part in the split itself, the test part validates and the verdict says so.
  // It counts the 36 clips that are there, not the 48 of the split.
  write_split(folder / "split2.csv", split_group(items, 2));
  settings.training.split = folder / "split2.csv";
  const auto report = train(settings);
  EXPECT_THAT(report.text, HasSubstr("The test part also served as validation."));
  EXPECT_EQ(report.metrics["leaks"], false);
  const auto tested = report.metrics["clips"]["test"]["items"].get<int>();
  EXPECT_THAT(report.text, HasSubstr(fmt::format("of {} test clips", tested)));
}

}  // namespace
}  // namespace aver::test
