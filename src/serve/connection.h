#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace aver {

/// How long a client may take over what, and how much it may send.
struct ConnectionLimits {
  std::size_t head_bytes = 16 << 10;  ///< request line and headers
  std::size_t body_bytes = 0;         ///< as sent: a chunked body with its chunk sizes
  std::chrono::milliseconds head_patience{10'000};
  std::chrono::milliseconds crowded_patience{2'000};  ///< instead, while others wait for a thread
  std::chrono::milliseconds body_patience{60'000};    ///< for all of it
  std::chrono::milliseconds idle_patience{10'000};    ///< between two parts of a body or an answer
  std::size_t bytes_per_second = 16 << 10;            ///< of a body, at least, after idle_patience
};

/// One connection of one request. Every byte of it is read here, against a deadline for the whole
/// head and the whole body and a limit for each, so that a client that sends slowly, endlessly or
/// nothing at all gives its thread back.
class Connection {
 public:
  /// Asked while it waits.
  struct Pressure {
    std::function<bool()> crowded;  ///< other connections wait for a thread
    std::function<bool()> ending;   ///< the server is about to end
  };
  /// Takes over `socket` and closes it in the end.
  Connection(int socket, const ConnectionLimits& limits, Pressure pressure);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Number of bytes read, 0 at the end, -1 when there is nothing more to be had (see fault()).
  ssize_t read(char* buffer, std::size_t size);
  ssize_t write(const char* bytes, std::size_t size);

  /// From now on what arrives is the body.
  void begin_body();

  enum class Fault { none, too_slow, head_too_large, body_too_large, broken };
  Fault fault() const { return fault_; }

  int socket() const { return socket_; }
  std::chrono::steady_clock::time_point started() const { return started_; }

  /// Ends the conversation so that the client can still read the answer: closing a socket with
  /// unread bytes would reset it. Reads and drops a bounded amount for a bounded time.
  void close_gently();

 private:
  using Clock = std::chrono::steady_clock;
  ssize_t fill();
  Clock::time_point deadline() const;
  bool wait_readable();

  int socket_;
  ConnectionLimits limits_;
  Pressure pressure_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point body_started_;
  Clock::time_point last_read_ = Clock::now();
  bool in_body_ = false;
  std::size_t received_ = 0;                               ///< of this phase
  mutable std::optional<Clock::time_point> ending_since_;  ///< when it was first seen to end
  Fault fault_ = Fault::none;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace aver
