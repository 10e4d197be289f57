#include "training/train_visual.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "corpus/corpus.h"
#include "protocol/actor_folds.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "runs/model_file.h"
#include "stages/visual_items.h"
#include "store/predictions.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

class TrainVisual : public testing::Test {
 protected:
  TrainVisualConfig config(const std::string& run, int epochs = 2) const {
    return tiny_visual(folder / run, epochs);
  }

  TrainVisualConfig on_frames(const std::string& run, int epochs = 2) const {
    if (!fs::exists(folder / "frames")) make_frames_stage(folder / "frames");
    auto settings = config(run, epochs);
    settings.input = {folder / "frames"};
    return settings;
  }

  /// Grey and colour pictures of three subjects in two class folders.
  TrainVisualConfig on_images(const std::string& run) const {
    for (int i = 0; i < 24; ++i) {
      const bool happy = i % 2 == 0;
      const cv::Mat picture(12, 12, i % 4 < 2 ? CV_8UC1 : CV_8UC3,
                            cv::Scalar::all(happy ? 200 - i : 40 + i));
      write_png(folder / "faces" / (happy ? "happy" : "bored") /
                    fmt::format("S{:03}_{:02}.png", 1 + i / 8, i),
                picture);
    }
    auto settings = config(run);
    settings.images = folder / "faces";
    return settings;
  }

  TrainingReport train(const TrainVisualConfig& settings) const {
    NoProgress progress;
    return run_train_visual(settings, progress);
  }

  /// Interrupted after the first epoch, then continued.
  void train_in_two_parts(TrainVisualConfig settings) const {
    const fs::path history = settings.training.output / "history.csv";
    settings.training.should_stop = [&] {
      return fs::exists(history) && read_csv(history).rows.size() == 1;
    };
    EXPECT_TRUE(train(settings).interrupted);
    settings.training.should_stop = {};
    settings.training.resume = true;
    train(settings);
  }

  std::string error_of(const TrainVisualConfig& settings) const {
    try {
      train(settings);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::string file(const std::string& run, const std::string& name) const {
    return read_file(folder / run / name);
  }

  /// What training on the frames and predicting them say on standard error.
  void expect_both_say(const testing::Matcher<const std::string&>& said) const {
    const auto trained =
        run_command({"aver-train-visual", "--input", (folder / "frames").string(), "--output",
                     (folder / "run").string(), "--epochs", "1", "--size", "16", "--filters", "4",
                     "--dense", "8", "--threads", "1"});
    EXPECT_EQ(trained.exit_status, 0);
    EXPECT_THAT(trained.err, said);
    const auto predicted = run_command({"aver-predict", "--model", (folder / "run").string(),
                                        "--input", (folder / "frames").string(), "--output",
                                        (folder / "p.csv").string(), "--threads", "1"});
    EXPECT_EQ(predicted.exit_status, 0);
    EXPECT_THAT(predicted.err, said);
  }

  TemporaryFolder folder;
};

TEST_F(TrainVisual, ScoresFramesAndClips) {
  const auto report = train(on_frames("run"));
  const auto frames = read_predictions(folder / "run" / "frame_predictions.csv", Corpus().clips());
  const auto clips = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  ASSERT_EQ(frames.rows.size(), 36U);
  ASSERT_EQ(clips.rows.size(), 18U);
  EXPECT_EQ(clips.classes, (std::vector<std::string>{"happy", "sad", "angry"}));
  // A clip is the mean of its frames.
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(clips.rows[4].probabilities[c],
                (frames.rows[8].probabilities[c] + frames.rows[9].probabilities[c]) / 2, 2e-6);
  }
  EXPECT_EQ(clips.rows[4].clip, frames.rows[8].clip.substr(0, clips.rows[4].clip.size()));
  const auto metrics = nlohmann::json::parse(file("run", "metrics.json"));
  EXPECT_EQ(metrics["frames"]["test"]["items"], 8);  // ceil(.2 · 36), stratified
  EXPECT_EQ(metrics["frames"]["train"]["items"], 28);
  EXPECT_EQ(metrics["clips"]["all"]["items"], 18);
  EXPECT_THAT(report.text, AllOf(HasSubstr("frames, test part"), HasSubstr("clips, all"),
                                 HasSubstr("Leak check: LEAK")));
  const auto split = read_split(folder / "run" / "split.csv", Corpus().clips());
  EXPECT_EQ(split.rows.size(), 36U);
  EXPECT_THAT(split.rows.front().item, HasSubstr("_frame_"));
}

TEST_F(TrainVisual, FoldersOfPartsAreTheSplitAndNoClasses) {
  const auto picture = [&](const char* name, int grey) {
    write_png(folder / "data" / name, cv::Mat(12, 12, CV_8UC1, cv::Scalar::all(grey)));
  };
  for (const char* part : {"train", "test"}) {
    for (int i = 0; i < 3; ++i) {
      picture(fmt::format("{}/happy/{}.png", part, i).c_str(), 100 + i);
      picture(fmt::format("{}/{}/{}.png", part, i == 0 ? "Sad" : "sad", i).c_str(), 50 + i);
    }
  }
  auto settings = config("run");
  settings.images = folder / "data";
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["classes"], (std::vector<std::string>{"happy", "sad"}));
  EXPECT_EQ(report.metrics["protocol"], "given");
  EXPECT_EQ(report.metrics["pictures"]["train"]["items"], 6);
  EXPECT_EQ(report.metrics["pictures"]["test"]["items"], 6);
  const auto split = read_split(folder / "run" / "split.csv", Corpus().clips());
  EXPECT_EQ(split.items(0, Role::test).front(), "test/Sad/0.png");
}

