#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "faces.h"
#include "media/audio_file.h"
#include "movies.h"
#include "predict_media_fixture.h"

// The answers.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

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
  EXPECT_THAT(result.out, AllOf(HasSubstr(kClip), HasSubstr("% (decided by "), HasSubstr("visual"),
                                HasSubstr("audio"), HasSubstr("surprised"), HasSubstr("█"),
                                HasSubstr("1 clip answered, 0 failed")));
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
  EXPECT_THAT(result.err,
              HasSubstr("left out, no recording by its name: " + (folder / "notes.txt").string()));
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

TEST(PredictMedia, AModelOfYunetsFacesAsksForItsNetwork) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_FACE_MODEL(network);
  const TemporaryFolder folder;
  const auto at = [&](const char* name) { return (folder / name).string(); };
  const std::string clip = (data / "ravdess-av-originals" / "01-01-03-01-01-02-05.mp4").string();
  const std::vector<std::string> yunet = {"--face", "yunet", "--face-model", network.string()};
  std::vector<std::string> frames = {"aver-extract-frames",
                                     "-i",
                                     (data / "ravdess-av-originals").string(),
                                     "-o",
                                     at("frames"),
                                     "--every",
                                     "30",
                                     "--resize",
                                     "64x64",
                                     "-q"};
  frames.insert(frames.end(), yunet.begin(), yunet.end());
  ASSERT_EQ(run_command(frames).exit_status, 0);
  const auto trained =
      run_command({"aver-train-visual", "-i", at("frames"), "-o", at("run"), "--epochs", "1",
                   "--size", "32", "--filters", "8", "8", "--dense", "16", "--threads", "1", "-q"});
  ASSERT_EQ(trained.exit_status, 0) << trained.err;

  const auto without = predict({"--visual", at("run"), clip});
  EXPECT_EQ(without.exit_status, 1);
  EXPECT_THAT(without.err,
              AllOf(HasSubstr(network.filename().string()), HasSubstr("--face-model")));
  const auto answer =
      predict({"--visual", at("run"), "--face-model", network.string(), clip, "--json"});
  ASSERT_EQ(answer.exit_status, 0) << answer.err;
  EXPECT_GT(nlohmann::json::parse(answer.out).at("faces").at("found"), 2);
  write_file(folder / network.filename(), read_file(network) + "\n");
  const auto other = predict(
      {"--visual", at("run"), "--face-model", (folder / network.filename()).string(), clip});
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("another face model"));
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
  const auto table = predict(
      {"--audio", models.path("sound"), (folder / "silence.wav").string(), "--format", "csv"});
  const CsvTable rows = parse_csv(table.out, "t");
  EXPECT_THAT(rows.rows.at(0).at(rows.column("remarks")), HasSubstr("silence"));
}

TEST(PredictMedia, AModelIsToldOfThePersonByOtherRecordings) {
  const auto& models = Models::get();
  const TemporaryFolder folder;
  const auto trained = run_command({"aver-train-audio",
                                    "--input",
                                    models.path("mfcc"),
                                    "--output",
                                    (folder / "centred").string(),
                                    "--epochs",
                                    "2",
                                    "--filters",
                                    "8",
                                    "8",
                                    "8",
                                    "--lstm",
                                    "16",
                                    "16",
                                    "--dense",
                                    "16",
                                    "--threads",
                                    "1",
                                    "--centre",
                                    "speaker",
                                    "--quiet"});
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  const std::string person = models.path("corpus/Actor_02");
  const auto ask = [&](const std::string& audio, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"--audio", audio, models.clip(kClip), "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return predict(words);
  };
  const std::string centred = (folder / "centred").string();
  const auto stranger = nlohmann::json::parse(ask(centred, {}).out);
  const auto told = ask(centred, {"--enrol-from", person});
  ASSERT_EQ(told.exit_status, 0) << told.err;
  const auto known = nlohmann::json::parse(told.out);
  EXPECT_NE(known["audio"], stranger["audio"]);
  EXPECT_THAT(known["remarks"].dump(), HasSubstr("of the person are known, unlabelled"));
  EXPECT_EQ(stranger["remarks"].dump().find("of the person"), std::string::npos);

  const auto plain = ask(models.path("sound"), {"--enrol-from", person});
  EXPECT_EQ(plain.exit_status, 2);
  EXPECT_THAT(plain.err, HasSubstr("--centre speaker"));
  const auto nobody = ask(centred, {"--enrol-from", models.path("mfcc")});
  EXPECT_EQ(nobody.exit_status, 1);
  EXPECT_THAT(nobody.err, HasSubstr("no recording"));
  const auto unheard =
      predict({"--visual", models.path("visual"), models.clip(kClip), "--enrol-from", person});
  EXPECT_EQ(unheard.exit_status, 2);
  EXPECT_THAT(unheard.err, HasSubstr("--audio"));
}

TEST(PredictMedia, SaysOnceThatAMovieMayHaveGoneOn) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const TemporaryFolder folder;
  for (const bool sound : {true, false}) {
    const fs::path clip = folder / "a.mp4";
    make_movie(clip, {.seconds = 2,
                      .sound = sound,
                      .options = {"-c:v", "libx264", "-g", "10", "-movflags",
                                  "frag_keyframe+empty_moov"}});
    const std::string whole = read_file(clip);
    write_file(clip, std::string_view(whole).substr(0, whole.rfind("moof") - 4));
    const auto result = predict_with_both({clip.string(), "--json"});
    ASSERT_EQ(result.exit_status, 0) << result.err;
    const auto remarks = nlohmann::json::parse(result.out)["remarks"];
    EXPECT_EQ(std::ranges::count_if(remarks,
                                    [](const std::string& remark) {
                                      return remark.find("more followed") != std::string::npos;
                                    }),
              1)
        << remarks;
  }
}

}  // namespace
}  // namespace aver::test
