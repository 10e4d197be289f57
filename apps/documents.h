#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "help.h"

namespace aver::cli {

/// Everything that a tool can say of itself, for what stands beside --help.
struct Documents {
  /// An option, and the heading it stands under.
  struct Entry {
    std::string heading;
    const Option* option = nullptr;
  };

  std::string name;
  std::string description;
  std::vector<Entry> entries;  ///< those of one heading follow one another
  std::vector<Example> examples;

  /// Adds the options that are not there yet, each with its heading and what is said behind it.
  void add(const Options& options, const std::string& behind_heading = {});
};

/// What --help-as may be asked for.
std::vector<std::string> document_names();

/// The tool's page for man(1), or what lets bash, zsh or fish complete its options, by its name
/// among document_names(). Throws UsageError for another.
std::string document(const std::string& name, const Documents& of);

}  // namespace aver::cli
