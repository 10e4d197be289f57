#pragma once

#include <string>
#include <string_view>

namespace aver::cli {

/// Throws Error for more than 1 GiB: a pipe may never end.
std::string all_of_standard_input();

/// Throws Error when it cannot be written.
void write_to_stdout(std::string_view text);

}  // namespace aver::cli
