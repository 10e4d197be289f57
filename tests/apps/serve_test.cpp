#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "media/audio_file.h"
#include "media/jpeg_encoder.h"
#include "movies.h"
#include "raw_client.h"
#include "runs/model_file.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

// aver-serve as a user starts it, with small trained models and real media.
namespace aver::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

void train_models(const fs::path& root) {
  make_mfcc_stage(root / "mfcc");
  train_tiny_audio(root / "mfcc", root / "audio");
  // The small stage names only some of the settings that clips are turned into MFCCs with.
  ModelFile model = read_model(root / "audio", "audio");
  model.input.update({{"n-fft", 1024},
                      {"hop-length", 512},
                      {"mels", 40},
                      {"lowest-hz", 0},
                      {"highest-hz", 0},
                      {"top-db", 80},
                      {"window", "hann"}});
  write_model(root / "audio" / "model.safetensors", model);
  make_frames_stage(root / "frames");
  train_tiny_visual(root / "frames", root / "visual");
}

/// The started program, in a folder of its own for whatever it might write.
class ServeProcess {
 public:
  ServeProcess(const fs::path& root, const std::vector<std::string>& options)
      : folder_(root / "working"), log_(root / "log.txt") {
    fs::create_directories(folder_);
    std::vector<std::string> words = {program(), "--port", "0", "--threads", "1"};
    words.insert(words.end(), options.begin(), options.end());
    int out[2];
    if (::pipe(out) != 0) throw Error("no pipe");
    child_ = ::fork();
    if (child_ == 0) become(words, out[1]);
    ::close(out[1]);
    out_ = ::fdopen(out[0], "r");
    char line[256] = "";
    if (std::fgets(line, sizeof(line), out_) == nullptr) {
      throw Error("aver-serve did not start: {}", read_file(log_));
    }
    const std::string text = line;
    port_ = std::stoi(text.substr(text.rfind(':') + 1));
  }
  ~ServeProcess() {
    if (child_ > 0) stop(SIGKILL);
    std::fclose(out_);
  }

  int port() const { return port_; }
  const fs::path& folder() const { return folder_; }
  std::string log() const { return read_file(log_); }
  /// Sends a signal and waits for the end; the exit status, or 128 + the signal that ended it.
  int stop(int signal) {
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  static std::string program() {
    const char* bin = std::getenv("AVER_BIN_DIR");
    return bin == nullptr ? "aver-serve" : std::string(bin) + "/aver-serve";
  }
  void become(std::vector<std::string>& words, int out) const {
    ::dup2(out, STDOUT_FILENO);
    if (std::freopen(log_.c_str(), "w", stderr) == nullptr || ::chdir(folder_.c_str()) != 0) {
      ::_exit(126);
    }
    ::setenv("TMPDIR", folder_.c_str(), 1);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }

  fs::path folder_;
  fs::path log_;
  pid_t child_ = -1;
  FILE* out_ = nullptr;
  int port_ = 0;
};

class Serve : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    models = new TemporaryFolder;
    train_models(models->path());
  }
  static void TearDownTestSuite() {
    delete models;
    models = nullptr;
  }

  void start(std::vector<std::string> options = {}) {
    for (const char* kind : {"visual", "audio"}) {
      options.push_back(std::string("--") + kind);
      options.push_back((models->path() / kind).string());
    }
    process = std::make_unique<ServeProcess>(folder.path(), options);
  }
  RawAnswer predict(const std::string& bytes, const std::string& query = "") const {
    return post(process->port(), "/api/predict" + query, bytes);
  }
  std::string movie(const Movie& movie, const std::string& name = "movie.mp4") const {
    make_movie(folder / name, movie);
    return read_file(folder / name);
  }
  void expect_alive_and_tidy() const {
    EXPECT_EQ(get(process->port(), "/healthz").body, "ok\n");
    EXPECT_THAT(folder_content(process->folder()), IsEmpty()) << "something was written";
  }

  static TemporaryFolder* models;
  TemporaryFolder folder;
  std::unique_ptr<ServeProcess> process;
};
TemporaryFolder* Serve::models = nullptr;

TEST_F(Serve, AnswersAMovieWithBothModalitiesAndATimeline) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  start();
  const std::string clip = movie({.seconds = 4});
  const RawAnswer answer = predict(clip, "?window=2&hop=1");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto json = nlohmann::json::parse(answer.body);
  EXPECT_EQ(json["pictures"], 20);
  EXPECT_NEAR(json["seconds"].get<double>(), 4, 0.1);
  for (const char* part : {"visual", "audio", "fused"}) {
    double sum = 0;
    for (const auto& [name, share] : json[part].items()) sum += share.get<double>();
    EXPECT_NEAR(sum, 1, 5e-6) << part;
  }
  EXPECT_GE(json["windows"].size(), 3U);
  EXPECT_TRUE(nlohmann::json::parse(predict(clip, "?modality=audio").body)["visual"].is_null());
  EXPECT_TRUE(nlohmann::json::parse(predict(clip, "?modality=visual").body)["audio"].is_null());
  expect_alive_and_tidy();
}

