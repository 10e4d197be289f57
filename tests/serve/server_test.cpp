#include "serve/server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "raw_client.h"

// The whole server on a free port, with models that answer at once: what clients can do to it.
namespace aver::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Clips are words: "bad" and "long" fail as such clips do, "wait" holds its decoder.
class WordReader final : public ClipReader {
 public:
  explicit WordReader(std::atomic<bool>& open) : open_(open) {}

  ClipInput read(const MediaSource& source, const ReadOptions& options) override {
    const std::string word(reinterpret_cast<const char*>(source.bytes().data()),
                           source.bytes().size());
    if (word == "bad") throw Error("{} cannot be decoded", source.name());
    if (word == "long") throw LimitError("{} is longer than 120 s", source.name());
    if (word == "memory") throw std::bad_alloc();
    if (word == "bug") throw std::runtime_error("secret /home/someone/model");
    while (word == "wait" && !open_) std::this_thread::yield();
    ClipInput clip;
    clip.name = word;
    clip.seconds = options.window;
    clip.whole.pictures = options.picture ? 1 : 0;
    return clip;
  }

 private:
  std::atomic<bool>& open_;
};

std::vector<ClipEstimate> estimate_words(const std::vector<ClipInput>& clips) {
  std::vector<ClipEstimate> estimates;
  for (const ClipInput& clip : clips) {
    if (clip.name == "poison") throw std::runtime_error("secret /home/someone/model");
    ClipEstimate estimate;
    estimate.seconds = clip.seconds;
    if (clip.name != "empty") estimate.whole.fused = {.25, .75};
    if (clip.whole.pictures > 0) estimate.whole.visual = {.25, .75};
    estimate.whole.top = 1;
    estimates.push_back(estimate);
  }
  return estimates;
}

class ServerTest : public testing::Test {
 protected:
  void start(ServeConfig config = {}, bool visual = true, bool audio = true) {
    config.port = 0;
    config.max_megabytes = 1;
    if (config.slots == 0) config.slots = 2;
    service =
        std::make_unique<Service>(ServedModels{{"calm", "happy"},
                                               visual,
                                               audio,
                                               [&] { return std::make_unique<WordReader>(open); },
                                               estimate_words},
                                  config);
    server = std::make_unique<Server>(*service, config);
    thread = std::jthread([this] { server->run([this] { return stop.load(); }); });
  }
  void TearDown() override {
    open = true;
    stop = true;
  }
  int port() const { return server->port(); }
  RawAnswer predict(const std::string& word, const std::string& query = "") const {
    return post(port(), "/api/predict" + query, word);
  }
  static std::string error_of(const RawAnswer& answer) {
    return nlohmann::json::parse(answer.body).at("error");
  }
  void expect_alive() const { EXPECT_EQ(get(port(), "/healthz").body, "ok\n"); }

  std::atomic<bool> open = false;
  std::atomic<bool> stop = false;
  std::unique_ptr<Service> service;
  std::unique_ptr<Server> server;
  std::jthread thread;
};

TEST_F(ServerTest, AnswersAClipWithTheDistribution) {
  start();
  const RawAnswer answer = predict("hello", "?modality=both&window=3&hop=1");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto json = nlohmann::json::parse(answer.body);
  EXPECT_EQ(json["emotion"], "happy");
  EXPECT_EQ(json["fused"]["calm"], .25);
  EXPECT_EQ(json["seconds"], 3.0);
  EXPECT_GE(json["timing_ms"]["total"], json["timing_ms"]["decode"]);
  EXPECT_EQ(json["model"]["rule"], "max-confidence");
}

