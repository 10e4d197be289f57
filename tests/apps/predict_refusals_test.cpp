#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "corpus/corpus.h"
#include "predict_fixture.h"
#include "prediction/recogniser.h"
#include "runs/model_file.h"

// Models, folders and files that are refused.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(Predict, OtherMfccSettingsAreRefused) {
  train_audio();
  make_mfcc_stage(folder / "other", 1, 1, 10, 16000);
  EXPECT_THAT(error_of(config("audio", "other")),
              AllOf(HasSubstr("sample-rate 16000"), HasSubstr("22050")));
  EXPECT_FALSE(fs::exists(folder / "predictions.csv"));
}

nlohmann::json cropped(const std::string& without, const std::string& cascade = "aa") {
  return {{"every", 5},
          {"face", "haar"},
          {"without-face", without},
          {"face-cascade", "c.xml"},
          {"face-fingerprint", cascade}};
}

TEST_F(Predict, FramesWithOtherFacesThanTheModelsAreRefused) {
  train_visual();
  make_frames_stage(folder / "faces", 1, cropped("previous"));
  EXPECT_THAT(
      error_of(config("visual", "faces")),
      AllOf(HasSubstr("extracted with other settings"),
            HasSubstr("face \"haar\" (model: \"none\")"), HasSubstr("aver-extract-frames")));
  EXPECT_FALSE(fs::exists(folder / "predictions.csv"));
  make_frames_stage(folder / "plain", 1, {{"every", 2}, {"quality", 70}, {"resize", "64x64"}});
  EXPECT_EQ(predict(config("visual", "plain")).clips, 6U) << "these need not be the model's";

  ModelFile model = read_model(folder / "visual", "visual");
  model.input["frames"] = cropped("previous");
  write_model(folder / "faces.safetensors", model);
  EXPECT_EQ(predict(config("faces.safetensors", "faces")).clips, 6U);
  EXPECT_THAT(error_of(config("faces.safetensors", "plain")),
              AllOf(HasSubstr("face \"none\" (model: \"haar\")"), HasSubstr("without-face")));
  make_frames_stage(folder / "skip", 1, cropped("skip"));
  EXPECT_THAT(error_of(config("faces.safetensors", "skip")),
              HasSubstr("without-face \"skip\" (model: \"previous\")"));
  make_frames_stage(folder / "other", 1, cropped("previous", "bb"));
  EXPECT_THAT(error_of(config("faces.safetensors", "other")), HasSubstr("face-fingerprint"));

  model.input.erase("frames");  // of a build that knew no faces
  write_model(folder / "old.safetensors", model);
  EXPECT_EQ(predict(config("old.safetensors", "plain")).clips, 6U);
  EXPECT_THAT(error_of(config("old.safetensors", "faces")), HasSubstr("(model: \"none\")"));
}

TEST_F(Predict, AModelWhoseCascadeIsNotHereIsRefusedWhenItIsLoaded) {
  train_visual();
  ModelFile model = read_model(folder / "visual", "visual");
  model.input["frames"] = cropped("previous");
  write_model(folder / "faces.safetensors", model);
  RecogniserConfig models;
  models.visual = folder / "faces.safetensors";
  models.threads = 1;
  try {
    Recogniser recogniser(models);
    ADD_FAILURE() << "c.xml is nowhere";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("c.xml"), HasSubstr("opencv-data")));
  }
}

TEST_F(Predict, AnotherKindOfStageIsRefused) {
  train_audio();
  train_visual();
  EXPECT_THAT(error_of(config("audio", "frames")), HasSubstr("mfcc"));
  EXPECT_THAT(error_of(config("visual", "mfcc")), HasSubstr("frames"));
}

TEST_F(Predict, ClipsThatCannotBeReadFailByNameAndTheOthersGoOn) {
  train_audio();
  const auto clips = tiny_clips(4, 2);
  write_npy(folder / "mfcc" / tiny_mfcc_path(clips[3]), {{5, 10}, std::vector<float>(50)});
  FloatArray bad = tiny_mfcc(clips[7], 10);
  bad.values[0] = std::numeric_limits<float>::infinity();
  write_npy(folder / "mfcc" / tiny_mfcc_path(clips[7]), bad);
  write_file(folder / "mfcc" / tiny_mfcc_path(clips[9]), "no npy");

  const std::vector<std::string> command = {"aver-predict",
                                            "--model",
                                            (folder / "audio").string(),
                                            "--input",
                                            (folder / "mfcc").string(),
                                            "--output",
                                            (folder / "p.csv").string(),
                                            "--quiet",
                                            "--threads",
                                            "1"};
  const auto result = run_command(command);
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("45 clips predicted, 3 failed"), HasSubstr(clips[3].key()),
                    HasSubstr(clips[7].key()), HasSubstr(clips[9].key())));
  EXPECT_EQ(read_predictions(folder / "p.csv", Corpus().clips()).rows.size(), 45U);
  auto keep_going = command;
  keep_going.emplace_back("--keep-going");
  EXPECT_EQ(run_command(keep_going).exit_status, 0);
}

