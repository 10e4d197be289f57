#include "interrupt.h"

#include <csignal>

namespace aver::cli {
namespace {

volatile std::sig_atomic_t stopped = 0;

extern "C" void remember_interrupt(int signal) {
  stopped = 1;
  std::signal(signal, SIG_DFL);
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
