#include "serve/guard.h"

#include <gmock/gmock.h>

namespace aver {
namespace {

TEST(HostGuard, OnLoopbackOnlyItsOwnNamesAreKnownWithAnyPort) {
  const HostGuard guard("127.0.0.1", {});
  for (const char* host : {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:9000",
                           "localhost.:80", "[::1]", "[::1]:8080"}) {
    EXPECT_TRUE(guard.knows(host)) << host;
  }
  for (const char* host : {"", "evil.example", "evil.example:8080", "127.0.0.1.evil.example",
                           "localhost.evil.example", "192.168.1.5", "127.0.0.1:80:80", "[::1",
                           "localhost:80x", "localhost@evil.example", ":8080", "[::1]x"}) {
    EXPECT_FALSE(guard.knows(host)) << host;
  }
}

TEST(HostGuard, FurtherNamesAreKnownOnceAllowed) {
  const HostGuard guard("127.0.0.1", {"Lab-Machine", "fd00::5"});
  EXPECT_TRUE(guard.knows("lab-machine:8080"));
  EXPECT_TRUE(guard.knows("[fd00::5]:8080"));
  EXPECT_FALSE(guard.knows("lab-machine.evil.example"));
}

TEST(HostGuard, BeyondLoopbackAddressesAreKnownButNamesAreNot) {
  const HostGuard guard("0.0.0.0", {});
  EXPECT_TRUE(guard.knows("192.168.1.5:8080"));
  EXPECT_TRUE(guard.knows("[fd00::5]"));
  EXPECT_TRUE(guard.knows("localhost"));
  EXPECT_FALSE(guard.knows("evil.example"));
  EXPECT_FALSE(guard.knows("192.168.1.5.evil.example"));
}

TEST(HostGuard, LoopbackIsWhatOnlyThisMachineReaches) {
  for (const char* host : {"127.0.0.1", "127.8.8.8", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "192.168.1.5", "example.org", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(Origin, IsOwnOnlyWithTheNameAndPortOfTheHostHeader) {
  EXPECT_TRUE(same_origin("http://localhost:8080", "localhost:8080"));
  EXPECT_TRUE(same_origin("https://Demo.example", "demo.example"));
  EXPECT_FALSE(same_origin("http://localhost:3000", "localhost:8080"));
  EXPECT_FALSE(same_origin("http://evil.example", "localhost:8080"));
  EXPECT_FALSE(same_origin("null", "localhost:8080"));
  EXPECT_FALSE(same_origin("", ""));
  EXPECT_FALSE(same_origin("file://localhost:8080", "localhost:8080"));
}

}  // namespace
}  // namespace aver
