#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server_fixture.h"

// Requests that are no good.
namespace aver::test {
namespace {

using testing::HasSubstr;
using testing::Not;

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

}  // namespace
}  // namespace aver::test
