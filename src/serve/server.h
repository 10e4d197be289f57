#pragma once

#include <functional>
#include <memory>
#include <string>

#include "serve/service.h"

namespace aver {

/// A service on a TCP port. One request per connection, a fixed number of threads, every byte
/// against a limit and a deadline.
class Server {
 public:
  /// Listens. Throws Error when the address cannot be had, which the message explains.
  explicit Server(Service& service, const ServeConfig& config);
  ~Server();

  /// Where to find the page, "http://127.0.0.1:8080/".
  const std::string& url() const { return url_; }
  int port() const { return port_; }

  /// Answers until `should_stop` says so (asked ten times a second), then finishes the requests
  /// that are open.
  void run(const std::function<bool()>& should_stop);

 private:
  struct Http;
  std::unique_ptr<Http> http_;
  std::string url_;
  int port_ = 0;
};

}  // namespace aver
