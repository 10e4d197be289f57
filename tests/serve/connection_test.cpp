#include "serve/connection.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

namespace aver {
namespace {

using std::chrono::milliseconds;

/// A connection and the client's end of it.
class ConnectionTest : public testing::Test {
 protected:
  void connect(const ConnectionLimits& limits) {
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    connection = std::make_unique<Connection>(
        ends[0], limits,
        Connection::Pressure{[this] { return crowded.load(); }, [this] { return ending.load(); }});
  }
  void TearDown() override {
    connection.reset();
    ::close(ends[1]);
  }
  void send(const std::string& bytes) const {
    EXPECT_EQ(::send(ends[1], bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// Everything that can be read, until the end or a fault.
  std::string read_all() const {
    std::string text;
    char buffer[100];
    ssize_t count = 0;
    while ((count = connection->read(buffer, sizeof(buffer))) > 0) text.append(buffer, count);
    return text;
  }

  /// The same with a client that sends a byte now and then.
  std::string read_while_dripping() const {
    std::atomic<bool> done = false;
    std::jthread dripping([&] {
      while (!done) {
        send("x");
        std::this_thread::sleep_for(milliseconds(5));
      }
    });
    std::string text = read_all();
    done = true;
    return text;
  }

  int ends[2] = {-1, -1};
  std::atomic<bool> crowded = false;
  std::atomic<bool> ending = false;
  std::unique_ptr<Connection> connection;
};

constexpr milliseconds kLong{60'000};
constexpr milliseconds kShort{20};

TEST_F(ConnectionTest, ReadsWhatIsSentUntilTheEnd) {
  connect({.body_bytes = 100});
  send("hello");
  ::shutdown(ends[1], SHUT_WR);
  EXPECT_EQ(read_all(), "hello");
  EXPECT_EQ(connection->fault(), Connection::Fault::none);
}

TEST_F(ConnectionTest, AHeadThatDoesNotComeIsTooSlow) {
  connect({.body_bytes = 100, .head_patience = kShort});
  send("GET");
  EXPECT_EQ(read_all(), "GET");
  EXPECT_EQ(connection->fault(), Connection::Fault::too_slow);
}

TEST_F(ConnectionTest, WhileOthersWaitItIsTooSlowSooner) {
  connect({.body_bytes = 100, .head_patience = kLong, .crowded_patience = kShort});
  std::jthread others([this] { crowded = true; });
  read_all();
  EXPECT_EQ(connection->fault(), Connection::Fault::too_slow);
}

TEST_F(ConnectionTest, AByteNowAndThenDoesNotExtendTheDeadline) {
  connect({.body_bytes = 1 << 20, .body_patience = milliseconds(200), .idle_patience = kLong});
  connection->begin_body();
  EXPECT_NE(read_while_dripping(), "");
  EXPECT_EQ(connection->fault(), Connection::Fault::too_slow);
}

TEST_F(ConnectionTest, ABodyHasToComeAtACertainRate) {
  connect({.body_bytes = 1 << 20,
           .body_patience = kLong,
           .idle_patience = milliseconds(200),
           .bytes_per_second = 1 << 20});
  connection->begin_body();
  EXPECT_NE(read_while_dripping(), "");
  EXPECT_EQ(connection->fault(), Connection::Fault::too_slow);
}

TEST_F(ConnectionTest, AClientThatDripsDoesNotKeepTheServerFromEnding) {
  connect({.body_bytes = 1 << 20, .body_patience = kLong, .idle_patience = kLong});
  connection->begin_body();
  ending = true;
  read_while_dripping();
  EXPECT_EQ(connection->fault(), Connection::Fault::too_slow);
}

TEST_F(ConnectionTest, ABodyThatPausesIsTooSlow) {
  connect({.body_bytes = 100, .body_patience = kLong, .idle_patience = kShort});
  connection->begin_body();
  send("hel");
  EXPECT_EQ(read_all(), "hel");
  EXPECT_EQ(connection->fault(), Connection::Fault::too_slow);
}

TEST_F(ConnectionTest, HeadAndBodyHaveALimitEach) {
  connect({.head_bytes = 10, .body_bytes = 15});
  send("0123456789");
  char head[4];
  ASSERT_EQ(connection->read(head, 4), 4);
  connection->begin_body();  // six bytes of it came along with the head
  send("0123456789");
  EXPECT_EQ(read_all(), "456789012345678");
  EXPECT_EQ(connection->fault(), Connection::Fault::body_too_large);
}

TEST_F(ConnectionTest, AnEndlessHeadIsTooLarge) {
  connect({.head_bytes = 10, .body_bytes = 15});
  send(std::string(1000, 'a'));
  EXPECT_EQ(read_all(), std::string(10, 'a'));
  EXPECT_EQ(connection->fault(), Connection::Fault::head_too_large);
}

}  // namespace
}  // namespace aver