TEST_F(Predict, AnUnfinishedRunIsRefused) {
  train_audio();
  fs::remove(folder / "audio" / "metrics.json");
  for (const char* model : {"audio", "audio/model.safetensors"}) {
    EXPECT_THAT(error_of(config(model, "mfcc")),
                HasSubstr("unfinished: run aver-train-audio --resume"));
  }
}

TEST_F(Predict, TheOutputTakesNoFilesPlace) {
  train_audio();
  const auto before = folder_content(folder.path());
  auto settings = config("audio", "mfcc");
  for (const char* output :
       {"mfcc/predictions.csv", "mfcc/new/p.csv", "mfcc/../mfcc/stage.json",
        "audio/predictions.csv", "audio/model.safetensors", "audio/figures/scores.csv"}) {
    settings.output = folder / output;
    EXPECT_THAT([&] { predict(settings); },
                testing::ThrowsMessage<UsageError>(testing::HasSubstr("--output")))
        << output;
  }
  EXPECT_TRUE(folder_content(folder.path()) == before);
  settings.output = folder / "audio" / "other_stage.csv";
  EXPECT_EQ(predict(settings).clips, 48U);
}

TEST_F(Predict, ADamagedFrameFailsItsClipByName) {
  train_visual();
  const auto before = predict(config("visual", "frames")).clips;
  std::vector<fs::path> frames;
  for (const fs::path& file : list_files(folder / "frames")) {
    if (file.extension() == ".jpg") frames.push_back(file);
  }
  write_file(frames[0], "no picture");
  fs::remove(frames[7]);
  const auto report = predict(config("visual", "frames"));
  ASSERT_EQ(report.failed.size(), 2U);
  EXPECT_EQ(report.clips, before - 2);
  EXPECT_THAT(report.text, HasSubstr(frames[0].filename().string()));
  EXPECT_EQ(read_predictions(folder / "predictions.csv", Corpus().clips()).rows.size(), before - 2);
  std::vector<std::string> command = {"aver-predict",
                                      "--model",
                                      (folder / "visual").string(),
                                      "--input",
                                      (folder / "frames").string(),
                                      "--output",
                                      (folder / "p.csv").string(),
                                      "--quiet"};
  EXPECT_EQ(run_command(command).exit_status, 1);
  command.emplace_back("--keep-going");
  EXPECT_EQ(run_command(command).exit_status, 0);
}

TEST_F(Predict, DamagedModelsAreNamedAndLeaveOldPredictionsAlone) {
  train_audio();
  write_file(folder / "predictions.csv", "mine");
  const std::string whole = read_file(folder / "audio" / "model.safetensors");
  write_file(folder / "cut.safetensors", whole.substr(0, whole.size() / 2));
  write_file(folder / "text.safetensors", "hello");
  ModelFile model = read_model(folder / "audio", "audio");
  model.weights.erase("conv1.weight");
  write_model(folder / "lacking.safetensors", model);
  for (const char* name : {"cut.safetensors", "text.safetensors", "lacking.safetensors", "gone"}) {
    EXPECT_THAT(error_of(config(name, "mfcc")), HasSubstr(name));
  }
  EXPECT_EQ(read_file(folder / "predictions.csv"), "mine");
}

