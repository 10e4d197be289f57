#include "interrupt.h"

#include <csignal>

namespace aver::cli {
namespace {

volatile std::sig_atomic_t stopped = 0;

extern "C" void remember_interrupt(int) {
  stopped = 1;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, remember_interrupt);
  std::signal(SIGTERM, remember_interrupt);
}

bool interrupted() {
  return stopped != 0;
}

}  // namespace aver::cli