TEST_F(ServerTest, TakesFormsAndChunkedBodies) {
  start();
  EXPECT_EQ(post(port(), "/api/predict",
                 "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n"
                 "empty\r\n--b--\r\n",
                 "Content-Type: multipart/form-data; boundary=b\r\n")
                .status,
            422)
      << "the word in the form is 'empty'";
  EXPECT_EQ(talk(port(),
                 "POST /api/predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                 "\r\n2\r\nba\r\n1\r\nd\r\n0\r\n\r\n")
                .status,
            422)
      << "the word in the chunks is 'bad'";
}

TEST_F(ServerTest, EveryAnswerHasTheHeadersThatKeepItSafe) {
  start();
  for (const RawAnswer& answer : {get(port(), "/"), get(port(), "/nothing"), predict("bad"),
                                  talk(port(), "nonsense\r\n\r\n")}) {
    EXPECT_THAT(answer.head, HasSubstr("Content-Security-Policy: default-src 'none'; script-src "
                                       "'self'; style-src 'self';"));
    EXPECT_TRUE(answer.has_header("X-Content-Type-Options: nosniff")) << answer.head;
    EXPECT_TRUE(answer.has_header("Referrer-Policy: no-referrer"));
    EXPECT_TRUE(answer.has_header("Permissions-Policy: camera=(self), microphone=(self)"));
    EXPECT_TRUE(answer.has_header("Cross-Origin-Resource-Policy: same-origin"));
    EXPECT_TRUE(answer.has_header("Cache-Control: no-store"));
    EXPECT_TRUE(answer.has_header("Connection: close"));
  }
}

TEST_F(ServerTest, ServesThePageWithItsFilesAndNothingElse) {
  start();
  const RawAnswer page = get(port(), "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.has_header("Content-Type: text/html; charset=utf-8"));
  for (const char* file :
       {"/app.js", "/recorder.js", "/result.js", "/timeline.js", "/style.css", "/icon.svg"}) {
    EXPECT_EQ(get(port(), file).status, 200) << file;
  }
  for (const char* path : {"/index.html", "/../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd",
                           "/api", "/api/predict/", "/app.js%00"}) {
    EXPECT_EQ(get(port(), path).status, 404) << path;
  }
}

TEST_F(ServerTest, OtherMethodsAreRefusedWithTheRightOneNamed) {
  start();
  const RawAnswer get_predict = get(port(), "/api/predict");
  EXPECT_EQ(get_predict.status, 405);
  EXPECT_TRUE(get_predict.has_header("Allow: POST"));
  EXPECT_EQ(post(port(), "/healthz", "x").status, 405);
  EXPECT_EQ(post(port(), "/nothing", "x").status, 404);
  for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"}) {
    const auto answer = talk(port(), fmt::format("{} /api/predict HTTP/1.1\r\nHost: localhost\r\n"
                                                 "Transfer-Encoding: chunked\r\n\r\n",
                                                 method));
    EXPECT_EQ(answer.status, 405) << method;
  }
  const auto head = talk(port(), "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

TEST_F(ServerTest, StrangeHostsAndForeignOriginsAreForbidden) {
  start();
  for (const char* lines :
       {"Host: evil.example\r\n", "", "Host: localhost\r\nHost: localhost\r\n"}) {
    EXPECT_EQ(talk(port(), fmt::format("GET / HTTP/1.1\r\n{}\r\n", lines)).status, 403) << lines;
  }
  for (const char* origin : {"http://evil.example", "null", "http://localhost:1"}) {
    EXPECT_EQ(post(port(), "/api/predict", "hello", fmt::format("Origin: {}\r\n", origin)).status,
              403)
        << origin;
  }
  EXPECT_EQ(
      post(port(), "/api/predict", "hello", fmt::format("Origin: http://localhost:{}\r\n", port()))
          .status,
      200);
}

TEST_F(ServerTest, BadParametersAreNamed) {
  start();
  for (const char* query : {"?modality=smell", "?window=-1", "?window=abc", "?window=0.1",
                            "?window=nan", "?window=inf", "?window=1e9", "?window=3&hop=0.1",
                            "?window=3&hop=0", "?colour=red", "?window=3&window=4"}) {
    const RawAnswer answer = predict("hello", query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_NE(error_of(answer), "") << query;
  }
  EXPECT_EQ(predict("").status, 400);
}

TEST_F(ServerTest, AModelThatIsNotThereIsNotAskedFor) {
  start({}, false, true);
  EXPECT_EQ(predict("hello", "?modality=visual").status, 400);
  EXPECT_EQ(predict("hello", "?modality=audio").status, 200);
  const auto both = nlohmann::json::parse(predict("hello").body);
  EXPECT_TRUE(both["visual"].is_null());
  const auto models = nlohmann::json::parse(get(port(), "/api/models").body);
  EXPECT_FALSE(models["visual"]);
  EXPECT_TRUE(models["audio"]);
  EXPECT_EQ(models["limits"]["megabytes"], 1);
}

TEST_F(ServerTest, ClipsThatFailEndInA4xxThatRevealsNothing) {
  start();
  const RawAnswer bad = predict("bad");
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(error_of(bad), "the clip cannot be decoded");
  EXPECT_EQ(predict("empty").status, 422);
  EXPECT_EQ(predict("long").status, 413);
  const RawAnswer memory = predict("memory");
  EXPECT_EQ(memory.status, 503);
  EXPECT_TRUE(memory.has_header("Retry-After: 1"));
  for (const char* word : {"bug", "poison"}) {
    const RawAnswer answer = predict(word);
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.head + answer.body, Not(HasSubstr("secret")));
  }
  expect_alive();
}

TEST_F(ServerTest, BodiesAreCutAtTheLimitWhateverTheirLengthWasSaidToBe) {
  start();
  const std::string two_megabytes(2 << 20, 'x');
  const RawAnswer announced = predict(two_megabytes);
  EXPECT_EQ(announced.status, 413);
  EXPECT_EQ(error_of(announced), "the clip is larger than 1 MB");

  RawClient chunked(port());
  chunked.send(
      "POST /api/predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.send(fmt::format("{:x}\r\n", two_megabytes.size()));
  chunked.send(two_megabytes);
  EXPECT_EQ(chunked.receive().status, 413);

  RawClient endless(port());
  endless.send(
      "POST /api/predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string small_chunks;
  for (int i = 0; i < 1000; ++i) small_chunks += "5\r\nhello\r\n";
  for (int i = 0; i < 1000 && endless.send(small_chunks); ++i) continue;
  EXPECT_EQ(endless.receive().status, 413);
  expect_alive();
}

TEST_F(ServerTest, BodiesWhoseLengthMakesNoSenseAreRefused) {
  start();
  const auto with = [&](const std::string& lines, const std::string& body = "hello") {
    return talk(port(), "POST /api/predict HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n" + body)
        .status;
  };
  EXPECT_EQ(with("Content-Length: -5\r\n"), 400);
  EXPECT_EQ(with("Content-Length: five\r\n"), 400);
  EXPECT_EQ(with("Content-Length: 5\r\nContent-Length: 4\r\n"), 400);
  EXPECT_EQ(with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
  EXPECT_EQ(with("Content-Length: 99999999999999999999999\r\n"), 413);
  EXPECT_EQ(with("Content-Length: 9223372036854775807\r\n"), 413);
  EXPECT_EQ(with("Transfer-Encoding: gzip, chunked\r\n"), 400);
  EXPECT_EQ(with("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n"), 400);
  EXPECT_EQ(with("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\nhello\r\n"), 400);
  EXPECT_EQ(with("Content-Length: 5\r\nContent-Encoding: gzip\r\n"), 415);
  EXPECT_EQ(with(""), 400);
  expect_alive();
}

TEST_F(ServerTest, ABodyThatEndsTooEarlyIsRefused) {
  start();
  RawClient client(port());
  client.send("POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhello");
  client.end_sending();
  const RawAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(error_of(answer), "the clip did not arrive whole");
}

TEST_F(ServerTest, WhatFollowsARequestIsNeverReadAsAnother) {
  start();
  const RawAnswer answer = talk(port(),
                                "POST /api/predict HTTP/1.1\r\nHost: localhost\r\n"
                                "Content-Length: 5\r\n\r\nhello"
                                "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, Not(HasSubstr("HTTP/1.1")));
}

TEST_F(ServerTest, HeadsThatAreTooLargeOrNoHeadsAreRefused) {
  start();
  const std::string long_line(100'000, 'a');
  EXPECT_EQ(
      talk(port(), "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + long_line + "\r\n\r\n").status,
      431);
  std::string many = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 10'000; ++i) many += fmt::format("X{}: y\r\n", i);
  EXPECT_EQ(talk(port(), many + "\r\n").status, 431);
  EXPECT_EQ(talk(port(), "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .status,
            414);
  EXPECT_EQ(talk(port(), "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 400);
  EXPECT_EQ(talk(port(), std::string("\x16\x03\x01\x02\0\x01\n", 7) + "\r\n\r\n").status, 400);
  std::string ranges = "bytes=0-1";
  while (ranges.size() < 8000) ranges += ",0-1";
  const RawAnswer page =
      talk(port(), "GET / HTTP/1.1\r\nHost: localhost\r\nRange: " + ranges + "\r\n\r\n");
  EXPECT_LT(page.body.size(), 100'000U);
  expect_alive();
}

TEST_F(ServerTest, BeyondTheSlotsClipsAreSentAwayWithATimeToRetry) {
  ServeConfig config;
  config.slots = 1;
  start(config);
  RawClient holding(port());
  holding.send("POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nwait");
  while (get(port(), "/metrics").body.find("aver_slots_in_use 1\n") == std::string::npos) continue;
  const RawAnswer busy = predict("hello");
  EXPECT_EQ(busy.status, 503);
  EXPECT_TRUE(busy.has_header("Retry-After: 1"));
  open = true;
  EXPECT_EQ(holding.receive().status, 200);
  EXPECT_EQ(predict("hello").status, 200);
  EXPECT_THAT(get(port(), "/metrics").body, HasSubstr("aver_rejected_total{reason=\"slots\"} 1\n"));
}

TEST_F(ServerTest, ClientsThatSendNothingOrSlowlyDoNotKeepOthersOut) {
  start();
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(std::make_unique<RawClient>(port()));
    if (i % 2 == 1) idle.back()->send("GET / HTTP/1.1\r\nHost: local");
    if (i % 4 == 2) {
      idle.back()->send(
          "POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx");
    }
  }
  expect_alive();
  EXPECT_EQ(predict("hello").status, 200);
}

TEST_F(ServerTest, TwoHundredRequestsSideBySideAllGetTheirAnswer) {
  start();
  const std::vector<std::pair<std::string, int>> kinds = {
      {"hello", 200}, {"bad", 422}, {"long", 413}, {"empty", 422}, {"poison", 500}};
  std::atomic<int> lost = 0;
  std::latch together(200);
  std::vector<std::jthread> clients;
  for (std::size_t i = 0; i < 200; ++i) {
    clients.emplace_back([&, i] {
      const auto& [word, expected] = kinds[i % kinds.size()];
      together.arrive_and_wait();
      RawAnswer answer = predict(word);
      for (int retry = 0; answer.status == 503 && retry < 30; ++retry) {
        std::this_thread::sleep_for(std::chrono::seconds(1));  // as Retry-After says
        answer = predict(word);
      }
      if (answer.status != expected) {
        ++lost;
        ADD_FAILURE() << word << ": " << answer.status << " " << answer.body;
      }
    });
  }
  clients.clear();
  EXPECT_EQ(lost, 0);
  expect_alive();
}

TEST_F(ServerTest, FinishesOpenRequestsBeforeItEnds) {
  start();
  RawClient client(port());
  client.send("POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nwait");
  while (get(port(), "/metrics").body.find("aver_slots_in_use 1\n") == std::string::npos) continue;
  stop = true;
  open = true;
  EXPECT_EQ(client.receive().status, 200);
  thread.join();
  EXPECT_THROW(RawClient{port()}, std::runtime_error);
}

TEST_F(ServerTest, APortInUseIsSaid) {
  start();
  ServeConfig config;
  config.port = port();
  try {
    Server second(*service, config);
    ADD_FAILURE() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the port is in use; choose another with --port"));
  }
}

TEST(ServeConfigCheck, EveryProblemIsListedAtOnce) {
  ServeConfig config;
  config.port = 70000;
  config.max_seconds = 0;
  try {
    config.validate();
    ADD_FAILURE();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("--visual or --audio"), HasSubstr("--port"),
                                             HasSubstr("--max-seconds")));
  }
}

}  // namespace
}  // namespace aver::test
