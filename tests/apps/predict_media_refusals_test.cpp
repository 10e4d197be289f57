#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <set>

#include "media/image_file.h"
#include "movies.h"
#include "predict_media_fixture.h"
#include "runs/model_file.h"

// Clips that fail, places that are taken, and what is refused.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(PredictMedia, BrokenClipsFailByNameAndTheOthersGoOn) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const std::string whole = read_file(models.clip(kClip));
  write_file(folder / "a cut.mp4", whole.substr(0, whole.size() / 2));
  write_file(folder / "b good.mp4", whole);
  write_file(folder / "c empty.wav", "");
  write_file(folder / "d text.jpg", "hello");
  const auto words = std::vector<std::string>{folder.path().string(), "--format", "csv"};
  const auto result = predict_with_both(words);
  EXPECT_EQ(result.exit_status, 1);
  const CsvTable table = parse_csv(result.out, "answers");
  ASSERT_EQ(table.rows.size(), 4U);
  const std::size_t error = table.column("error");
  EXPECT_NE(table.rows[0][error], "");
  EXPECT_EQ(table.rows[1][error], "");
  EXPECT_NE(table.rows[1][table.column("emotion")], "");
  EXPECT_NE(table.rows[2][error], "");
  EXPECT_THAT(table.rows[3][error], HasSubstr("d text.jpg"));
  EXPECT_THAT(result.err, HasSubstr("a cut.mp4"));
  auto tolerant = words;
  tolerant.emplace_back("--keep-going");
  EXPECT_EQ(predict_with_both(tolerant).exit_status, 0);
  const auto text = predict_with_both({folder.path().string()});
  EXPECT_EQ(text.exit_status, 1);
  EXPECT_THAT(text.out, AllOf(HasSubstr("1 clip answered, 3 failed"), HasSubstr("c empty.wav")));
}

TEST(PredictMedia, AFileOfAnotherDetectorIsRefused) {
  const auto result =
      predict_with_both({Models::get().clip(kClip), "--face", "haar", "--face-model", "a.onnx"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("--face-model needs --face yunet"));
}

TEST(PredictMedia, NamesThatDifferStayApartInEveryFormat) {
  const TemporaryFolder folder;
  const std::vector<std::string> names = {"b\xe4.mp4", "b\xf6.mp4", "b\\xE4.mp4", "=q.mp4",
                                          "'=q.mp4"};
  for (const std::string& name : names) {
    fs::copy_file(Models::get().clip(kClip), folder / name);
  }
  const auto lines = predict_with_both({folder.path().string(), "--format", "jsonl"});
  ASSERT_EQ(lines.exit_status, 0) << lines.err;
  EXPECT_THAT(lines.out, AllOf(HasSubstr("/b\\\\xE4.mp4\""), HasSubstr("/b\\\\xF6.mp4\""),
                               HasSubstr("/b\\\\x5CxE4.mp4\""), Not(HasSubstr("\ufffd"))));
  const auto csv = predict_with_both({folder.path().string(), "--format", "csv"});
  const CsvTable table = parse_csv(csv.out, "answers");
  std::set<std::string> clips;
  for (const auto& row : table.rows) clips.insert(fs::path(row[0]).filename().string());
  EXPECT_EQ(clips, std::set<std::string>(names.begin(), names.end()));
}

TEST(PredictMedia, ModelsWhoseFeaturesCannotBeComputedAreRefusedByFieldAndValue) {
  const TemporaryFolder folder;
  const ModelFile model = read_model(Models::get().path("sound"), "audio");
  for (const auto& [key, value, sentence] :
       {std::tuple{"n-fft", nlohmann::json(4294969344), "n-fft: 4294969344 is no whole number"},
        {"n-fft", 1 << 30, "--n-fft must be 4 to 131072, not 1073741824"},
        {"hop-length", 1'000'000'000, "--hop-length must be 1 to 131072"},
        {"coefficients", 30, "give 30 coefficients, and its network reads 20"}}) {
    ModelFile changed = model;
    changed.input[key] = value;
    const std::string odd = (folder / "odd.safetensors").string();
    write_model(odd, changed);
    const auto result =
        test::predict({Models::get().clip(kClip), "--audio", odd, "--format", "csv"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err + result.out,
                AllOf(HasSubstr("odd.safetensors cannot be used"), HasSubstr(sentence)));
  }
}

TEST(PredictMedia, AnOutputThatIsALinkStaysOne) {
  const TemporaryFolder folder;
  create_folders(folder / "kept");
  fs::create_symlink("kept/answers.csv", folder / "answers.csv");
  const auto ask = [&] {
    return predict_with_both({Models::get().clip(kClip), "--format", "csv", "--output",
                              (folder / "answers.csv").string()});
  };
  ASSERT_EQ(ask().exit_status, 0);
  EXPECT_TRUE(fs::is_symlink(folder / "answers.csv"));
  EXPECT_EQ(read_csv(folder / "kept/answers.csv").rows.size(), 1U);
  fs::remove_all(folder / "kept");
  const auto refused = ask();
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("whose folder is not there"));
}

TEST(PredictMedia, ALinkThatLeadsNowhereFailsByItselfInFilesToo) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "clips");
  fs::copy_file(Models::get().clip(kClip), folder / "clips/good.mp4");
  fs::create_symlink(folder / "gone.mp4", folder / "clips/dead.mp4");
  const std::string output = (folder / "answers.csv").string();
  for (int time = 0; time < 2; ++time) {  // the second one onto an output that is there
    const auto result =
        predict_with_both({(folder / "clips").string(), "--format", "csv", "--output", output});
    EXPECT_EQ(result.exit_status, 1) << result.err;
    const CsvTable table = read_csv(output);
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_THAT(table.rows[0][table.column("error")], HasSubstr("its link leads nowhere"));
    EXPECT_EQ(table.rows[1][table.column("error")], "");
  }
}

