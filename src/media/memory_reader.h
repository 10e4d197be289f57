#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <span>

namespace aver {

/// A position in bytes in memory, moved as the libraries that read files move theirs.
class MemoryReader {
 public:
  explicit MemoryReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::int64_t size() const { return static_cast<std::int64_t>(bytes_.size()); }
  std::int64_t position() const { return position_; }

  /// Copies at most `count` bytes and returns how many; 0 at the end and behind it.
  std::int64_t read(void* out, std::int64_t count) {
    count = std::min(count, size() - position_);
    if (count <= 0) return 0;
    std::memcpy(out, bytes_.data() + position_, static_cast<std::size_t>(count));
    position_ += count;
    return count;
  }

  /// The new position, or -1 for one before the start. It may lie behind the end, as in a file:
  /// a damaged header points anywhere, and what it then reads must not depend on where bytes are
  /// kept. `whence` is SEEK_SET, SEEK_CUR or SEEK_END.
  std::int64_t seek(std::int64_t offset, int whence) {
    const std::int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position_ : size();
    constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
    if (offset < -base || offset > kLast - base) return -1;  // the sum must not overflow
    return position_ = base + offset;
  }

 private:
  std::span<const std::byte> bytes_;
  std::int64_t position_ = 0;
};

}  // namespace aver