TEST_F(TrainVisual, ADownloadThatLiesInItselfOnceMoreIsSaid) {
  for (const char* above : {"", "archive/"}) {
    for (const char* part : {"train", "test"}) {
      for (const char* label : {"happy", "sad"}) {
        const int grey = 10 * static_cast<int>(std::string_view(part).size() + label[0] % 7);
        write_png(folder / "data" / above / part / label / "im0.png",
                  cv::Mat(12, 12, CV_8UC1, cv::Scalar::all(grey)));
      }
    }
  }
  const auto items = pictures_of_folders(folder / "data", "");
  EXPECT_THAT(items.remarks,
              Contains(AllOf(StartsWith("4 pictures of one class and name stand there twice"),
                             HasSubstr("data/archive/test/happy/im0.png"))));
  EXPECT_THAT(pictures_of_folders(folder / "data" / "archive", "").remarks, IsEmpty());
}

TEST_F(TrainVisual, AllUnreadablePicturesAreNamedAtOnceOrLeftOut) {
  auto settings = on_images("run");
  for (const char* name : {"bored/S001_98.png", "happy/S001_99.jpg"}) {
    write_file(folder / "faces" / name, std::string_view("no picture"));
  }
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("2 of 26 pictures cannot be read"),
                                        HasSubstr("S001_98.png"), HasSubstr("S001_99.jpg")));
  settings.keep_going = true;
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["pictures"]["all"]["items"], 24);
  EXPECT_EQ(read_predictions(folder / "run" / "predictions.csv", Corpus().clips()).rows.size(),
            24U);
}

TEST_F(TrainVisual, PicturesAndClassesWhoseLinksAreDeadAreNamed) {
  auto settings = on_images("run");
  fs::create_symlink("/nowhere/1.png", folder / "faces/happy/S001_99.png");
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("S001_99.png"), HasSubstr("leads nowhere")));
  fs::remove(folder / "faces/happy/S001_99.png");
  fs::create_symlink("/nowhere/angry", folder / "faces/angry");
  EXPECT_THAT(error_of(settings), AllOf(HasSubstr("faces/angry"), HasSubstr("leads nowhere")));
  settings.keep_going = true;
  EXPECT_EQ(error_of(settings), "") << "it is left out";
}