TEST_F(Serve, AnswersARecordingWhileItIsMadeAsItAnswersAllOfIt) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  start();
  const std::string clip = movie({.seconds = 5}, "movie.mkv");
  const auto windows = nlohmann::json::parse(predict(clip, "?window=2&hop=1").body).at("windows");
  ASSERT_GE(windows.size(), 4U);
  const RawAnswer opened = post(process->port(), "/api/live?window=2&hop=1", "");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string name = nlohmann::json::parse(opened.body).at("recording");
  RawAnswer said;
  std::jthread listener(
      [&] { said = get(process->port(), "/api/live/answers?recording=" + name); });
  constexpr std::size_t kPart = 20'000;
  for (std::size_t at = 0; at < clip.size(); at += kPart) {
    const bool last = at + kPart >= clip.size();
    const RawAnswer taken =
        post(process->port(), "/api/live/parts?recording=" + name + (last ? "&last=1" : ""),
             clip.substr(at, kPart));
    ASSERT_EQ(taken.status, 204) << taken.body;
  }
  listener.join();
  EXPECT_EQ(said.status, 200);
  auto live = nlohmann::json::array();
  std::istringstream lines(said.body);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("data: {\"window\":")) continue;
    live.push_back(nlohmann::json::parse(line.substr(6)));
    live.back().erase("window");
  }
  EXPECT_EQ(live, windows);
  EXPECT_THAT(said.body, HasSubstr("event: end"));
  expect_alive_and_tidy();
}

TEST_F(Serve, EndsWhileARecordingIsBeingMade) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  start();
  const RawAnswer opened = post(process->port(), "/api/live?window=1&hop=0.5", "");
  const std::string name = nlohmann::json::parse(opened.body).at("recording");
  RawClient listener(process->port());
  listener.send("GET /api/live/answers?recording=" + name + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string clip = movie({.seconds = 5}, "movie.mkv");
  post(process->port(), "/api/live/parts?recording=" + name, clip.substr(0, clip.size() * 4 / 5));
  listener.wait_for("data: {\"window\":0");
  EXPECT_EQ(process->stop(SIGTERM), 0) << process->log();
  EXPECT_THAT(listener.receive().body, HasSubstr("broken off"));
}

TEST_F(Serve, TakesSoundFilesAndStillPicturesToo) {
  start();
  std::vector<std::int16_t> samples(22050);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(8000 * std::sin(0.1 * static_cast<double>(i)));
  }
  write_wav(folder / "tone.wav", samples, 22050);
  EXPECT_EQ(predict(read_file(folder / "tone.wav")).status, 200);
  const auto jpeg = encode_jpeg(cv::Mat(48, 64, CV_8UC3, cv::Scalar(90, 120, 150)));
  const std::string picture(reinterpret_cast<const char*>(jpeg.data()), jpeg.size());
  EXPECT_EQ(predict(picture).status, 200);
  EXPECT_EQ(predict(picture, "?modality=audio").status, 422);
  expect_alive_and_tidy();
}

