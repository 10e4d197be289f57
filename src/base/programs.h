#pragma once

#include <string>
#include <vector>

#include "base/files.h"

namespace aver {

/// The folder of the program that runs; "" when the system does not say.
fs::path own_folder();

/// How another program ended.
struct Ended {
  bool started = false;
  int status = 0;    ///< exit status, or 128 and the signal that ended it
  std::string said;  ///< on standard error, unless that went to a file; why it was not started
};

/// Where it runs, and where what it prints goes.
struct ProgramPlace {
  fs::path folder;  ///< "" = this process's own
  fs::path log;     ///< gets both its streams; "" = standard output is dropped
};

/// Runs a program of the PATH, or one that its path names, to its end, without a shell in between
/// and with nothing to read. Throws Error when there is no pipe for it.
Ended run_program(std::vector<std::string> words, const ProgramPlace& place);

}  // namespace aver