/// The same file with another header, as a person or another program changes it.
std::string with_header(const std::string& file,
                        const std::function<void(nlohmann::json& header)>& change) {
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  auto header = nlohmann::json::parse(file.substr(8, length));
  change(header);
  const std::string text = header.dump();
  std::string size(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) size[i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
  return size + text + file.substr(8 + length);
}

TEST_F(Predict, AModelOfWhichAByteIsAnotherIsRefusedAndOneWithoutChecksumIsRead) {
  train_audio();
  const fs::path run = folder / "audio/model.safetensors";
  const std::string whole = read_file(run);
  const auto command = [&](const std::string& model, const std::string& output) {
    return run_command({"aver-predict", "--model", (folder / model).string(), "--input",
                        (folder / "mfcc").string(), "--output", (folder / output).string(),
                        "--threads", "1"});
  };
  ASSERT_EQ(command("audio", "p.csv").exit_status, 0);

  std::string flipped = whole;
  flipped[flipped.size() - 100] ^= 0x01;
  write_file(folder / "flipped.safetensors", flipped);
  std::string renamed = whole;
  renamed.replace(renamed.find("angry"), 5, "abgry");
  write_file(folder / "renamed.safetensors", renamed);
  for (const char* name : {"flipped.safetensors", "renamed.safetensors"}) {
    const auto result = command(name, "no.csv");
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, AllOf(HasSubstr(name), HasSubstr("checksum")));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(fs::exists(folder / "no.csv"));
  }

  // In its run, which says what it was trained on.
  write_file(run, with_header(whole, [](nlohmann::json& header) {
               ASSERT_EQ(header.at("__metadata__").erase("checksum"), 1U);
             }));
  EXPECT_EQ(command("audio", "earlier.csv").exit_status, 0);
  EXPECT_EQ(read_file(folder / "earlier.csv"), read_file(folder / "p.csv"));
}

TEST_F(Predict, NumbersOfAModelThatNoTrainingWritesAreRefusedByNameOfFieldAndValue) {
  train_audio();
  const ModelFile model = read_model(folder / "audio", "audio");
  const auto expect_refused = [&](const std::function<void(ModelFile&)>& change,
                                  const std::string& sentence) {
    ModelFile changed = model;
    change(changed);
    write_model(folder / "odd.safetensors", changed);
    const auto result =
        run_command({"aver-predict", "--model", (folder / "odd.safetensors").string(), "-i",
                     (folder / "mfcc").string(), "-o", (folder / "p.csv").string()});
    EXPECT_EQ(result.exit_status, 1) << sentence;
    EXPECT_THAT(result.err,
                AllOf(HasSubstr("odd.safetensors cannot be used"), HasSubstr(sentence)));
    EXPECT_FALSE(fs::exists(folder / "p.csv"));
  };
  for (const auto& [field, value, sentence] :
       {std::tuple{"max_frames", nlohmann::json(2'000'000'000),
                   "max_frames must be 1 to 2097152, not 2000000000"},
        {"max_frames", 0, "max_frames must be 1"},
        {"max_frames", 4294967316, "max_frames: 4294967316 is no whole number"},
        {"coefficients", -8, "coefficients must be 1 to 65536, not -8"},
        {"coefficients", 8.5, "coefficients: 8.5 is no whole number"},
        {"dropout", 7.0, "dropout must"},
        {"norm_momentum", -3.0, "norm-momentum must"}}) {
    expect_refused([&](ModelFile& changed) { changed.network[field] = value; }, sentence);
  }
  for (const float deviation : {-2.0F, 0.0F, 1e-40F}) {
    expect_refused([&](ModelFile& changed) { changed.normalisation.deviation[3] = deviation; },
                   fmt::format("normalisation.deviation[3] is {}", deviation));
  }
  expect_refused([](ModelFile& changed) { changed.normalisation.prior_clips.assign(8, 1e9F); },
                 "normalisation.prior_clips[0] is 1000000000");
  expect_refused(
      [](ModelFile& changed) {
        changed.normalisation.mean.pop_back();
        changed.normalisation.deviation.pop_back();
      },
      "its normalisation is of 7 coefficients, and its network reads 8");
  expect_refused([](ModelFile& changed) { changed.input["sound-rate"] = 1; },
                 "its input.sound-rate is 1, where a whole number from 1000 to 768000 stands");
  expect_refused([](ModelFile& changed) { changed.training["epoch"] = 4294967297; },
                 "its training.epoch is 4294967297");
  expect_refused([](ModelFile& changed) { changed.training["fold"] = "x"; },
                 "its training.fold is \"x\"");
}

TEST_F(Predict, APictureModelsSizeIsCheckedToo) {
  train_visual();
  ModelFile model = read_model(folder / "visual", "visual");
  for (const auto& [size, sentence] :
       {std::pair{nlohmann::json(1'000'000), "size must be 1 to 16384, not 1000000"},
        {nlohmann::json(4294967312), "picture_size: 4294967312 is no whole number"}}) {
    model.network["picture_size"] = size;
    write_model(folder / "odd.safetensors", model);
    EXPECT_THAT(error_of(config("odd.safetensors", "frames")),
                AllOf(HasSubstr("odd.safetensors cannot be used"), HasSubstr(sentence)));
  }
}

TEST_F(Predict, AModelThatAnswersWithNoNumbersIsRefusedByName) {
  train_audio();
  ModelFile model = read_model(folder / "audio", "audio");
  auto broken = model;
  broken.normalisation.mean[1] = std::numeric_limits<float>::quiet_NaN();
  write_model(folder / "nan.safetensors", broken);
  EXPECT_THAT(error_of(config("nan.safetensors", "mfcc")),
              AllOf(HasSubstr("nan.safetensors"), HasSubstr("normalisation")));
  // Every number in it is one, and no answer is.
  broken = model;
  for (float& mean : broken.normalisation.mean) mean = -3e38F;
  for (float& deviation : broken.normalisation.deviation) deviation = 1e-5F;
  write_model(folder / "large.safetensors", broken);
  EXPECT_THAT(error_of(config("large.safetensors", "mfcc")),
              AllOf(HasSubstr("large.safetensors cannot be used"), HasSubstr("no numbers")));
  EXPECT_FALSE(fs::exists(folder / "predictions.csv"));
}

TEST_F(Predict, AClipThatTheModelAnswersWithNoNumbersFailsByName) {
  train_audio();
  const auto clips = tiny_clips(4, 2);
  FloatArray large = tiny_mfcc(clips[7], 10);
  for (float& value : large.values) value = 3e38F;
  write_npy(folder / "mfcc" / tiny_mfcc_path(clips[7]), large);
  ModelFile model = read_model(folder / "audio", "audio");
  for (float& deviation : model.normalisation.deviation) deviation = 1e-3F;
  write_model(folder / "m.safetensors", model);
  const auto result = run_command({"aver-predict", "--model", (folder / "m.safetensors").string(),
                                   "--input", (folder / "mfcc").string(), "--output",
                                   (folder / "p.csv").string(), "--threads", "1"});
  EXPECT_EQ(result.exit_status, 1) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("47 clips predicted, 1 failed"),
                                HasSubstr(clips[7].key()), HasSubstr("look at its features")));
}

