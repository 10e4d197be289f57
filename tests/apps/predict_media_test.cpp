#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "media/audio_file.h"
#include "movies.h"
#include "store/predictions.h"
#include "support.h"

// aver-predict on clips, as a user runs it: trained models, recordings of any name.
namespace aver {
namespace {

using test::CommandResult;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kClip = "01-01-05-01-01-01-02";  // of the synthetic corpus

/// A synthetic corpus through all stages, with two small models; made once, for all tests.
class Models {
 public:
  static const Models& get() {
    static const Models models;
    return models;
  }

  std::string path(const std::string& relative) const { return (folder_ / relative).string(); }
  std::string clip(const std::string& stem) const {
    return path("corpus/Actor_" + stem.substr(18) + "/" + stem + ".mp4");
  }

 private:
  Models() {
    run({"aver-synthesize", "--output", path("corpus"), "--actors", "2", "--statements", "1",
         "--repetitions", "1", "--seconds", "1.2", "--size", "128x96"});
    // Settings other than the defaults: prediction must take those of the models.
    run({"aver-extract-frames", "--input", path("corpus"), "--output", path("frames"), "--every",
         "4", "--quality", "80", "--resize", "80x70"});
    run({"aver-extract-audio", "--input", path("corpus"), "--output", path("audio"),
         "--sample-rate", "32000"});
    run({"aver-compute-mfcc", "--input", path("audio"), "--output", path("mfcc"), "--coefficients",
         "20", "--hop-length", "400", "--sample-rate", "16000", "--no-pictures"});
    run({"aver-train-visual", "--input", path("frames"), "--output", path("visual"), "--epochs",
         "2", "--size", "32", "--filters", "8", "8", "--dense", "16", "--threads", "1"});
    run({"aver-train-audio", "--input", path("mfcc"), "--output", path("sound"), "--epochs", "2",
         "--filters", "8", "8", "8", "--lstm", "16", "16", "--dense", "16", "--threads", "1"});
  }

  static void run(std::vector<std::string> words) {
    words.emplace_back("--quiet");
    const auto result = run_command(words);
    if (result.exit_status != 0) throw std::runtime_error(words.front() + ": " + result.err);
  }

  TemporaryFolder folder_;
};

CommandResult predict(std::vector<std::string> words) {
  words.insert(words.begin(), {"aver-predict", "--quiet"});
  return run_command(words);
}

/// With both models.
CommandResult predict_with_both(std::vector<std::string> words) {
  const auto& models = Models::get();
  words.insert(words.end(), {"--visual", models.path("visual"), "--audio", models.path("sound")});
  return predict(words);
}

/// What the staged pipeline prints for every clip: predictions.csv of one model.
std::map<std::string, std::map<std::string, std::string>> staged(const std::string& model,
                                                                 const std::string& stage,
                                                                 const std::string& threads) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const std::string output = (folder / "p.csv").string();
  const auto result = predict({"--model", models.path(model), "--input", models.path(stage),
                               "--output", output, "--threads", threads});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = read_csv(output);
  std::map<std::string, std::map<std::string, std::string>> by_clip;
  for (const auto& row : table.rows) {
    for (std::size_t c = 4; c < table.header.size(); ++c) {
      by_clip[row[0]][table.header[c]] = row[c];
    }
  }
  return by_clip;
}

void expect_equal_to_the_stages(const std::vector<std::string>& options,
                                const std::string& threads) {
  const auto visual = staged("visual", "frames", threads);
  const auto audio = staged("sound", "mfcc", threads);
  auto words = options;
  words.insert(words.end(), {Models::get().path("corpus"), "--format", "csv"});
  const auto result = predict_with_both(words);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = parse_csv(result.out, "answers");
  std::size_t compared = 0;
  for (const auto& row : table.rows) {
    const std::string stem = fs::path(row[0]).stem().string();
    if (!stem.starts_with("01-")) continue;  // the corpus has twins of one modality too
    const std::string key = stem.substr(3);
    for (const auto& [name, value] : visual.at(key)) {
      EXPECT_EQ(row[table.column("visual_" + name)], value) << stem << " " << name;
      EXPECT_EQ(row[table.column("audio_" + name)], audio.at(key).at(name)) << stem << " " << name;
    }
    ++compared;
  }
  EXPECT_EQ(compared, visual.size());
  EXPECT_EQ(compared, audio.size());
  EXPECT_EQ(compared, 30U);
}

TEST(PredictMedia, SixDecimalsAreThoseOfTheStagedPipeline) {
  expect_equal_to_the_stages({"--workers", "1"}, "1");
}

TEST(PredictMedia, NeitherWorkersNorThreadsChangeADecimal) {
  expect_equal_to_the_stages({"--workers", "3", "--threads", "2"}, "4");
}

TEST(PredictMedia, RealClipsGiveTheDecimalsOfTheStages) {
  AVER_REQUIRE_TEST_DATA(data);
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const auto at = [&](const char* name) { return (folder / name).string(); };
  const std::string clips = (data / "ravdess-av-clips").string();
  const auto stage = [](std::vector<std::string> words) {
    words.emplace_back("--quiet");
    return run_command(words);
  };
  // Two files have other names than RAVDESS's, which the stages report.
  stage({"aver-extract-frames", "--input", clips, "--output", at("frames"), "--every", "4",
         "--quality", "80", "--resize", "80x70"});
  stage(
      {"aver-extract-audio", "--input", clips, "--output", at("audio"), "--sample-rate", "32000"});
  stage({"aver-compute-mfcc", "--input", at("audio"), "--output", at("mfcc"), "--coefficients",
         "20", "--hop-length", "400", "--sample-rate", "16000", "--no-pictures"});
  predict({"--model", models.path("visual"), "--input", at("frames"), "--output", at("v.csv")});
  predict({"--model", models.path("sound"), "--input", at("mfcc"), "--output", at("a.csv")});
  const auto answers = predict_with_both({clips, "--format", "csv"});
  ASSERT_EQ(answers.exit_status, 0) << answers.err;
  const CsvTable table = parse_csv(answers.out, "answers");
  std::map<std::string, std::vector<std::string>> row_of;
  for (const auto& row : table.rows) {
    const std::string stem = fs::path(row[0]).stem().string();
    if (stem.starts_with("01-")) row_of[stem.substr(3)] = row;
  }
  for (const auto& [file, prefix] :
       {std::pair{at("v.csv"), "visual_"}, std::pair{at("a.csv"), "audio_"}}) {
    const CsvTable stages = read_csv(file);
    ASSERT_EQ(stages.rows.size(), 7U);
    for (const auto& row : stages.rows) {
      for (std::size_t c = 4; c < stages.header.size(); ++c) {
        EXPECT_EQ(row_of.at(row[0])[table.column(prefix + stages.header[c])], row[c]) << row[0];
      }
    }
  }
}

TEST(PredictMedia, PrintsTheDecisionAndBothDistributions) {
  const auto result = predict_with_both({Models::get().clip(kClip)});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr(kClip), HasSubstr("% (decided by the "),
                                HasSubstr("picture"), HasSubstr("sound"), HasSubstr("surprised"),
                                HasSubstr("█"), HasSubstr("1 clip answered, 0 failed")));
}