TEST_F(TrainVisual, APictureBeyondTheLimitIsNamedWithTheOptionThatRaisesIt) {
  on_images("run");
  write_png(folder / "faces/happy/S001_large.png", cv::Mat(40, 60, CV_8UC3, cv::Scalar(1, 2, 3)));
  const auto train_with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"aver-train-visual",
                                      "--images",
                                      (folder / "faces").string(),
                                      "--output",
                                      (folder / "run").string(),
                                      "--epochs",
                                      "1",
                                      "--size",
                                      "16",
                                      "--filters",
                                      "4",
                                      "--dense",
                                      "8",
                                      "--threads",
                                      "1",

                                      "--force"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  };
  const auto refused = train_with({"--max-pixels", "2399"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("S001_large.png is too large: 60 x 40"),
                                 HasSubstr("2399 pixels are taken (--max-pixels)")));
  EXPECT_EQ(train_with({"--max-pixels", "2400"}).exit_status, 0);
  const auto without = train_with({"--max-pixels", "2399", "--keep-going"});
  EXPECT_EQ(without.exit_status, 0) << without.err;
  EXPECT_THAT(without.out + without.err + read_file(folder / "run/run.log"),
              HasSubstr("left out: the picture in"));
}

TEST_F(TrainVisual, AFrameOfTheSameSizeWithOtherContentIsSaid) {
  on_frames("run");
  const Stage stage = read_stage(folder / "frames", "frames");
  const fs::path changed = stage.root / stage.clips[2].outputs[0].path;
  const auto jpeg = encode_jpeg(cv::Mat(20, 24, CV_8UC3, cv::Scalar(1, 2, 3)));
  write_file(changed, std::as_bytes(std::span(jpeg)));
  const auto said =
      AllOf(HasSubstr("1 of 36 files is not what its stage made"),
            HasSubstr(changed.string() + " has other content than when its stage made it"));
  expect_both_say(said);
}

TEST_F(TrainVisual, AFrameThatIsNoLongerWhatItsStageMadeIsSaid) {
  on_frames("run");
  const Stage stage = read_stage(folder / "frames", "frames");
  const fs::path changed = stage.root / stage.clips[2].outputs[0].path;
  const auto jpeg = encode_jpeg(cv::Mat(30, 24, CV_8UC3, cv::Scalar(1, 2, 3)));
  write_file(changed, std::as_bytes(std::span(jpeg)));
  const auto said = AllOf(HasSubstr("1 of 36 files is not what its stage made"),
                          HasSubstr(changed.string() + " is 30x24x3 and was 20x24x3"));
  expect_both_say(said);
}

TEST_F(TrainVisual, APictureUnderTwoNamesIsALeak) {
  const auto picture = [&](const std::string& name, int seed) {
    cv::Mat pixels(12, 12, CV_8UC3);
    Random random(static_cast<std::uint64_t>(seed));
    for (int i = 0; i < 12 * 12 * 3; ++i) {
      pixels.data[i] = static_cast<unsigned char>(random.below(256));
    }
    write_png(folder / "data" / name, pixels);
  };
  for (int i = 0; i < 3; ++i) {
    picture(fmt::format("train/happy/{}.png", i), i);
    picture(fmt::format("train/sad/{}.png", i), 10 + i);
    picture(fmt::format("test/happy/other_{}.png", i), i == 0 ? 0 : 20 + i);
    picture(fmt::format("test/sad/{}.png", i), 30 + i);
  }
  auto settings = config("run");
  settings.images = folder / "data";
  const auto report = train(settings);
  EXPECT_TRUE(report.metrics["leaks"].get<bool>());
  EXPECT_THAT(report.text, HasSubstr("1 pictures under another name"));
  EXPECT_EQ(
      report.metrics["equal_pictures"],
      (std::vector<std::vector<std::string>>{{"test/happy/other_0.png", "train/happy/0.png"}}));
}

TEST_F(TrainVisual, AClassThatIsTestedAndNeverTrainedIsNamed) {
  for (const char* name :
       {"train/happy/1.png", "train/sad/1.png", "test/happy/1.png", "test/angry/1.png"}) {
    write_png(folder / "data" / name, cv::Mat(12, 12, CV_8UC1, cv::Scalar::all(90)));
  }
  auto settings = config("run");
  settings.images = folder / "data";
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["untrained_classes"], (std::vector<std::string>{"angry"}));
  EXPECT_THAT(report.text, HasSubstr("Tested and never trained on: angry."));
}