TEST(PredictMedia, NoFileOfAFolderIsLeftUnmentioned) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "clips");
  const std::string clips = (folder / "clips").string();
  write_file(folder / "clips/all.zip", "PK\x03\x04");
  auto result = predict_with_both({clips});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("unpacked first: unzip "));
  fs::copy_file(Models::get().clip(kClip), folder / "clips/good.mp4");
  fs::copy_file(Models::get().clip(kClip), folder / "clips/.hidden.mp4");
  ASSERT_EQ(::mkfifo((folder / "clips/pipe.mp4").c_str(), 0600), 0);
  result = predict_with_both({clips, "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  for (const char* name : {"/all.zip", "/.hidden.mp4", "/pipe.mp4"}) {
    EXPECT_THAT(result.err, HasSubstr(clips + name));
  }
}

TEST(PredictMedia, APipeAsOutputStaysOne) {
  const TemporaryFolder folder;
  const std::string pipe = (folder / "pipe").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  RunningCommand reader({"cp", pipe, (folder / "answers.csv").string()}, {});
  const auto result =
      predict_with_both({Models::get().clip(kClip), "--format", "csv", "--output", pipe});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  reader.wait();
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(read_csv(folder / "answers.csv").rows.size(), 1U);
}

TEST(PredictMedia, AnswersGoToAFileThatAppearsWhole) {
  const TemporaryFolder folder;
  const std::string output = (folder / "answers.csv").string();
  const auto result =
      predict_with_both({Models::get().path("corpus"), "--format", "csv", "--output", output});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("answered, 0 failed"));
  EXPECT_GE(read_csv(output).rows.size(), 16U);
  // A failure to begin leaves what was there.
  const std::string before = read_file(output);
  EXPECT_EQ(predict_with_both({"missing.mp4", "--output", output}).exit_status, 1);
  EXPECT_EQ(read_file(output), before);
}

