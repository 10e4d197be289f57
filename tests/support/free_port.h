#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace aver::test {

/// A port of this machine that nobody else listens at, taken until the end of its scope: who
/// connects hears nothing.
class HeldPort {
 public:
  HeldPort() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), length);
    ::listen(listener_, 1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    number_ = ntohs(address.sin_port);
  }
  ~HeldPort() { ::close(listener_); }
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  int listener_;
  std::uint16_t number_ = 0;
};

/// A port of this machine that nobody listens at just now.
inline std::uint16_t free_port() {
  return HeldPort().number();
}

/// Whether somebody listens at a port of this machine.
inline bool is_listening(std::uint16_t port) {
  const int caller = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool taken =
      ::connect(caller, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(caller);
  return taken;
}

}  // namespace aver::test
