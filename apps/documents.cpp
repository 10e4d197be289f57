#include "documents.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "completions.h"
#include "manual_page.h"

namespace aver::cli {
namespace {

struct Form {
  std::string_view name;
  std::string (*text)(const Documents& of);
};

constexpr std::array kForms = {
    Form{"man", manual_page},
    Form{"bash", bash_completion},
    Form{"zsh", zsh_completion},
    Form{"fish", fish_completion},
};

}  // namespace

void Documents::add(const Options& options, const std::string& behind_heading) {
  for (const Option& option : options.all()) {
    const auto there = [&](const Entry& entry) { return entry.option->name() == option.name(); };
    if (std::ranges::any_of(entries, there)) continue;
    const std::string heading = option.heading() + behind_heading;
    const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                   [&](const Entry& entry) { return entry.heading == heading; });
    entries.insert(last == entries.rend() ? entries.end() : last.base(), {heading, &option});
  }
}

std::vector<std::string> document_names() {
  std::vector<std::string> names;
  for (const Form& form : kForms) names.emplace_back(form.name);
  return names;
}

std::string document(const std::string& name, const Documents& of) {
  for (const Form& form : kForms) {
    if (form.name == name) return form.text(of);
  }
  throw UsageError("--help-as must be {}, not '{}'", one_of_text(document_names()), name);
}

}  // namespace aver::cli