TEST_F(TrainVisual, LearnsColours) {
  auto settings = on_frames("run", 30);
  settings.training.learning_rate = 5e-3;
  settings.network.as<VisualNetOptions>().dropout = 0.1;
  const auto report = train(settings);
  EXPECT_GT(report.metrics["frames"]["train"]["accuracy"].get<double>(), 0.9);
}

TEST_F(TrainVisual, FramesFollowTheirClip) {
  auto settings = on_frames("run");
  std::vector<SplitItem> items;
  for (const ClipId& id : tiny_clips(3, 1)) {
    items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
  }
  write_split(folder / "split.csv", split_group(items, 3));
  settings.training.split = folder / "split.csv";
  settings.training.folds = FoldChoice::only(2);
  const auto report = train(settings);
  EXPECT_FALSE(report.metrics["leaks"].get<bool>());
  EXPECT_THAT(report.metrics["leak_check"].get<std::string>(),
              testing::HasSubstr("0 of 1 test actors, 0 of 6 test clips"));
  EXPECT_EQ(report.metrics["clips"]["test"]["items"], 6);
  EXPECT_EQ(report.metrics["frames"]["test"]["items"], 12);
  EXPECT_EQ(report.metrics["clips"]["validation"]["items"], 6);
}

TEST_F(TrainVisual, ASplitOfClipsThatSharesActorsIsALeakForTheirFrames) {
  auto settings = on_frames("run");
  std::vector<SplitItem> items;
  for (const ClipId& id : tiny_clips(3, 1)) {
    items.push_back({id.key(), std::string(name_of(id.emotion)), std::to_string(id.actor)});
  }
  write_split(folder / "split.csv", split_clip(items, .34, .34, 1));
  settings.training.split = folder / "split.csv";
  const auto report = train(settings);
  EXPECT_TRUE(report.metrics["leaks"].get<bool>()) << report.metrics["leak_check"];
}

TEST_F(TrainVisual, EqualRunsHaveEqualBytesAndAnInterruptedOneResumes) {
  train(on_frames("a", 3));
  train_in_two_parts(on_frames("b", 3));
  for (const char* name : {"model.safetensors", "best.safetensors", "history.csv",
                           "predictions.csv", "frame_predictions.csv", "metrics.json"}) {
    EXPECT_TRUE(file("a", name) == file("b", name)) << name << " differs";
  }
}

TEST_F(TrainVisual, ChangedPicturesAndAnotherNetworkResumeToTheByte) {
  const auto told = [&](const char* run) {
    auto settings = on_frames(run, 3);
    settings.network.choose("resnet-small");
    auto& network = settings.network.as<ResnetSmallOptions>();
    network.picture_size = 16;
    network.filters = {4, 6};
    network.blocks = 1;
    network.input_channels = 1;
    settings.changes = {.flip = true, .crop = 0.1, .rotation = 10, .brightness = 0.2, .erase = 0.1};
    return settings;
  };
  train(told("a"));
  train_in_two_parts(told("b"));
  for (const char* name : {"model.safetensors", "history.csv", "predictions.csv"}) {
    EXPECT_TRUE(file("a", name) == file("b", name)) << name << " differs";
  }
  EXPECT_THAT(file("a", "config.toml"),
              AllOf(HasSubstr("flip = true"), HasSubstr("input-channels = 1")));
  auto plain = told("plain");
  plain.changes = {};
  train(plain);
  EXPECT_NE(file("plain", "model.safetensors"), file("a", "model.safetensors"));
}

TEST_F(TrainVisual, TrainsOnClassNamedFolders) {
  const auto report = train(on_images("run"));
  const auto predictions = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  EXPECT_EQ(predictions.classes, (std::vector<std::string>{"happy", "bored"}));
  EXPECT_EQ(predictions.rows.size(), 24U);
  EXPECT_EQ(report.metrics["pictures"]["test"]["items"], 5);  // ceil(.2 · 24)
  EXPECT_FALSE(fs::exists(folder / "run" / "frame_predictions.csv"));
}

