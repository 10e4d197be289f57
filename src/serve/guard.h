#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// Under which names the server may be addressed. A page of another site that points its own name
/// at 127.0.0.1 (DNS rebinding) still sends that name in the Host header; only names that belong to
/// this server are answered.
class HostGuard {
 public:
  /// `bound` is the address it listens on. On the loopback interface "localhost", "127.0.0.1" and
  /// "[::1]" are its names; beyond it every IP address is one too (an address cannot be rebound).
  /// `allowed` are further names, such as that of this machine.
  HostGuard(const std::string& bound, const std::vector<std::string>& allowed);

  /// `host` is a Host header: a name or an address, with or without a port.
  bool knows(std::string_view host) const;

 private:
  bool any_address_ = false;
  std::vector<std::string> names_;
};

/// True for addresses that only this machine reaches: 127.0.0.0/8, ::1 and "localhost".
bool is_loopback(const std::string& host);

/// True when an Origin header is that of a page this server sent itself, addressed as in the Host
/// header. Browsers send Origin with every POST; programs such as curl send none.
bool same_origin(std::string_view origin, std::string_view host);

}  // namespace aver
