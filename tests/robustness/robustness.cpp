#include "robustness.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace aver::robustness {
namespace {

/// Texts of libraries, which tell a user nothing that can be acted on.
constexpr const char* kForeignWords[] = {"[json.exception", "basic_string::", "std::bad_alloc",
                                         "vector::_M_",     "what():",        "filesystem error:"};

/// A folder that goes with the process.
struct OwnFolder {
  OwnFolder() {
    const fs::path base = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    path = base / ("aver-fuzz-" + std::to_string(::getpid()));
    fs::create_directories(path);
  }
  ~OwnFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  fs::path path;
};

void require_sentence(std::string_view message, std::string_view input) {
  require(!message.empty(), "an error without words");
  require(message.size() < 20000, "an error of more than 20,000 characters");
  for (const char letter : message) {
    const auto code = static_cast<unsigned char>(letter);
    require((code >= 0x20 && code != 0x7f) || letter == '\n' || letter == '\t',
            "an error that steers the terminal");
  }
  for (const char* words : kForeignWords) {
    // An error may quote its input, and the fuzzer tries what its target looks for.
    require(message.find(words) == std::string_view::npos ||
                input.find(words) != std::string_view::npos,
            message);
  }
}

}  // namespace

void require(bool holds, std::string_view words) {
  if (holds) return;
  std::fprintf(stderr, "FINDING: %.*s\n",
               static_cast<int>(std::min<std::size_t>(words.size(), 2000)), words.data());
  std::abort();
}

void answered(std::string_view input, const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    require_sentence(error.what(), input);
  }
}

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

std::vector<std::string_view> parts_of(std::string_view input, std::size_t count) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count && input.find('\0') != std::string_view::npos) {
    parts.push_back(input.substr(0, input.find('\0')));
    input.remove_prefix(parts.back().size() + 1);
  }
  parts.push_back(input);
  parts.resize(count);
  return parts;
}

fs::path own_folder() {
  static const OwnFolder folder;
  return folder.path;
}

fs::path put(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  require(static_cast<bool>(file), "the folder in memory is full");
  return path;
}

}  // namespace aver::robustness