TEST_F(TrainVisual, TheModelRemembersHowItsFramesWereMade) {
  const nlohmann::json settings = {{"every", 5},
                                   {"quality", 95},
                                   {"resize", ""},
                                   {"face", "haar"},
                                   {"without-face", "skip"},
                                   {"face-cascade", "c.xml"},
                                   {"face-fingerprint", "ab"}};
  make_frames_stage(folder / "frames", 3, settings);
  train(on_frames("run", 1));
  EXPECT_EQ(read_model(folder / "run", "visual").input.at("frames"), settings);
  EXPECT_EQ(read_model(folder / "run/best.safetensors", "visual").input.at("frames"), settings);
  train(on_images("images"));
  EXPECT_FALSE(read_model(folder / "images", "visual").input.contains("frames"));
}

TEST_F(TrainVisual, KeepsSubjectsApart) {
  auto settings = on_images("run");
  settings.group_pattern = "^(S[0-9]+)_";
  settings.group_folds = 3;
  settings.training.folds = FoldChoice::only(1);
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["protocol"], "group-3");
  EXPECT_EQ(report.metrics["fold"], 1);
  EXPECT_FALSE(report.metrics["leaks"].get<bool>());
  EXPECT_EQ(report.metrics["pictures"]["test"]["items"], 8);

  settings.group_folds = 0;  // at random, and the leak check knows the subjects
  settings.training.folds = {};
  settings.training.output = folder / "random";
  EXPECT_TRUE(train(settings).metrics["leaks"].get<bool>());

  settings.group_pattern = "^(X[0-9]+)_";
  settings.training.output = folder / "none";
  EXPECT_THAT(error_of(settings), HasSubstr("--group-pattern"));
}

TEST_F(TrainVisual, ReadsThePicturesOfACorpusByTheirNames) {
  for (int i = 0; i < 24; ++i) {
    const bool anger = i % 2 == 0;
    write_png(folder / "faces" / (anger ? "anger" : "happy") /
                  fmt::format("S{:03}_{:03}_{:08}.png", 1 + i / 4, 1 + i % 4, 17),
              cv::Mat(12, 12, CV_8UC1, cv::Scalar::all(anger ? 200 - i : 40 + i)));
  }
  auto settings = config("run");
  settings.images = folder / "faces";
  settings.corpus = "ck+48";
  settings.group_folds = 3;
  const auto report = train(settings);
  EXPECT_EQ(report.metrics["protocol"], "group-3") << "the names say who the subjects are";
  EXPECT_FALSE(report.metrics["leaks"].get<bool>());
  const auto predictions = read_predictions(folder / "run" / "predictions.csv", Corpus().clips());
  EXPECT_EQ(predictions.classes, (std::vector<std::string>{"happy", "angry"}));
  EXPECT_EQ(predictions.rows.front().clip, "S001_001_00000017");
  EXPECT_EQ(clips_of_folder(folder / "run").find("S006_001_00000017")->speaker, "S006");

  // The same pictures through aver-split, whose items are the same clips.
  const auto split = test::run_command({"aver-split", "make", "-i", (folder / "faces").string(),
                                        "-o", (folder / "split.csv").string(), "--corpus", "ck+48",
                                        "--protocol", "group-2"});
  ASSERT_EQ(split.exit_status, 0) << split.err;
  settings.training.split = folder / "split.csv";
  settings.training.folds = FoldChoice::only(1);
  settings.training.output = folder / "split-run";
  EXPECT_EQ(train(settings).metrics["pictures"]["test"]["items"], 12);

  write_png(folder / "faces/anger/holiday.png", cv::Mat(12, 12, CV_8UC1));
  settings.training.output = folder / "none";
  EXPECT_THAT(error_of(settings), HasSubstr("'anger/holiday' is not a CK+48 name"));
}

TEST_F(TrainVisual, AFoldThatIsNotThereIsNamed) {
  auto settings = on_images("run");
  settings.group_pattern = "^(S[0-9]+)_";
  settings.group_folds = 3;
  settings.training.folds = FoldChoice::only(7);
  EXPECT_THAT(error_of(settings), HasSubstr("--folds 7: the split of this run has the folds 0, 1"));
}

