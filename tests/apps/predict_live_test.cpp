#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "movies.h"
#include "predict_media_fixture.h"

// aver-predict --live: a recording on standard input, answered while it comes.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

/// The lines with a window and those with a segment, without their numbers.
struct LiveLines {
  nlohmann::json windows = nlohmann::json::array(), segments = nlohmann::json::array();
};

LiveLines lines_of(const std::string& text) {
  LiveLines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    auto object = nlohmann::json::parse(line);
    auto& of = object.contains("segment") ? lines.segments : lines.windows;
    EXPECT_EQ(object.at(object.contains("segment") ? "segment" : "window"), of.size());
    for (const char* name : {"window", "segment", "now"}) object.erase(name);
    of.push_back(std::move(object));
  }
  return lines;
}

/// `models` and `options` for aver-predict, which gets a file through a pipe.
CommandResult live(const std::string& file, std::vector<std::string> options) {
  options.insert(options.begin(),
                 {"sh", "-c", "cat \"$0\" | \"$AVER_BIN_DIR/aver-predict\" --live - \"$@\"", file});
  return run_command(options);
}

std::vector<std::string> both_models() {
  return {"--visual", Models::get().path("visual"), "--audio", Models::get().path("sound")};
}

/// Recordings of several seconds, joined of clips with pictures and sound.
class PredictLive : public testing::Test {
 protected:
  void SetUp() override {
    AVER_REQUIRE_PROGRAM("ffmpeg");
    const auto made = run_command({"aver-synthesize", "--transitions", "1", "--parts", "4",
                                   "--input", Models::get().path("corpus"), "--output",
                                   (folder / "joined").string(), "--quiet"});
    ASSERT_EQ(made.exit_status, 0) << made.err;
    for (const auto& file : fs::recursive_directory_iterator(folder / "joined")) {
      if (file.path().extension() == ".mp4") recording = file.path().string();
    }
    ASSERT_FALSE(recording.empty());
  }

  std::string copy(const std::string& name, const std::vector<std::string>& options) const {
    const std::string path = (folder / name).string();
    std::vector<std::string> words = {"-i", recording};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(path);
    run_ffmpeg(words);
    return path;
  }

  /// Live and at once, the same answers.
  static void expect_equal(const std::string& file, std::vector<std::string> options) {
    const auto now = live(file, options);
    ASSERT_EQ(now.exit_status, 0) << now.err;
    options.insert(options.end(), {file, "--format", "jsonl"});
    const auto whole = predict(options);
    ASSERT_EQ(whole.exit_status, 0) << whole.err;
    const auto answer = nlohmann::json::parse(whole.out);
    const LiveLines lines = lines_of(now.out);
    ASSERT_GT(lines.windows.size(), 2U);
    EXPECT_EQ(lines.windows, answer.at("windows")) << file;
    EXPECT_EQ(lines.segments, answer.value("segments", nlohmann::json::array())) << file;
  }

  TemporaryFolder folder;
  std::string recording;
};

TEST_F(PredictLive, GivesTheWindowsAndSegmentsOfTheWholeRecording) {
  auto options = both_models();
  options.insert(options.end(), {"--window", "1.2", "--hop", "0.5", "--segments"});
  expect_equal(copy("copied.mkv", {"-c", "copy"}), options);
  // A container whose writer cannot go back, and sound that begins later than the pictures.
  expect_equal(copy("coded.webm", {"-c:v", "libvpx", "-c:a", "libopus", "-live", "1"}), options);
  expect_equal(copy("late.mkv", {"-itsoffset", "0.35", "-i", recording, "-map", "0:v", "-map",
                                 "1:a", "-c", "copy"}),
               options);
  // Pictures of seconds that stand before their sound, and a track that ends before the other.
  expect_equal(copy("fragments.mp4", {"-c:v", "libx264", "-g", "250", "-c:a", "aac", "-movflags",
                                      "frag_keyframe+empty_moov"}),
               options);
  expect_equal(copy("sound ends.mkv", {"-c:v", "copy", "-af", "atrim=0:2.3", "-c:a", "pcm_s16le"}),
               options);
}

TEST_F(PredictLive, OneModelHearsOrSeesWhatThereIsForIt) {
  const std::vector<std::string> window = {"--window", "1.1"};
  auto sound = window, picture = window;
  sound.insert(sound.end(), {"--audio", Models::get().path("sound")});
  picture.insert(picture.end(), {"--visual", Models::get().path("visual")});
  const std::string wav = copy("voice.wav", {"-vn", "-ar", "48000", "-ac", "2"});
  const std::string movie = copy("movie.mkv", {"-c", "copy"});
  expect_equal(wav, sound);
  expect_equal(movie, sound);
  expect_equal(movie, picture);
  const auto deaf = live(wav, picture);
  EXPECT_EQ(deaf.exit_status, 1);
  EXPECT_THAT(deaf.err, HasSubstr("standard input has no pictures"));
}

TEST_F(PredictLive, ARecordingAsShortAsAWindowIsOne) {
  auto options = both_models();
  const std::string clip = (folder / "clip.mkv").string();
  run_ffmpeg({"-i", Models::get().clip(kClip), "-c", "copy", clip});
  options.insert(options.end(), {"--window", "3"});
  const auto now = live(clip, options);
  ASSERT_EQ(now.exit_status, 0) << now.err;
  const auto whole = nlohmann::json::parse(predict_with_both({clip, "--json"}).out);
  const auto line = nlohmann::json::parse(now.out);
  for (const char* of : {"visual", "audio", "fused"}) EXPECT_EQ(line.at(of), whole.at(of)) << of;
  EXPECT_EQ(line.at("end"), whole.at("seconds"));
}

