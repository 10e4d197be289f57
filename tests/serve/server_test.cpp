#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "server_fixture.h"

// Answers, load, beginning and end.
namespace aver::test {
namespace {

using testing::HasSubstr;
using testing::Not;

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
