#include "standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/error.h"

namespace aver::cli {

void hold_standard_streams() {
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    // The lowest number that is free is this one. Opened the wrong way round, so that whoever uses
    // it is told, as of a closed one.
    ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

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

std::size_t part_of_standard_input(std::span<std::byte> into, bool (*stop)()) {
  while (!stop()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, -1) < 0 && errno == EINTR) continue;  // a signal that `stop` may know of
    const auto count = ::read(STDIN_FILENO, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN) {
      throw Error("cannot read standard input: {}", std::strerror(errno));
    }
  }
  return 0;
}

void write_to_stdout(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error("cannot write to standard output");
  }
}

}  // namespace aver::cli
