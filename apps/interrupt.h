#pragma once

#include <string>

namespace aver::cli {

/// Exit status of a run that Ctrl-C ended after saving what it had (128 + SIGINT, as shells do).
inline constexpr int kInterrupted = 130;

// Ctrl-C (SIGINT), SIGTERM and SIGHUP; those that the caller ignores stay ignored.

/// From now on one of them ends the program with a line on standard error that says so.
void announce_interrupts(const std::string& program);

/// From now on the first one only makes interrupted() true; a second one of any kind kills.
void catch_interrupts();
bool interrupted();

}  // namespace aver::cli