TEST(PredictMedia, TakesAnyContainerOfAnyNameFromStandardInputToo) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const std::string source = models.clip(kClip);
  const std::string still = (folder / "still.png").string();
  test::run_ffmpeg({"-i", source, "-c", "copy", (folder / "me.mkv").string()});
  test::run_ffmpeg({"-i", source, "-c", "copy", (folder / "me.avi").string()});
  test::run_ffmpeg({"-i", source, "-c:v", "libvpx", "-c:a", "libopus",
                    (folder / "browser recording.webm").string()});
  test::run_ffmpeg({"-i", source, "-ar", "44100", "-ac", "2", (folder / "voice.wav").string()});
  test::run_ffmpeg({"-i", source, (folder / "voice.flac").string()});
  test::run_ffmpeg({"-i", source, "-frames:v", "1", still});
  test::run_ffmpeg({"-i", source, "-frames:v", "1", (folder / "still.jpg").string()});
  fs::create_directories(folder / "deep");
  fs::copy(source, folder / "deep" / "CLIP.MP4");
  write_file(folder / "notes.txt", "not a clip");

  const auto result = predict_with_both({folder.path().string(), "--format", "jsonl"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  std::map<std::string, nlohmann::json> answer;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    answer[fs::path(object["clip"].get<std::string>()).filename().string()] = object;
  }
  EXPECT_EQ(answer.size(), 8U);
  for (const char* both : {"me.mkv", "me.avi", "browser recording.webm", "CLIP.MP4"}) {
    EXPECT_TRUE(answer[both]["visual"].is_object()) << both;
    EXPECT_TRUE(answer[both]["audio"].is_object()) << both;
    EXPECT_TRUE(answer[both]["remarks"].empty()) << both;
  }
  for (const char* sound : {"voice.wav", "voice.flac"}) {
    EXPECT_TRUE(answer[sound]["visual"].is_null()) << sound;
    EXPECT_EQ(answer[sound]["decided_by"], "audio") << sound;
    EXPECT_THAT(answer[sound]["remarks"].dump(), HasSubstr("no picture")) << sound;
  }
  EXPECT_EQ(answer["still.png"]["pictures"], 1);
  EXPECT_EQ(answer["still.jpg"]["decided_by"], "visual");
  EXPECT_EQ(answer["me.mkv"]["fused"], answer["CLIP.MP4"]["fused"]) << "remuxed, not encoded";

  // The same bytes through a pipe.
  const auto piped = run_command(
      {"sh", "-c",
       "\"$AVER_BIN_DIR/aver-predict\" - --visual \"$1\" --audio \"$2\" --json --quiet < \"$3\"",
       "sh", models.path("visual"), models.path("sound"), (folder / "me.mkv").string()});
  ASSERT_EQ(piped.exit_status, 0) << piped.err;
  const auto object = nlohmann::json::parse(piped.out);
  EXPECT_EQ(object["clip"], "standard input");
  EXPECT_EQ(object["fused"], answer["me.mkv"]["fused"]);
}

