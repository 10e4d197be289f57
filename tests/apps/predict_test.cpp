#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "faces.h"
#include "media/ffmpeg_library.h"
#include "prediction/predict_stage.h"
#include "prediction/recogniser.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "runs/model_file.h"
#include "stages/extract_frames.h"
#include "store/predictions.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;

namespace {

class Predict : public testing::Test {
 protected:
  void SetUp() override { make_mfcc_stage(folder / "mfcc"); }

  void train_audio() const { train_tiny_audio(folder / "mfcc", folder / "audio"); }

  void train_visual() const {
    make_frames_stage(folder / "frames");
    train_tiny_visual(folder / "frames", folder / "visual");
  }

  PredictConfig config(const std::string& model, const std::string& input) const {
    PredictConfig config;
    config.model = folder / model;
    config.input = folder / input;
    config.output = folder / "predictions.csv";
    config.threads = 1;
    return config;
  }

  PredictReport predict(const PredictConfig& settings) const {
    NoProgress progress;
    return run_predict(settings, progress);
  }

  std::string error_of(const PredictConfig& settings) const {
    try {
      predict(settings);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  static void expect_same(const Predictions& a, const Predictions& b) {
    ASSERT_EQ(a.rows.size(), b.rows.size());
    EXPECT_EQ(a.classes, b.classes);
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      EXPECT_EQ(a.rows[i].clip, b.rows[i].clip);
      EXPECT_EQ(a.rows[i].label, b.rows[i].label);
      for (std::size_t c = 0; c < a.classes.size(); ++c) {
        EXPECT_NEAR(a.rows[i].probabilities[c], b.rows[i].probabilities[c], 2e-6);
      }
    }
  }

  TemporaryFolder folder;
};

TEST_F(Predict, RepeatsWhatTheAudioTrainerPredicted) {
  train_audio();
  const auto report = predict(config("audio", "mfcc"));
  EXPECT_EQ(report.clips, 48U);
  EXPECT_EQ(report.json["trained_on"], 40);
  EXPECT_THAT(report.text, HasSubstr("trained on 40 of these clips"));
  expect_same(read_predictions(folder / "predictions.csv"),
              read_predictions(folder / "audio" / "predictions.csv"));
}

TEST_F(Predict, RepeatsWhatTheVisualTrainerPredicted) {
  train_visual();
  EXPECT_EQ(predict(config("visual/model.safetensors", "frames")).clips, 18U);
  expect_same(read_predictions(folder / "predictions.csv"),
              read_predictions(folder / "visual" / "predictions.csv"));
  for (const auto& [name, content] : folder_content(folder.path())) {
    EXPECT_FALSE(name.ends_with(".pictures")) << name << " was left behind";
  }
}

TEST_F(Predict, AModelWithItsClassesInAnotherOrderPredictsTheSameByName) {
  train_audio();
  predict(config("audio", "mfcc"));
  const auto straight = read_predictions(folder / "predictions.csv");
  ModelFile model = read_model(folder / "audio", "audio");
  std::reverse(model.classes.begin(), model.classes.end());
  for (const char* name : {"output.weight", "output.bias"}) {
    TensorBytes& tensor = model.weights.at(name);
    const std::size_t row = tensor.bytes.size() / 3;
    const auto original = tensor.bytes;
    for (std::size_t c = 0; c < 3; ++c) {
      std::memcpy(tensor.bytes.data() + c * row, original.data() + (2 - c) * row, row);
    }
  }
  write_model(folder / "turned.safetensors", model);
  predict(config("turned.safetensors", "mfcc"));
  expect_same(straight, read_predictions(folder / "predictions.csv"));
}

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

TEST_F(Predict, FacesInMemoryAreThoseOfTheStage) {
  AVER_REQUIRE_CASCADE();
  quiet_ffmpeg();
  train_visual();
  const std::vector<std::string> names = {"01-01-03-01-01-01-01", "01-01-04-01-01-01-01"};
  make_face_movie(folder / "clips" / (names[0] + ".mp4"), ".f..f");
  make_face_movie(folder / "clips" / (names[1] + ".mp4"), "ff");
  make_face_movie(folder / "wall.mp4", "..");
  for (const auto without : {WithoutFace::previous, WithoutFace::skip}) {
    const std::string run = std::string(name_of(without));
    ExtractFramesConfig frames;
    frames.input = folder / "clips";
    frames.output = folder / ("stage-" + run);
    frames.face = {FaceMode::haar, without, {}};
    NoProgress progress;
    run_extract_frames(frames, progress);
    ModelFile model = read_model(folder / "visual", "visual");
    model.input["frames"] = read_stage(frames.output, "frames").settings;
    write_model(folder / (run + ".safetensors"), model);
    predict(config(run + ".safetensors", "stage-" + run));
    const auto staged = read_predictions(folder / "predictions.csv");
    ASSERT_EQ(staged.rows.size(), 2U);

    RecogniserConfig models;
    models.visual = folder / (run + ".safetensors");
    models.threads = 1;
    Recogniser recogniser(models);
    const auto reader = recogniser.make_reader();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto input = reader->read(folder / "clips" / (names[i] + ".mp4"), {});
      EXPECT_EQ(input.remarks.empty(), i == 1) << "the first has frames without a face";
      const auto estimate = recogniser.estimate({input}).front();
      for (std::size_t c = 0; c < staged.classes.size(); ++c) {
        EXPECT_NEAR(estimate.whole.visual[c], staged.rows[i].probabilities[c], 2e-6);
      }
    }
    if (without == WithoutFace::skip) {
      try {
        reader->read(folder / "wall.mp4", {});
        ADD_FAILURE() << "nothing is left to look at";
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("no face found in 2 of 2 pictures: 2 left out"));
      }
    }
  }
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

TEST_F(Predict, LongerInputIsCutAndCounted) {
  train_audio();
  make_mfcc_stage(folder / "long", 1, 1, 14);  // 14 … 18 frames, the model takes 14
  const auto report = predict(config("audio", "long"));
  EXPECT_EQ(report.clips, 6U);
  EXPECT_EQ(report.shortened, 4U);
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
  EXPECT_EQ(read_predictions(folder / "p.csv").rows.size(), 45U);
  auto keep_going = command;
  keep_going.emplace_back("--keep-going");
  EXPECT_EQ(run_command(keep_going).exit_status, 0);
}

TEST_F(Predict, EmotionsTheModelDoesNotKnowHaveNoLabel) {
  train_audio();
  StageWriter writer(folder / "calm",
                     {"aver-compute-mfcc",
                      "mfcc",
                      {{"sample-rate", 22050}, {"coefficients", 8}, {"pictures", true}}},
                     false);
  ClipId id;
  id.emotion = Emotion::calm;
  write_npy(folder / "calm" / tiny_mfcc_path(id), tiny_mfcc(id, 12));
  writer.add({id, "a.wav", {1, 1}, {{tiny_mfcc_path(id), "8x12"}}});
  writer.complete();
  predict(config("audio", "calm"));
  EXPECT_THAT(read_file(folder / "predictions.csv"), HasSubstr("01-02-01-01-01-01,,,,"));
}

TEST_F(Predict, SaysWhichLabelsTheModelDoesNotKnow) {
  train_audio();
  StageWriter writer(folder / "mixed",
                     {"aver-compute-mfcc",
                      "mfcc",
                      {{"sample-rate", 22050}, {"coefficients", 8}, {"pictures", true}}},
                     false);
  for (const Emotion emotion : {Emotion::calm, Emotion::disgust, Emotion::happy}) {
    ClipId id;
    id.emotion = emotion;
    write_npy(folder / "mixed" / tiny_mfcc_path(id), tiny_mfcc(id, 12));
    writer.add({id, "a.wav", {1, 1}, {{tiny_mfcc_path(id), "8x12"}}});
  }
  writer.complete();
  const auto report = predict(config("audio", "mixed"));
  EXPECT_THAT(report.text, AllOf(HasSubstr("2 of 3 clips have a label that is no class"),
                                 HasSubstr("calm, disgust"), HasSubstr("(1 clip)")));
  EXPECT_EQ(report.json["unknown_labels"]["calm"], 1);
}

TEST_F(Predict, RolesComeFromTheModelsOwnRunAndFoldOnly) {
  train_audio();
  const auto trained_on = [&](const std::string& model) {
    return predict(config(model, "mfcc")).json["trained_on"].get<int>();
  };
  EXPECT_EQ(trained_on("audio"), 40);
  EXPECT_EQ(trained_on("audio/best.safetensors"), 40);
  // A split of something else beside a model file.
  write_file(folder / "loose" / "m.safetensors", read_file(folder / "audio/model.safetensors"));
  write_file(folder / "loose" / "split.csv", read_file(folder / "audio/split.csv"));
  EXPECT_EQ(trained_on("loose/m.safetensors"), 0);
  // A second fold in which every clip tests.
  Split split = read_split(folder / "audio" / "split.csv");
  for (std::size_t i = 0, rows = split.rows.size(); i < rows; ++i) {
    split.rows.push_back({1, split.rows[i].item, Role::test});
  }
  write_split(folder / "audio" / "split.csv", split);
  EXPECT_EQ(trained_on("audio"), 40);
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
    EXPECT_THROW(predict(settings), UsageError) << output;
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
  EXPECT_EQ(read_predictions(folder / "predictions.csv").rows.size(), before - 2);
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
