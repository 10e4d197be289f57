#pragma once

namespace aver::cli {

/// Exit status of a run that Ctrl-C ended after saving what it had (128 + SIGINT, as shells do).
inline constexpr int kInterrupted = 130;

/// From now on the first Ctrl-C (or SIGTERM) only makes interrupted() true; a second one of
/// either kind kills.
void catch_interrupts();
bool interrupted();

}  // namespace aver::cli