TEST_F(Predict, OptionsOfANetworkThatItsWeightsAreNotTakeNoMemory) {
  train_audio();
  ModelFile model = read_model(folder / "audio", "audio");
  for (const auto& [key, value] : std::map<std::string, nlohmann::json>{
           {"lstm", {2000000000, 2000000000}}, {"dense", 300000000}, {"filters", {4, 4, 50000}}}) {
    ModelFile changed = model;
    changed.network[key] = value;
    write_model(folder / "changed.safetensors", changed);
    EXPECT_THAT(error_of(config("changed.safetensors", "mfcc")),
                AllOf(HasSubstr("changed.safetensors"), HasSubstr("options ask for a network of"),
                      HasSubstr("its weights hold")))
        << key;
  }
  model.network["dense"] = 0;
  write_model(folder / "changed.safetensors", model);
  EXPECT_THAT(error_of(config("changed.safetensors", "mfcc")),
              AllOf(HasSubstr("changed.safetensors"), HasSubstr("--dense")));
}

TEST_F(Predict, CommandRefusesBadUsage) {
  EXPECT_EQ(run_command({"aver-predict", "--help"}).exit_status, 0);
  EXPECT_EQ(run_command({"aver-predict", "--bogus"}).exit_status, 2);
  const auto bare = run_command({"aver-predict"});
  EXPECT_EQ(bare.exit_status, 2);
  EXPECT_THAT(bare.err, AllOf(HasSubstr("--model"), HasSubstr("--input"), HasSubstr("--output")));
  const fs::path paper = fs::path(AVER_SOURCE_DIR) / "configs/paper/aver-predict.toml";
  const auto defaults = run_command({"aver-predict", "--print-config"});
  const auto configured =
      run_command({"aver-predict", "--config", paper.string(), "--print-config"});
  EXPECT_EQ(configured.err, "");
  EXPECT_EQ(defaults.out, configured.out);
}

}  // namespace
}  // namespace aver::test
