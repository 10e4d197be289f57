#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

#include "corpus/corpus.h"
#include "faces.h"
#include "media/ffmpeg_library.h"
#include "predict_fixture.h"
#include "prediction/recogniser.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "runs/model_file.h"
#include "stages/extract_frames.h"

// What is predicted.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(Predict, RepeatsWhatTheAudioTrainerPredicted) {
  train_audio();
  const auto report = predict(config("audio", "mfcc"));
  EXPECT_EQ(report.clips, 48U);
  EXPECT_EQ(report.json["trained_on"], 40);
  EXPECT_THAT(report.text, HasSubstr("trained on 40 of these clips"));
  expect_same(read_predictions(folder / "predictions.csv", Corpus().clips()),
              read_predictions(folder / "audio" / "predictions.csv", Corpus().clips()));
}

TEST_F(Predict, SongThatIsLeftOutIsSaid) {
  train_audio();
  StageWriter writer(folder / "sung",
                     {"aver-compute-mfcc",
                      "mfcc",
                      {{"sample-rate", 22050}, {"coefficients", 8}, {"pictures", false}}},
                     false);
  const auto clips = tiny_clips(1, 1);
  for (std::size_t i = 0; i < clips.size(); ++i) {
    ClipId id = clips[i];
    if (i < 2) id.channel = Channel::song;
    write_npy(folder / "sung" / tiny_mfcc_path(id), tiny_mfcc(id, 10));
    writer.add({recording_of(id), id.stem() + ".wav", {1, 1}, {{tiny_mfcc_path(id), "8x10"}}});
  }
  writer.complete();
  const std::vector<std::string> command = {"aver-predict",
                                            "--model",
                                            (folder / "audio").string(),
                                            "-i",
                                            (folder / "sung").string(),
                                            "-o",
                                            (folder / "answers.csv").string(),
                                            "--json"};
  const auto result = run_command(command);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report.at("clips"), clips.size() - 2);
  EXPECT_EQ(report.at("left_out"),
            nlohmann::json::array({"left out 2 clips: song (see --channel)"}));
  EXPECT_THAT(result.err, HasSubstr("info: left out 2 clips: song (see --channel)"));
}

TEST_F(Predict, RepeatsWhatTheVisualTrainerPredicted) {
  train_visual();
  EXPECT_EQ(predict(config("visual/model.safetensors", "frames")).clips, 18U);
  expect_same(read_predictions(folder / "predictions.csv", Corpus().clips()),
              read_predictions(folder / "visual" / "predictions.csv", Corpus().clips()));
  for (const auto& [name, content] : folder_content(folder.path())) {
    EXPECT_FALSE(name.ends_with(".pictures")) << name << " was left behind";
  }
}

TEST_F(Predict, AModelWithItsClassesInAnotherOrderPredictsTheSameByName) {
  train_audio();
  predict(config("audio", "mfcc"));
  const auto straight = read_predictions(folder / "predictions.csv", Corpus().clips());
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
  expect_same(straight, read_predictions(folder / "predictions.csv", Corpus().clips()));
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
    const auto staged = read_predictions(folder / "predictions.csv", Corpus().clips());
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

TEST_F(Predict, LongerInputIsCutAndCounted) {
  train_audio();
  make_mfcc_stage(folder / "long", 1, 1, 14);  // 14 … 18 frames, the model takes 14
  const auto report = predict(config("audio", "long"));
  EXPECT_EQ(report.clips, 6U);
  EXPECT_EQ(report.shortened, 4U);
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
  writer.add({recording_of(id), "a.wav", {1, 1}, {{tiny_mfcc_path(id), "8x12"}}});
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
    writer.add({recording_of(id), "a.wav", {1, 1}, {{tiny_mfcc_path(id), "8x12"}}});
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
  // A split of something else beside a model file, which remembers what it was trained on.
  Split split = read_split(folder / "audio" / "split.csv", Corpus().clips());
  Split other = split;
  for (SplitRow& row : other.rows) row.role = Role::train;
  write_file(folder / "loose" / "m.safetensors", read_file(folder / "audio/model.safetensors"));
  write_split(folder / "loose" / "split.csv", other);
  EXPECT_EQ(trained_on("loose/m.safetensors"), 40);
  // A second fold in which every clip tests.
  for (std::size_t i = 0, rows = split.rows.size(); i < rows; ++i) {
    split.rows.push_back({1, split.rows[i].item, Role::test});
  }
  write_split(folder / "audio" / "split.csv", split);
  EXPECT_EQ(trained_on("audio"), 40);
}

}  // namespace
}  // namespace aver::test
