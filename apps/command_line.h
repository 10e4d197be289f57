#pragma once

#include <map>
#include <string>

#include "base/options.h"

namespace aver::cli {

struct CommandLine {
  std::map<std::string, Words> given;  ///< by the option's name
  std::string problem;                 ///< what is not understood; "" = nothing
};

/// What the arguments say of the options.
CommandLine read_command_line(int argc, char** argv, const Options& options);

/// The last values of these options, which are "--NAME VALUE", whatever else the arguments say;
/// none where that cannot be told.
std::map<std::string, std::string> peek_command_line(int argc, char** argv, const Words& names);

}  // namespace aver::cli
