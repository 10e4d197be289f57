#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/options.h"

namespace aver::cli {

/// A command line that works, and what it does.
struct Example {
  std::string purpose;
  std::string command;
};

/// The letter of an option that has the same one everywhere, such as 'o' for --output; 0 for
/// others.
char letter_of(const Option& option);

/// What --help prints: description, usage, the options under their headings with their defaults,
/// the examples; no line longer than `width` columns where words allow it.
std::string help_text(const std::string& name, const std::string& description,
                      const Options& options, const std::vector<Example>& examples,
                      std::size_t width);

}  // namespace aver::cli
