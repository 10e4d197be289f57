#include "curation/curation_config.h"

#include "base/error.h"
#include "base/options.h"
#include "base/parallel.h"
#include "corpus/catalog.h"
#include "curation/exchange_formats.h"

namespace aver {

void CurationConfig::describe(Options& options) {
  options.heading("What to do");
  options.control("action", action, "make a table, check, import or export")
      .suggests({"make", "check", "import", "export"})
      .positional();
  options.heading("Input and output");
  options.control(
      "input", input,
      "Folder of the media files; import: the folder or file that another program wrote");
  options.control("output", output, "make, import: the table to write (.csv); export: a folder");
  describe_corpus(options, corpus);
  options.control("format", format, "import, export: " + exchange_formats_help());
  options.control("root", root,
                  "import: folder of the media files; paths below it are written relative to it");
  options.heading("Clips");
  choice.describe(options, Effect::control);
  options.control("label-column", label_column,
                  "make: the column whose values are the labels instead of emotions, such as "
                  "intensity; clips without one are left out");
  describe_keep_first(options, keep_first);
  options.heading("Running");
  options
      .control("content", content,
               "check: open the files for lengths, rates, channels, damage and equal recordings")
      .has_opposite();
  options.control("force", force, "Replace what is there and differs");
  limits.describe(options);
  describe_workers(options, workers);
  options.check([this](std::vector<std::string>& problems) {
    if (action.empty()) {
      problems.emplace_back("say what to do: make, check, import or export");
      return;
    }
    if (action != "make" && action != "check" && action != "import" && action != "export") {
      problems.push_back(
          fmt::format("'{}' is nothing to do: make, check, import or export expected", action));
      return;
    }
    if (input.empty()) problems.emplace_back("--input is required");
    if (output.empty() && action != "check") problems.emplace_back("--output is required");
    if (!label_column.empty() && action != "make") {
      problems.emplace_back("--label-column is for make, whose table the other actions read");
    }
    if (action == "import" || action == "export") {
      if (const auto problem = format_problem(format); !problem.empty()) {
        problems.push_back(problem);
      }
    }
  });
}

void CurationConfig::validate() const {
  Options::of(*this).require_valid();
}

}  // namespace aver
