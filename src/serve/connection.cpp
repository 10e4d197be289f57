#include "serve/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aver {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;
constexpr std::size_t kDrainedBytes = 256 << 20;
constexpr std::chrono::milliseconds kDrain{3'000};
constexpr std::chrono::milliseconds kHurriedDrain{300};
/// What the rest of a body gets when the server is about to end.
constexpr std::chrono::milliseconds kEndingBody{5'000};
/// How often a waiting thread looks whether it has to hurry.
constexpr std::chrono::milliseconds kLook{100};

bool wait_for(int socket, short events, std::chrono::milliseconds patience) {
  pollfd entry{socket, events, 0};
  const int ready = ::poll(&entry, 1, static_cast<int>(std::max<long>(0, patience.count())));
  return ready > 0;
}

std::chrono::milliseconds until(std::chrono::steady_clock::time_point time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time - std::chrono::steady_clock::now());
}

}  // namespace

Connection::Connection(int socket, const ConnectionLimits& limits, Pressure pressure)
    : socket_(socket), limits_(limits), pressure_(std::move(pressure)), buffer_(kBufferBytes) {}

Connection::~Connection() {
  ::close(socket_);
}

Connection::Clock::time_point Connection::deadline() const {
  if (in_body_) {
    // Bytes now and then keep nobody here: a body has to come at a certain rate, too.
    const auto for_bytes = std::chrono::milliseconds(1000 * received_ / limits_.bytes_per_second);
    const auto time = std::min({body_started_ + limits_.body_patience,
                                body_started_ + limits_.idle_patience + for_bytes,
                                last_read_ + limits_.idle_patience});
    if (!pressure_.ending()) return time;
    if (!ending_since_) ending_since_ = Clock::now();
    return std::min({time, *ending_since_ + kEndingBody, last_read_ + limits_.crowded_patience});
  }
  if (pressure_.ending()) return started_ + kLook;  // what was sent before is still read
  return started_ + (pressure_.crowded() ? limits_.crowded_patience : limits_.head_patience);
}

bool Connection::wait_readable() {
  while (true) {
    const auto left = until(deadline());
    if (wait_for(socket_, POLLIN, std::clamp(left, std::chrono::milliseconds(0), kLook))) {
      return true;
    }
    if (left.count() <= 0) return false;
  }
}

ssize_t Connection::fill() {
  const std::size_t limit = in_body_ ? limits_.body_bytes : limits_.head_bytes;
  if (received_ >= limit) {
    fault_ = in_body_ ? Fault::body_too_large : Fault::head_too_large;
    return -1;
  }
  // A client that sends a byte now and then is always readable: the deadline counts as well.
  if (until(deadline()).count() <= 0 || !wait_readable()) {
    fault_ = Fault::too_slow;
    return -1;
  }
  ssize_t count = 0;
  do {
    count = ::recv(socket_, buffer_.data(), std::min(buffer_.size(), limit - received_), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) fault_ = Fault::broken;
  if (count > 0) {
    begin_ = 0;
    end_ = static_cast<std::size_t>(count);
    received_ += end_;
    last_read_ = Clock::now();
  }
  return count;
}

ssize_t Connection::read(char* buffer, std::size_t size) {
  if (fault_ != Fault::none) return -1;
  if (begin_ == end_) {
    if (const ssize_t count = fill(); count <= 0) return count;
  }
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(buffer, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* bytes, std::size_t size) {
  while (true) {
    if (!wait_for(socket_, POLLOUT, limits_.idle_patience)) return -1;
    const ssize_t count = ::send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) return count;
    if (errno != EINTR && errno != EAGAIN) return -1;
  }
}

void Connection::begin_body() {
  in_body_ = true;
  body_started_ = last_read_ = Clock::now();
  received_ = end_ - begin_;  // what came along with the head
}

void Connection::close_gently() {
  ::shutdown(socket_, SHUT_WR);
  const auto begun = Clock::now();
  std::size_t drained = 0;
  while (drained < kDrainedBytes) {
    const auto left =
        until(begun + (pressure_.ending() || pressure_.crowded() ? kHurriedDrain : kDrain));
    if (left.count() <= 0) return;
    if (!wait_for(socket_, POLLIN, std::min(left, kLook))) continue;
    const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) return;
    drained += static_cast<std::size_t>(std::max<ssize_t>(0, count));
  }
}

}  // namespace aver
