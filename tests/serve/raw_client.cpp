#include "raw_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace aver::test {

bool RawAnswer::has_header(const std::string& line) const {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

RawClient::RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to the server");
  }
}

RawClient::~RawClient() {
  ::close(socket_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::end_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void RawClient::wait_for(std::string_view text) {
  while (text_.find(text) == std::string::npos && receive_some()) {
  }
}

bool RawClient::receive_some() {
  std::array<char, 16384> buffer{};
  pollfd entry{socket_, POLLIN, 0};
  if (::poll(&entry, 1, 60'000) <= 0) return false;
  const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  text_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

RawAnswer RawClient::receive() {
  while (receive_some()) {
  }
  const std::string& text = text_;
  RawAnswer answer;
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos || !text.starts_with("HTTP/1.1 ")) return answer;
  answer.head = text.substr(0, end + 2);
  answer.body = text.substr(end + 4);
  answer.status = std::stoi(text.substr(9, 3));
  return answer;
}

RawAnswer talk(int port, std::string_view request) {
  RawClient client(port);
  client.send(request);
  return client.receive();
}

RawAnswer get(int port, const std::string& path) {
  return talk(port, fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", path));
}

RawAnswer post(int port, const std::string& path, std::string_view body,
               const std::string& headers) {
  RawClient client(port);
  client.send(fmt::format("POST {} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: {}\r\n{}\r\n",
                          path, port, body.size(), headers));
  client.send(body);
  return client.receive();
}

}  // namespace aver::test
