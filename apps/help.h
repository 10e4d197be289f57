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

/// What stands for an option's value: "N", or the words to choose from with | between them.
std::string placeholder_of(const Option& option);

/// The default as people read it; "" where there is nothing to say.
std::string shown_default(const Option& option);

/// The beginning of a text of help, up to where it goes into detail.
std::string first_clause(const std::string& help);

/// What --help prints: description, usage, the options under their headings with their defaults,
/// the examples; no line longer than `width` columns where words allow it.
std::string help_text(const std::string& name, const std::string& description,
                      const Options& options, const std::vector<Example>& examples,
                      std::size_t width);

}  // namespace aver::cli