TEST(PredictMedia, TheOutputTakesNeitherAClipsNorAModelsPlace) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const std::string clip = (folder / "mine.mp4").string();
  fs::copy(models.clip(kClip), clip);
  fs::create_hard_link(clip, folder / "alias.csv");
  const std::string model = models.path("visual/model.safetensors");
  const auto before = read_file(clip);
  const auto weights = read_file(model);
  for (const auto& [paths, output] : {std::pair{clip, clip},
                                      {folder.path().string(), clip},
                                      {clip, (folder / "alias.csv").string()},
                                      {clip, model},
                                      {clip, models.path("sound/predictions.csv")},
                                      {clip, folder.path().string()}}) {
    const auto result = predict_with_both({paths, "--output", output});
    EXPECT_EQ(result.exit_status, 2) << output << result.err;
    EXPECT_THAT(result.err, HasSubstr("--output"));
  }
  EXPECT_EQ(read_file(clip), before);
  EXPECT_EQ(read_file(model), weights);
}

TEST(PredictMedia, ModelsOfOtherClassesAreNotFused) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  for (const char* emotion : {"happy", "sad"}) {
    for (int i = 0; i < 12; ++i) {
      fs::create_directories(folder / "pictures" / emotion);
      AVER_REQUIRE_PROGRAM("ffmpeg");
      test::run_ffmpeg({"-f", "lavfi", "-i",
                        "color=c=" + std::string(i % 2 == 0 ? "red" : "blue") + ":size=32x32",
                        "-frames:v", "1",
                        (folder / "pictures" / emotion / (std::to_string(i) + ".png")).string()});
    }
  }
  const auto trained =
      run_command({"aver-train-visual", "--images", (folder / "pictures").string(), "--output",
                   (folder / "two").string(), "--epochs", "1", "--size", "16", "--filters", "4",
                   "--dense", "4", "--threads", "1", "--quiet"});
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  const auto result = predict(
      {"--visual", (folder / "two").string(), "--audio", models.path("sound"), models.clip(kClip)});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("other classes"));
  EXPECT_EQ(predict({"--visual", (folder / "two").string(), models.clip(kClip)}).exit_status, 0);
}

TEST(PredictMedia, WithoutAModelThatWhichComesWithAverAnswersAndIsNamed) {
  const std::string clip = Models::get().clip(kClip);
  const auto result = run_command({"aver-predict", clip, "--threads", "1", "--format", "jsonl"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("no model is named"), HasSubstr("ravdess-audio"),
                                HasSubstr("19 speakers of ravdess trained it")));
  const auto answer = nlohmann::json::parse(result.out);
  EXPECT_TRUE(answer.at("visual").is_null());
  EXPECT_EQ(answer.at("audio").size(), 8U);
}

TEST(PredictMedia, BadUsageIsRefusedInOneSentence) {
  const auto& models = Models::get();
  const std::string clip = models.clip(kClip);
  const auto refused = [&](std::vector<std::string> words, const std::string& sentence) {
    const auto result = predict(words);
    EXPECT_EQ(result.exit_status, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(sentence));
    EXPECT_EQ(result.out, "");
  };
  const std::string visual = models.path("visual");
  const std::string audio = models.path("sound");
  refused({clip, "--faces", "all"}, "--visual, --audio or both");
  refused({"--visual", visual}, "no clip is given");
  refused({"--visual", visual, clip, "--model", audio}, "one kind");
  refused({"--visual", visual, clip, "--format", "xml"},
          "table, jsonl, csv, emobox, srt or textgrid");
  refused({"--visual", visual, clip, "--window", "3", "--hop", "4"},
          "--hop must be 0.1 seconds to the length of the window, not 4");
  refused({"--visual", visual, clip, "--hop", "1"}, "--window");
  refused({"--visual", visual, clip, "--rule", "stacked"}, "needs clips to be fitted on");
  refused({"--visual", visual, "-", "-"}, "one standard input");
  // A model of the other kind, and paths that are not there.
  const auto swapped = predict({"--visual", audio, clip});
  EXPECT_EQ(swapped.exit_status, 1);
  EXPECT_THAT(swapped.err, HasSubstr("visual"));
  const auto missing = predict({"--visual", visual, "nowhere.mp4"});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr("nowhere.mp4"));
  const TemporaryFolder empty;
  const auto nothing = predict({"--visual", visual, empty.path().string()});
  EXPECT_EQ(nothing.exit_status, 1);
  EXPECT_THAT(nothing.err, HasSubstr("holds no clip"));
}

