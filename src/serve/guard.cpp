#include "serve/guard.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/text.h"

namespace aver {
namespace {

/// "Example.org.:8080" → "example.org", "[::1]:80" → "::1"; "" for what is neither.
std::string name_in(std::string_view host) {
  std::string_view name = host;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return {};
    name = host.substr(1, end - 1);
    port = host.substr(end + 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  const bool digits = std::all_of(port.begin(), port.end(), [&](const char& c) {
    return (&c == port.data() && c == ':') || (c >= '0' && c <= '9');
  });
  if (!digits || (!port.empty() && port.front() != ':')) return {};
  std::string lower = to_lower(name);
  if (lower.ends_with('.')) lower.pop_back();
  return lower;
}

bool is_address(const std::string& name) {
  in6_addr buffer{};
  return inet_pton(AF_INET, name.c_str(), &buffer) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &buffer) == 1;
}

}  // namespace

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  if (inet_pton(AF_INET6, host.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
  return to_lower(host) == "localhost";
}

HostGuard::HostGuard(const std::string& bound, const std::vector<std::string>& allowed)
    : any_address_(!is_loopback(bound)), names_{"localhost", "127.0.0.1", "::1"} {
  names_.push_back(to_lower(bound));
  for (const std::string& name : allowed) {
    // A bare IPv6 address is a name here, while a Host header has it in brackets.
    names_.push_back(is_address(name) ? to_lower(name) : name_in(name));
  }
}

bool HostGuard::knows(std::string_view host) const {
  const std::string name = name_in(host);
  if (name.empty()) return false;
  if (any_address_ && is_address(name)) return true;
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

bool same_origin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return to_lower(origin.substr(scheme.size())) == to_lower(host);
  }
  return false;
}

}  // namespace aver