TEST_F(Serve, AFormOfSeveralFilesIsAnsweredFileByFile) {
  AVER_REQUIRE_PROGRAM("curl");
  start();
  std::vector<std::int16_t> samples(22050);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(8000 * std::sin(0.1 * static_cast<double>(i)));
  }
  write_wav(folder / "tone.wav", samples, 22050);
  const auto jpeg = encode_jpeg(cv::Mat(48, 64, CV_8UC3, cv::Scalar(90, 120, 150)));
  write_file(folder / "face.jpg", std::as_bytes(std::span(jpeg)));
  write_file(folder / "notes.txt", "no clip at all");
  const std::string address = fmt::format("http://127.0.0.1:{}/api/predict", process->port());
  const auto sent = [&](const std::vector<std::string>& names) {
    std::vector<std::string> command = {"curl", "-s", "-w", " %{http_code}", address};
    for (const auto& name : names) {
      command.insert(command.end(), {"-F", "clip=@" + (folder / name).string()});
    }
    const std::string out = run_command(command).out;
    const auto space = out.rfind(' ');
    return std::pair(nlohmann::json::parse(out.substr(0, space)), out.substr(space + 1));
  };
  auto [both, status] = sent({"tone.wav", "face.jpg", "notes.txt"});
  EXPECT_EQ(status, "200");
  ASSERT_EQ(both["answers"].size(), 3U) << both;
  const char* names[] = {"tone.wav", "face.jpg"};
  for (std::size_t i = 0; i < 2; ++i) {
    auto answer = both["answers"][i];
    EXPECT_EQ(answer["file"], names[i]);
    auto alone = nlohmann::json::parse(predict(read_file(folder / names[i])).body);
    for (auto* json : {&answer, &alone}) json->erase("timing_ms");
    answer.erase("file");
    EXPECT_EQ(answer, alone) << "each is answered as it is alone";
  }
  EXPECT_EQ(both["answers"][2]["file"], "notes.txt");
  // The sound and the picture are two parts of one moment: what both say is there too.
  const auto &sound = both["answers"][0], &picture = both["answers"][1],
             &together = both["together"];
  EXPECT_EQ(together["audio"], sound["audio"]);
  EXPECT_EQ(together["visual"], picture["visual"]);
  const auto& surer = sound["confidence"] >= picture["confidence"] ? sound : picture;
  EXPECT_EQ(together["emotion"], surer["emotion"]);
  EXPECT_EQ(together["decided_by"], surer["decided_by"]);
  EXPECT_EQ(together["fused"], surer["fused"]);
  EXPECT_FALSE(sent({"tone.wav", "tone.wav", "face.jpg"}).first.contains("together"))
      << "which sound goes with the picture is not known";
  EXPECT_THAT(both["answers"][2]["error"], HasSubstr("the clip"));

  auto [none, refused] = sent({"notes.txt", "notes.txt"});
  EXPECT_EQ(refused, "422") << "none could be answered";
  EXPECT_EQ(none["answers"].size(), 2U);
  auto [many, too_many] = sent(std::vector<std::string>(17, "tone.wav"));
  EXPECT_EQ(too_many, "400");
  EXPECT_THAT(many["error"], HasSubstr("17 files"));
  expect_alive_and_tidy();
}