TEST(PredictMedia, OnlySentencesOfItsOwnAreOnStandardError) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const auto frames = list_files(models.path("frames/by-actor"));
  const cv::Mat picture = read_image(frames.front());
  write_png(folder / "good.png", picture);
  const std::string good = read_file(folder / "good.png");
  std::string damaged = good;
  damaged[good.size() / 2] ^= 0x55;
  write_file(folder / "damaged.png", damaged);
  write_file(folder / "cut.png", good.substr(0, good.size() / 2));
  // Behind the header (33 bytes) a chunk of which libpng says that it is wrong, and reads on.
  const std::string srgb("\0\0\0\x01sRGB\x09\0\0\0\0", 13);
  write_file(folder / "odd.png", good.substr(0, 33) + srgb + good.substr(33));
  std::string jpeg = read_file(frames.front());
  for (std::size_t i = jpeg.size() / 2; i < jpeg.size() / 2 + 40; ++i) jpeg[i] = '\x55';
  write_file(folder / "damaged.jpg", jpeg);
  for (const std::string end : {"bmp", "tiff", "webp"}) {
    const fs::path path = folder / ("cut." + end);
    cv::imwrite(path.string(), picture);
    const std::string whole = read_file(path);
    write_file(path, whole.substr(0, whole.size() / 2));
  }
  const auto result = run_command({"aver-predict", "--quiet", "--visual", models.path("visual"),
                                   "--format", "table", folder.path().string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(result.err, "") << "what failed stands in the summary";
  for (const char* name : {"damaged.png", "cut.png", "cut.tiff", "cut.webp"}) {
    EXPECT_THAT(result.out, HasSubstr("cannot read the picture in " + (folder / name).string()));
  }
}

TEST(PredictMedia, SettingsOfAModelThatAreOfAnotherKindAreSaidWithItsFile) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const fs::path changed = folder / "changed.safetensors";
  const auto refused = [&](const char* option) {
    const auto result = predict({std::string("--") + option, changed.string(), models.clip(kClip)});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, AllOf(HasSubstr(changed.string()), Not(HasSubstr("json.exception"))));
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  };
  const auto change = [&](const char* run, const char* option, const char* key,
                          const nlohmann::json& value) {
    ModelFile model = read_model(models.path(run), option);
    model.input[key] = value;
    if (value.is_null()) model.input.erase(key);
    write_model(changed, model);
    refused(option);
  };
  change("sound", "audio", "sound-rate", "fast");
  change("sound", "audio", "features", 5);
  change("sound", "audio", "n-fft", nullptr);
  change("sound", "audio", "n-fft", {1, 2});
  change("visual", "visual", "frames", 7);
  change("visual", "visual", "frames", {{"every", "often"}});
  ModelFile model = read_model(models.path("sound"), "audio");
  model.training = nlohmann::json::array();
  write_model(changed, model);
  refused("audio");
}

TEST(PredictMedia, AModelWhoseTrainingDivergedIsRefusedByName) {
  const auto& models = Models::get();
  TemporaryFolder folder;
  std::string bytes = read_file(fs::path(models.path("sound")) / "model.safetensors");
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(bytes.data() + sizeof(header) + header, &nan, sizeof(nan));
  write_file(folder / "nan.safetensors", bytes);
  const auto result =
      predict({"--audio", (folder / "nan.safetensors").string(), models.clip(kClip)});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("nan.safetensors cannot be used: its weights"),
                                HasSubstr("infinite or no numbers")));
}

}  // namespace
}  // namespace aver::test
