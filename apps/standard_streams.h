#pragma once

#include <string>
#include <string_view>

namespace aver::cli {

/// To be called first. A standard stream that whoever started the program had closed is opened onto
/// nothing: else the next file that is opened took its place, and got what is meant for a terminal.
/// A file that grows beyond what is allowed (ulimit -f) is an error of the write and not the end.
void hold_standard_streams();

/// Throws Error for more than 1 GiB: a pipe may never end.
std::string all_of_standard_input();

/// Throws Error when it cannot be written.
void write_to_stdout(std::string_view text);

}  // namespace aver::cli
