#pragma once

#include <string>

#include "documents.h"

namespace aver::cli {

/// For the folder of completions of each shell. Options with words to choose from offer these,
/// those that take a path files, and other options nothing.
std::string bash_completion(const Documents& of);
std::string zsh_completion(const Documents& of);
std::string fish_completion(const Documents& of);

}  // namespace aver::cli
