#include "completions.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace aver::cli {
namespace {

/// All ways in which an option may be written.
std::vector<std::string> flags_of(const Option& option) {
  std::vector<std::string> flags;
  if (option.is_positional()) return flags;
  if (const char letter = letter_of(option)) flags.push_back(fmt::format("-{}", letter));
  flags.push_back(option.flag());
  if (option.with_opposite()) flags.push_back("--no-" + option.name());
  return flags;
}

std::string spaced(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// The text between single quotes of a shell, with a backslash before each of `special`.
std::string in_quotes(std::string_view text, std::string_view special = {}) {
  std::string inside;
  for (const char byte : text) {
    if (special.find(byte) != std::string_view::npos) inside += '\\';
    if (byte == '\'') inside += "'\\'";
    inside += byte;
  }
  return "'" + inside + "'";
}

std::string head_of(const Documents& of, std::string_view shell) {
  return fmt::format("# Made by: {} --help-as {}\n", of.name, shell);
}

/// Words that stand by themselves.
struct Standing {
  bool files = false;              ///< they may be
  std::vector<std::string> words;  ///< to choose from
};
Standing standing_words(const Documents& of) {
  Standing standing;
  for (const auto& [heading, option] : of.entries) {
    if (!option->is_positional()) continue;
    const auto& some = option->suggestions();
    standing.words.insert(standing.words.end(), some.begin(), some.end());
    standing.files |= option->takes_paths();
  }
  return standing;
}

}  // namespace

std::string bash_completion(const Documents& of) {
  std::string function = "_" + of.name;
  std::ranges::replace(function, '-', '_');
  std::string cases;
  std::vector<std::string> flags, paths, others;
  for (const auto& [heading, option] : of.entries) {
    const auto own = flags_of(*option);
    flags.insert(flags.end(), own.begin(), own.end());
    if (option->is_positional() || option->value().is_switch()) continue;
    const auto& choices = option->suggestions();
    if (!choices.empty()) {
      cases += fmt::format("    {}) words={}; takes={} ;;\n", fmt::join(own, " | "),
                           in_quotes(spaced(choices)), option->takes_paths() ? "files" : "words");
    } else {
      auto& list = option->takes_paths() ? paths : others;
      list.insert(list.end(), own.begin(), own.end());
    }
  }
  if (!paths.empty()) cases += fmt::format("    {}) takes=files ;;\n", fmt::join(paths, " | "));
  if (!others.empty()) cases += fmt::format("    {}) return ;;\n", fmt::join(others, " | "));
  const auto [files, words] = standing_words(of);
  return head_of(of, "bash") +
         fmt::format(
             "{0}() {{\n"
             "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
             "  local words={1} takes={2}\n"
             "  if [[ $word == = ]]; then\n"
             "    word=''\n"
             "  elif [[ $before == = ]]; then\n"
             "    before=${{COMP_WORDS[COMP_CWORD - 2]}}\n"
             "  fi\n"
             "  case $before in\n{3}"
             "    *) if [[ $word == -* ]]; then words={4}; takes=words; fi ;;\n"
             "  esac\n"
             "  mapfile -t COMPREPLY < <(\n"
             "    [ -z \"$words\" ] || compgen -W \"$words\" -- \"$word\"\n"
             "    [ $takes = words ] || compgen -f -- \"$word\"\n"
             "  )\n"
             "  [ $takes = words ] || compopt -o filenames 2>/dev/null\n"
             "}}\n"
             "complete -F {0} {5}\n",
             function, in_quotes(spaced(words)), files ? "files" : "words", cases,
             in_quotes(spaced(flags)), of.name);
}

std::string zsh_completion(const Documents& of) {
  std::string text = fmt::format("#compdef {}\n", of.name) + head_of(of, "zsh") + "_arguments -s";
  std::string positional;
  int place = 0;
  for (const auto& [heading, option] : of.entries) {
    std::string action = " ";
    if (!option->suggestions().empty()) {
      action = fmt::format("({})", fmt::join(option->suggestions(), " "));
    }
    if (option->takes_paths()) action = "_files";
    if (option->is_positional()) {
      const std::string where = option->value().many ? "*" : std::to_string(++place);
      positional += fmt::format(" \\\n  {}",
                                in_quotes(fmt::format("{}:{}:{}", where, option->name(), action)));
      continue;
    }
    const std::string help = in_quotes(first_clause(option->help()), "\\:[]");
    std::string value;
    if (!option->value().is_switch()) value = fmt::format(":{}:{}", option->name(), action);
    for (const std::string& flag : flags_of(*option)) {
      // A list may be given again and again.
      const char* again = option->value().many ? "*" : "";
      text +=
          fmt::format(" \\\n  {}", in_quotes(again + flag + "[") + help + in_quotes("]" + value));
    }
  }
  return text + positional + "\n";
}

std::string fish_completion(const Documents& of) {
  std::string text = head_of(of, "fish");
  const auto [files, words] = standing_words(of);
  if (!files) text += fmt::format("complete -c {} -f\n", of.name);
  if (!words.empty()) {
    text += fmt::format("complete -c {} -a {}\n", of.name, in_quotes(spaced(words), "\\"));
  }
  for (const auto& [heading, option] : of.entries) {
    if (option->is_positional()) continue;
    std::string line = fmt::format("complete -c {} -l {}", of.name, option->name());
    if (const char letter = letter_of(*option)) line += fmt::format(" -s {}", letter);
    const auto& choices = option->suggestions();
    if (!choices.empty()) {
      line += (option->takes_paths() ? " -r -F -a " : " -x -a ") + in_quotes(spaced(choices), "\\");
    } else if (!option->value().is_switch()) {
      line += option->takes_paths() ? " -r -F" : " -x";
    }
    const std::string help = " -d " + in_quotes(first_clause(option->help()), "\\") + "\n";
    text += line + help;
    if (option->with_opposite()) {
      text += fmt::format("complete -c {} -l no-{}", of.name, option->name()) + help;
    }
  }
  return text;
}

}  // namespace aver::cli