/// Files that are made to break a decoder, by name.
std::map<std::string, std::string> hostile_files(const fs::path& folder) {
  std::map<std::string, std::string> files;
  make_movie(folder / "whole.mp4");
  const std::string whole = read_file(folder / "whole.mp4");
  files["half an MP4"] = whole.substr(0, whole.size() / 2);
  files["an MP4's head"] = whole.substr(0, 40);
  std::string holes = whole;
  for (std::size_t i = 100; i < holes.size(); i += 37) holes[i] = static_cast<char>(i * 31);
  files["an MP4 with other bytes in it"] = holes;

  Random random(7);
  std::string noise(200'000, '\0');
  for (char& byte : noise) byte = static_cast<char>(random.below(256));
  files["noise"] = noise;
  for (const std::string magic :
       {"\x1A\x45\xDF\xA3", "fLaC", "RIFF\xff\xff\xff\xffWAVEfmt ", "RIFF....AVI LIST",
        "\x89PNG\r\n\x1a\n", "\xFF\xD8\xFF\xE0", "....ftypisom", "....moov"}) {
    files["noise behind the first bytes " + magic.substr(0, 4)] = magic + noise;
  }
  files["zeros"] = std::string(100'000, '\0');
  files["one byte"] = "x";
  files["text"] = "#EXTM3U\nfile:///etc/passwd\n";
  files["a concat script"] = "ffconcat version 1.0\nfile /etc/passwd\n";
  files["an HTML page"] = "<!doctype html><script>alert(1)</script>";

  // 65500 x 65500 pixels in a few hundred bytes.
  const auto jpeg = encode_jpeg(cv::Mat(8, 8, CV_8UC3, cv::Scalar(1, 2, 3)));
  std::string giant(reinterpret_cast<const char*>(jpeg.data()), jpeg.size());
  const auto frame = giant.find("\xFF\xC0");
  giant.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");
  files["a JPEG of 4 gigapixels"] = giant;
  std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xFF\xFF\0\0\xFF\xFF\x08\x02\0\0\0", 29);
  files["a PNG of 4 gigapixels"] = png + std::string(200, 'x');
  std::string long_wav(
      "RIFF\x24\0\0\x70WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0"
      "\x10\0data\0\0\0\x70",
      44);
  files["a WAV that says it has two gigabytes"] = long_wav + std::string(1000, 'x');

  std::vector<std::string> many = {"-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "0.1"};
  for (int i = 0; i < 1000; ++i) many.insert(many.end(), {"-map", "0:a"});
  many.insert(many.end(), {"-c:a", "pcm_s16le", (folder / "many.mkv").string()});
  run_ffmpeg(many);
  files["an MKV with a thousand streams"] = read_file(folder / "many.mkv");
  // Few bytes, and seventy thousand pictures to look at.
  make_movie(folder / "fast.mp4", {.seconds = 100, .rate = 1000, .size = "16x16", .sound = false});
  files["a movie of 1000 pictures a second"] = read_file(folder / "fast.mp4");
  make_movie(folder / "long.mp4", {.seconds = 130, .rate = 2});
  files["a movie of 130 s"] = read_file(folder / "long.mp4");
  return files;
}

TEST_F(Serve, HostileFilesEndInA4xxAndTheServerGoesOn) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  start();
  fs::create_directories(folder / "hostile");
  for (const auto& [name, bytes] : hostile_files(folder / "hostile")) {
    SCOPED_TRACE(name);
    const RawAnswer answer = predict(bytes, "?window=3&hop=1");
    // A damaged movie may hold enough that can be decoded.
    if (name == "an MP4 with other bytes in it" && answer.status == 200) continue;
    EXPECT_THAT(answer.status, AnyOf(413, 422)) << answer.body;
    const std::string error = nlohmann::json::parse(answer.body).at("error");
    EXPECT_THAT(error, HasSubstr("the clip"));
    EXPECT_THAT(error, Not(HasSubstr("/")));
  }
  expect_alive_and_tidy();
  EXPECT_EQ(predict(movie({})).status, 200);
}

TEST_F(Serve, TwoHundredRequestsHostileOnesAmongThemLoseNone) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  start();
  fs::create_directories(folder / "hostile");
  std::vector<std::string> hostile;
  for (auto& [name, bytes] : hostile_files(folder / "hostile")) hostile.push_back(std::move(bytes));
  const std::string good = movie({});
  const std::string expected = nlohmann::json::parse(predict(good).body)["fused"].dump();
  std::latch together(200);
  std::atomic<int> right = 0;
  std::vector<std::jthread> clients;
  for (std::size_t i = 0; i < 200; ++i) {
    clients.emplace_back([&, i] {
      const bool is_good = i % 4 != 3;
      const std::string& bytes = is_good ? good : hostile[i / 4 % hostile.size()];
      together.arrive_and_wait();
      RawAnswer answer = predict(bytes);
      for (int retry = 0; answer.status == 503 && retry < 60; ++retry) {
        std::this_thread::sleep_for(std::chrono::seconds(1));  // as Retry-After says
        answer = predict(bytes);
      }
      if (!is_good) {
        EXPECT_THAT(answer.status, AnyOf(200, 413, 422)) << answer.body;
        return;
      }
      ASSERT_EQ(answer.status, 200) << answer.body;
      // Whichever clips share its batch.
      EXPECT_EQ(nlohmann::json::parse(answer.body)["fused"].dump(), expected);
      ++right;
    });
  }
  clients.clear();
  EXPECT_EQ(right, 150);
  expect_alive_and_tidy();
}

TEST_F(Serve, EndsCleanlyOnCtrlCAndOnTermination) {
  for (const int signal : {SIGINT, SIGTERM}) {
    start();
    EXPECT_EQ(get(process->port(), "/healthz").status, 200);
    EXPECT_EQ(process->stop(signal), 0) << process->log();
  }
}

TEST_F(Serve, APortInUseIsASentenceAndStatus1) {
  start();
  const auto second = run_command({"aver-serve", "--audio", (models->path() / "audio").string(),
                                   "--threads", "1", "--port", std::to_string(process->port())});
  EXPECT_EQ(second.exit_status, 1);
  EXPECT_THAT(second.err, HasSubstr("the port is in use; choose another with --port"));
}

TEST_F(Serve, WithoutAModelThatWhichComesWithAverAnswersAndIsNamed) {
  const TemporaryFolder elsewhere;
  ServeProcess own(elsewhere.path(), {});
  EXPECT_THAT(own.log(), HasSubstr("no model is named"));
  EXPECT_EQ(own.stop(SIGTERM), 0);
}

TEST_F(Serve, BadUsageIsStatus2AndNamesTheOption) {
  const auto rule = run_command({"aver-serve", "--audio", "x", "--rule", "stacked"});
  EXPECT_EQ(rule.exit_status, 2);
  EXPECT_THAT(rule.err, HasSubstr("--rule"));
  EXPECT_EQ(run_command({"aver-serve", "--port", "-1", "--audio", "x"}).exit_status, 2);
  const auto missing = run_command({"aver-serve", "--audio", (folder / "no.safetensors").string()});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr("no.safetensors"));
}

TEST_F(Serve, ThePaperConfigShowsTheDefaults) {
  const auto defaults = run_command({"aver-serve", "--print-config"});
  EXPECT_EQ(defaults.exit_status, 0);
  const auto paper = run_command({"aver-serve", "--print-config", "--config",
                                  AVER_SOURCE_DIR "/configs/paper/aver-serve.toml"});
  EXPECT_EQ(paper.out, defaults.out) << paper.err;
}

}  // namespace
}  // namespace aver::test