TEST_F(PredictLive, ATenthOfASecondMoreThanAWindowIsStillOne) {
  const std::string wav = copy("short.wav", {"-vn", "-t", "1.1", "-ar", "48000"});
  const auto now = live(wav, {"--audio", Models::get().path("sound"), "--window", "1"});
  ASSERT_EQ(now.exit_status, 0) << now.err;
  EXPECT_EQ(nlohmann::json::parse(now.out).at("end"), 1.1);
}

TEST_F(PredictLive, WhatIsNoNumberIsRefusedAndWhatCameBeforeItIsAnswered) {
  std::string wav = read_file(copy("float.wav", {"-vn", "-c:a", "pcm_f32le"}));
  const auto samples = wav.find("data") + 8;
  wav.replace(samples + (wav.size() - samples) / 8 * 4, 4, std::string("\0\0\xC0\x7F", 4));
  write_file(folder / "float.wav", wav);
  const auto result = live((folder / "float.wav").string(),
                           {"--audio", Models::get().path("sound"), "--window", "1", "--segments"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("no number"));
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"window\":0"), HasSubstr("\"segment\":0")));
}

TEST_F(PredictLive, AnswersBeforeTheRecordingHasEnded) {
  const std::string wav = copy("voice.wav", {"-vn"});
  const std::string half = std::to_string(fs::file_size(wav) / 2);
  const auto result = run_command(
      {"bash", "-c",
       "set -e; mkfifo \"$1/pipe\"\n"
       "\"$AVER_BIN_DIR/aver-predict\" --live - --audio \"$2\" --window 1 < \"$1/pipe\" > "
       "\"$1/out\" &\n"
       "exec 3> \"$1/pipe\"; head -c \"$4\" \"$3\" >&3\n"
       "for i in $(seq 600); do grep -q window \"$1/out\" && break; sleep .1; done\n"
       "grep -c window \"$1/out\" > \"$1/before\"\n"
       "tail -c +$(($4 + 1)) \"$3\" >&3; exec 3>&-; wait; grep -c window \"$1/out\" > \"$1/after\"",
       "sh", folder.path().string(), Models::get().path("sound"), wav, half});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const int before = std::stoi(read_file(folder / "before"));
  EXPECT_GT(before, 0);
  EXPECT_GT(std::stoi(read_file(folder / "after")), before);
}

TEST_F(PredictLive, ARecordingThatBreaksOffIsAnsweredUpToThere) {
  const std::string movie = copy("movie.mkv", {"-c", "copy"});
  write_file(folder / "cut.mkv", read_file(movie).substr(0, fs::file_size(movie) * 2 / 3));
  auto options = both_models();
  options.insert(options.end(), {"--window", "1", "--segments"});
  const auto result = live((folder / "cut.mkv").string(), options);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const LiveLines lines = lines_of(result.out);
  EXPECT_GT(lines.windows.size(), 2U);
  ASSERT_GT(lines.segments.size(), 0U);
  EXPECT_EQ(lines.segments.back().at("end"), lines.windows.back().at("end"));
}

TEST_F(PredictLive, WhatIsNoRecordingIsSaid) {
  const std::vector<std::string> options = {"--audio", Models::get().path("sound"), "--window",
                                            "1"};
  write_file(folder / "empty", "");
  write_file(folder / "text", std::string(100'000, 'x'));
  const std::string wav = read_file(copy("voice.wav", {"-vn"}));
  write_file(folder / "head.wav", wav.substr(0, wav.find("data") + 8));
  write_file(folder / "half of a head.wav", wav.substr(0, 20));
  for (const auto& [name, sentence] :
       {std::pair{"empty", "standard input is empty"},
        std::pair{"half of a head.wav", "no recording that can"},
        std::pair{"text", "no recording that can be read while it comes"},
        std::pair{"head.wav", "ended before anything came"}}) {
    const auto result = live((folder / name).string(), options);
    EXPECT_EQ(result.exit_status, 1) << name;
    EXPECT_THAT(result.err, HasSubstr(sentence)) << name;
    EXPECT_EQ(result.out, "") << name;
  }
}

TEST_F(PredictLive, ATimeStampThatJumpsFarIsDamageAndNoHourOfSilence) {
  const std::string jump = "if(gt(T,1.5),PTS+3600/TB,PTS)";
  const std::string sound =
      copy("sound.mkv", {"-vn", "-af", "asetpts='" + jump + "'", "-c:a", "pcm_s16le"});
  const std::string picture =
      copy("picture.mkv", {"-an", "-vf", "setpts='" + jump + "'", "-vsync", "passthrough"});
  for (const auto& [file, model, path] :
       {std::tuple{sound, "--audio", "sound"}, std::tuple{picture, "--visual", "visual"}}) {
    const auto result = live(file, {model, Models::get().path(path), "--window", "1"});
    EXPECT_EQ(result.exit_status, 1) << file;
    EXPECT_THAT(result.err, HasSubstr("jump by more than 600 s")) << file;
  }
}

TEST(PredictLiveOptions, WhatDoesNotGoTogetherIsListed) {
  const auto result = run_command({"aver-predict", "--live", "a.wav", "--audio", "model",
                                   "--format", "csv", "--output", "out.csv"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("give - and nothing else"), HasSubstr("needs --window"),
                                HasSubstr("leave --format out"), HasSubstr("--output")));
}

}  // namespace
}  // namespace aver::test
