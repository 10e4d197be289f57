#include "standard_streams.h"

#include <cstdio>
#include <vector>

#include "base/error.h"

namespace aver::cli {

std::string all_of_standard_input() {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  std::string bytes;
  std::vector<char> part(1 << 16);
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), stdin)) {
    bytes.append(part.data(), count);
    if (bytes.size() > kMost) throw Error("more than 1 GiB on standard input: give a file instead");
  }
  return bytes;
}

void write_to_stdout(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error("cannot write to standard output");
  }
}

}  // namespace aver::cli
