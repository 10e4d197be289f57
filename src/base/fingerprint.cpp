#include "base/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace aver {

void Fingerprint::add(std::span<const std::byte> bytes) {
  constexpr std::uint64_t kPrime = 0x100000001b3ULL;
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), count);
    hash_ = (hash_ ^ word) * kPrime;
    hash_ ^= hash_ >> 32;
    bytes = bytes.subspan(count);
  }
}

void Fingerprint::add(const std::string& text) {
  add(std::as_bytes(std::span(text)));
  const std::uint64_t size = text.size();  // so that "ab","c" is not "a","bc"
  add(std::as_bytes(std::span(&size, 1)));
}

void Fingerprint::add(const std::string& name, const FileStamp& stamp) {
  add(fmt::format("{} {} {}\n", name, stamp.size, stamp.modified));
}

std::string Fingerprint::text() const {
  return fmt::format("{:016x}", hash_);
}

std::string content_mark(std::span<const std::byte> bytes) {
  Fingerprint print;
  print.add(bytes);
  return fmt::format("{}-{}", bytes.size(), print.text());
}

std::string content_mark_of(const fs::path& path) {
  const std::string content = read_file(path);
  return content_mark(std::as_bytes(std::span(content)));
}

std::optional<std::uintmax_t> size_in_mark(const std::string& mark) {
  const auto size = parse_integer(mark.substr(0, mark.find('-')));
  return size && *size >= 0 ? std::optional<std::uintmax_t>(*size) : std::nullopt;
}

std::string fingerprint_of_file(const fs::path& path) {
  Fingerprint content;
  content.add(read_file(path));
  return content.text();
}

std::string fingerprint_of_files(const fs::path& path) {
  if (!fs::is_directory(path)) return fingerprint_of_file(path);
  Fingerprint files;
  for (const fs::path& file : list_files(path)) files.add(file.string(), stamp_of(file));
  return files.text();
}

}  // namespace aver
