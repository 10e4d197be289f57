#include "media/media_source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

namespace aver {
namespace {

std::string first_bytes(const MediaSource& source) {
  std::array<char, 12> bytes{};
  std::size_t count = std::min(bytes.size(), source.bytes().size());
  if (source.in_memory()) {
    std::copy_n(reinterpret_cast<const char*>(source.bytes().data()), count, bytes.begin());
  } else {
    stamp_of(source.path());  // a missing file is named with the system's own reason
    std::ifstream file(source.path(), std::ios::binary);
    if (!file) {
      throw Error("cannot read {}: {}", source.name(), std::generic_category().message(errno));
    }
    file.read(bytes.data(), bytes.size());
    count = static_cast<std::size_t>(file.gcount());
  }
  return {bytes.data(), count};
}

}  // namespace

void MediaLimits::check(const std::string& name, double length_seconds) const {
  if (length_seconds > seconds) {
    throw LimitError("{} is longer than the {:g} s that are taken", name, seconds);
  }
  const bool bounded = deadline != std::chrono::steady_clock::time_point::max();
  if (bounded && std::chrono::steady_clock::now() > deadline) {
    throw LimitError("{} takes too long to decode", name);
  }
}

MediaSource::MediaSource(fs::path path, MediaLimits limits)
    : name_(path.string()), path_(std::move(path)), limits_(limits) {}

MediaSource::MediaSource(std::span<const std::byte> bytes, std::string name, MediaLimits limits)
    : name_(std::move(name)), bytes_(bytes), in_memory_(true), limits_(limits) {}

std::uintmax_t MediaSource::size() const {
  return in_memory_ ? bytes_.size() : stamp_of(path_).size;
}

MediaKind kind_of(const MediaSource& source) {
  const std::string head = first_bytes(source);
  const auto at = [&](std::size_t offset, std::string_view magic) {
    return head.size() >= offset + magic.size() && head.compare(offset, magic.size(), magic) == 0;
  };
  if (at(0, "\xFF\xD8\xFF") || at(0, "\x89PNG")) return MediaKind::picture;
  if (at(0, "fLaC") || (at(0, "RIFF") && at(8, "WAVE"))) return MediaKind::sound;
  if (at(0, "\x1A\x45\xDF\xA3") || (at(0, "RIFF") && at(8, "AVI "))) return MediaKind::container;
  for (const char* box : {"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"}) {
    if (at(4, box)) return MediaKind::container;
  }
  return MediaKind::unknown;
}

}  // namespace aver
