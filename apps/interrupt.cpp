#include "interrupt.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

namespace aver::cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
constexpr std::array<std::string_view, 3> kNames = {"SIGINT", "SIGTERM", "SIGHUP"};

volatile std::sig_atomic_t stopped = 0;
// What a handler says lies ready: it must not allocate.
std::array<std::string, kSignals.size()> announcements;

extern "C" void remember_interrupt(int) {
  stopped = 1;
  for (const int number : kSignals) std::signal(number, SIG_DFL);
}

extern "C" void announce_and_end(int number) {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] != number) continue;
    const std::string& line = announcements[i];
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  }
  std::signal(number, SIG_DFL);
  std::raise(number);
}

/// What the caller had ignored (nohup, a shell's background job) stays ignored.
void handle_signals(void (*handler)(int)) {
  for (const int number : kSignals) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) continue;
    std::signal(number, handler);
  }
}

}  // namespace

void announce_interrupts(const std::string& program) {
  // On a terminal a line of progress may be open, or Ctrl-C's "^C" stand there.
  const std::string start = ::isatty(STDERR_FILENO) != 0 ? "\n" : "";
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    announcements[i] = start + program + ": interrupted by " + std::string(kNames[i]) +
                       "; the same command can be run again\n";
  }
  handle_signals(announce_and_end);
}

void catch_interrupts() {
  handle_signals(remember_interrupt);
}

bool interrupted() {
  return stopped != 0;
}

}  // namespace aver::cli
