#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace aver::cli {

/// To be called first. A standard stream that whoever started the program had closed is opened onto
/// nothing: else the next file that is opened took its place, and got what is meant for a terminal.
/// A file that grows beyond what is allowed (ulimit -f) is an error of the write and not the end.
void hold_standard_streams();

/// Throws Error for more than 1 GiB: a pipe may never end.
std::string all_of_standard_input();

/// What there is of it; waits where there is nothing yet. Gives 0 at its end, and once `stop` says
/// so. Throws Error when it cannot be read.
std::size_t part_of_standard_input(std::span<std::byte> into, bool (*stop)());

/// Throws Error when it cannot be written.
void write_to_stdout(std::string_view text);

}  // namespace aver::cli
