#pragma once

#include <string>
#include <string_view>

namespace aver::test {

/// What came back over a connection; status 0 when nothing did.
struct RawAnswer {
  int status = 0;
  std::string head;  ///< status line and headers
  std::string body;

  bool has_header(const std::string& line) const;  ///< "Name: value"
};

/// A TCP connection to 127.0.0.1 that sends whatever it is told to.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False once the other side has closed.
  bool send(std::string_view bytes);
  /// Reads until this is there; receive() gives it with the rest.
  void wait_for(std::string_view text);
  /// Reads until the other side closes (at most 60 s).
  RawAnswer receive();
  /// Sends no more.
  void end_sending();

 private:
  bool receive_some();

  int socket_;
  std::string text_;  ///< that came
};

/// Sends these bytes and reads the answer.
RawAnswer talk(int port, std::string_view request);
RawAnswer get(int port, const std::string& path);
/// A POST with a Content-Length. `headers`: further lines, each with its "\r\n".
RawAnswer post(int port, const std::string& path, std::string_view body,
               const std::string& headers = "");

}  // namespace aver::test