TEST(PredictMedia, OneModelIsEnough) {
  const auto& models = Models::get();
  const auto visual = predict({"--visual", models.path("visual"), models.clip(kClip), "--json"});
  EXPECT_EQ(visual.exit_status, 0) << visual.err;
  EXPECT_TRUE(nlohmann::json::parse(visual.out)["audio"].is_null());
  const auto audio = predict({"--audio", models.path("sound"), models.clip(kClip), "--json"});
  EXPECT_EQ(nlohmann::json::parse(audio.out)["decided_by"], "audio");
  // What the only model cannot look at is a failure, and says why.
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const TemporaryFolder folder;
  const std::string wav = (folder / "voice.wav").string();
  test::run_ffmpeg({"-i", models.clip(kClip), wav});
  const auto deaf = predict({"--visual", models.path("visual"), wav});
  EXPECT_EQ(deaf.exit_status, 1);
  EXPECT_THAT(deaf.out, AllOf(HasSubstr("voice.wav"), HasSubstr("holds no picture")));
}

TEST(PredictMedia, LongerRecordingsGetATimeline) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const std::string clip = (folder / "long.mkv").string();
  test::run_ffmpeg({"-stream_loop", "4", "-i", models.clip(kClip), "-t", "5", clip});
  const auto result = predict_with_both({clip, "--window", "2", "--hop", "1", "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto answer = nlohmann::json::parse(result.out);
  const double seconds = answer["seconds"];
  EXPECT_NEAR(seconds, 5, 0.2);
  const auto& windows = answer["windows"];
  ASSERT_EQ(windows.size(), static_cast<std::size_t>(std::ceil(seconds - 0.1 - 2)) + 1)
      << "a rest of less than a tenth of a second is the last window's";
  for (std::size_t n = 0; n < windows.size(); ++n) {
    EXPECT_EQ(windows[n]["start"], n);
    EXPECT_TRUE(windows[n]["emotion"].is_string());
    EXPECT_TRUE(windows[n]["audio"].is_object());
  }
  EXPECT_EQ(windows.back()["end"], seconds);
  EXPECT_THAT(answer["remarks"].dump(), AllOf(HasSubstr("as a whole, only the first"),
                                              HasSubstr("of each window, only the first")));

  // A window is what the clip cut there would be.
  const auto table = predict_with_both({clip, "--window", "2", "--hop", "1", "--format", "csv"});
  EXPECT_EQ(parse_csv(table.out, "t").rows.size(), windows.size());
  const auto text = predict_with_both({clip, "--window", "2", "--hop", "1"});
  EXPECT_THAT(text.out, HasSubstr("1.0 –    3.0 s"));
  // A short clip has none.
  const auto brief = predict_with_both({models.clip(kClip), "--window", "3", "--json"});
  EXPECT_TRUE(nlohmann::json::parse(brief.out)["windows"].empty());
}

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

TEST(PredictMedia, SaysWhenThereIsHardlyAnythingToHear) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  write_wav(folder / "silence.wav", std::vector<std::int16_t>(48000), 48000);
  write_wav(folder / "click.wav", std::vector<std::int16_t>{1000}, 48000);
  const auto remarks = [&](const char* name) {
    const auto result =
        predict({"--audio", models.path("sound"), (folder / name).string(), "--json"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return nlohmann::json::parse(result.out)["remarks"].dump();
  };
  EXPECT_THAT(remarks("silence.wav"), HasSubstr("silence"));
  EXPECT_THAT(remarks("click.wav"), HasSubstr("0.000 s of sound"));
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
  refused({clip}, "--visual, --audio or both");
  refused({"--visual", visual}, "no clip is given");
  refused({"--visual", visual, clip, "--model", audio}, "one kind");
  refused({"--visual", visual, clip, "--format", "xml"}, "table, jsonl or csv");
  refused({"--visual", visual, clip, "--window", "3", "--hop", "4"}, "--hop is 4");
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

}  // namespace
}  // namespace aver