TEST_F(TrainVisual, ForceKeepsTheOldRunWhilePicturesAreDecoded) {
  // Asks to stop as soon as pictures are decoded.
  struct Watch final : Progress {
    void start(std::string_view name, std::size_t) override { what = name; }
    void update(std::size_t, std::string_view) override {}
    void finish() override {}
    std::string what;
  } watch;
  train(on_images("run"));
  const auto before = folder_content(folder / "run");
  auto settings = on_images("run");
  settings.training.force = true;
  settings.network.as<VisualNetOptions>().picture_size = 20;
  settings.training.should_stop = [&] { return watch.what == "decoding pictures"; };
  EXPECT_TRUE(run_train_visual(settings, watch).interrupted);
  EXPECT_EQ(watch.what, "decoding pictures");
  EXPECT_TRUE(folder_content(folder / "run") == before);
  settings.training.should_stop = {};
  write_file(folder / "faces" / "happy" / "S001_99.png", "no picture");
  EXPECT_THAT(error_of(settings), HasSubstr("S001_99.png"));
  EXPECT_TRUE(folder_content(folder / "run") == before);
}

TEST_F(TrainVisual, ARefusedResumeLeavesEveryByte) {
  train(on_images("run"));
  const auto before = folder_content(folder / "run");
  auto settings = on_images("run");
  settings.training.resume = true;
  settings.network.as<VisualNetOptions>().picture_size = 20;
  EXPECT_THAT(error_of(settings), HasSubstr("size = 16"));
  EXPECT_TRUE(folder_content(folder / "run") == before);
}

TEST_F(TrainVisual, APictureThatCannotBeReadIsNamed) {
  auto settings = on_images("run");
  write_file(folder / "faces" / "happy" / "S001_99.png", "no picture");
  EXPECT_THAT(error_of(settings), HasSubstr("S001_99.png"));
  EXPECT_FALSE(fs::exists(folder / "run" / "config.toml"));
}

TEST_F(TrainVisual, PicturesOutsideAClassFolderAreRefused) {
  auto settings = on_images("run");
  write_png(folder / "faces" / "stray.png", cv::Mat(4, 4, CV_8UC3, cv::Scalar::all(1)));
  EXPECT_THAT(error_of(settings), HasSubstr("stray.png"));
}

TEST_F(TrainVisual, OneInputIsNeeded) {
  auto settings = on_images("run");
  settings.input = {folder / "frames"};
  EXPECT_THAT(error_of(settings), HasSubstr("one of --input and --images"));
  EXPECT_THAT(error_of(config("run")), HasSubstr("one of --input and --images"));
}

TEST_F(TrainVisual, AnUnfinishedStageIsRefused) {
  auto settings = on_frames("run");
  fs::remove(folder / "frames" / "stage.json");
  EXPECT_FALSE(error_of(settings).empty());
  EXPECT_FALSE(fs::exists(folder / "run" / "config.toml"));
}

TEST_F(TrainVisual, CommandDescribesTrainsAndRefuses) {
  const auto described = run_command({"aver-train-visual", "--describe"});
  EXPECT_THAT(described.out, AllOf(HasSubstr("2 x 2 x 256"), HasSubstr("684,744")));
  EXPECT_EQ(run_command({"aver-train-visual", "--bogus"}).exit_status, 2);
  const auto small = run_command({"aver-train-visual", "--describe", "--size", "20"});
  EXPECT_EQ(small.exit_status, 2);
  EXPECT_THAT(small.err, HasSubstr("--size 20"));
  on_images("run");
  const auto trained =
      run_command({"aver-train-visual", "--images", (folder / "faces").string(), "--output",
                   (folder / "run").string(), "--size", "16", "--filters", "4,6", "--dense", "8",
                   "--epochs", "1", "--threads", "1", "--quiet"});
  EXPECT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("test part"));
}

TEST_F(TrainVisual, ThePaperConfigIsTheDefault) {
  const fs::path paper = fs::path(AVER_SOURCE_DIR) / "configs/paper/aver-train-visual.toml";
  const auto defaults = run_command({"aver-train-visual", "--print-config"});
  const auto configured =
      run_command({"aver-train-visual", "--config", paper.string(), "--print-config"});
  EXPECT_EQ(configured.err, "");
  EXPECT_EQ(defaults.out, configured.out);
}

}  // namespace
