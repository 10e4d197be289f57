#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace aver {

/// A number that changes when the bytes do (FNV-1a over 64-bit words).
class Fingerprint {
 public:
  void add(std::span<const std::byte> bytes);
  void add(const std::string& text);
  std::string text() const;

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace aver
