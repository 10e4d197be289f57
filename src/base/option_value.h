#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/files.h"

namespace aver {

using Words = std::vector<std::string>;

/// The field behind an option: how it is read and written, whatever its type is.
struct OptionValue {
  std::string placeholder;  ///< for --help, such as "N"; "" for a switch
  bool many = false;        ///< takes several words
  bool commas = false;      ///< and commas separate them
  Words choices;            ///< the words there are; empty = any

  /// Takes the words of the command line or of a config file. Returns "" or what they should have
  /// been ("a whole number"), and then leaves the field alone; throws UsageError where that is too
  /// little to say.
  std::function<std::string(const Words&)> read;
  /// The value as --print-config writes it. Null and "" stand for a value that is not given.
  std::function<nlohmann::ordered_json()> print;
  /// The value as a run's config.toml has it.
  std::function<nlohmann::ordered_json()> setting;
  /// The value as the JSON of stages and models has it, and back. Throws nlohmann::json::exception
  /// for another type, UsageError for a word that is no choice.
  std::function<nlohmann::json()> json;
  std::function<void(const nlohmann::json&)> from_json;

  bool is_switch() const { return placeholder.empty(); }
};

/// "last or best", "hann, hamming or rectangular"
std::string one_of_text(const Words& choices);

/// Throws UsageError: the word is none of them.
[[noreturn]] void refuse_word(const std::string& word, const Words& choices);

OptionValue option_value(bool& field);
OptionValue option_value(int& field);
OptionValue option_value(std::int64_t& field);
OptionValue option_value(std::uint64_t& field);
OptionValue option_value(double& field);
OptionValue option_value(std::string& field);
OptionValue option_value(fs::path& field);
OptionValue option_value(std::vector<int>& field);
OptionValue option_value(std::vector<std::string>& field);
OptionValue option_value(std::vector<fs::path>& field);

/// Paths of which there is mostly one, which is then printed as a path and not as a list.
OptionValue one_or_several(std::vector<fs::path>& field);

/// A field of a type of its own, by the words it is given as and what is printed of it. Other types
/// have an option_value() of their own beside them.
OptionValue option_value(std::string placeholder, std::function<void(const Words&)> read,
                         std::function<nlohmann::ordered_json()> print);

/// The value of this name; nothing for a word that is none.
template <typename E>
requires std::is_enum_v<E> std::optional<E> value_named(std::string_view word) {
  for (const E choice : choices(E())) {
    if (name_of(choice) == word) return choice;
  }
  return std::nullopt;
}

/// An enum whose values have names: beside it stand `choices(E)`, an array of its values, and
/// `name_of(E)`.
template <typename E>
requires std::is_enum_v<E> OptionValue option_value(E& field) {
  OptionValue value;
  for (const E choice : choices(E())) value.choices.emplace_back(name_of(choice));
  const auto set = [&field](std::string_view word) {
    const auto named = value_named<E>(word);
    if (named) field = *named;
    return named.has_value();
  };
  value.placeholder = "WORD";
  value.read = [set, words = value.choices](const Words& given) {
    return set(given.back()) ? std::string() : one_of_text(words);
  };
  value.print = [&field] { return nlohmann::ordered_json(std::string(name_of(field))); };
  value.setting = value.print;
  value.json = [&field] { return nlohmann::json(std::string(name_of(field))); };
  value.from_json = [set, words = value.choices](const nlohmann::json& json) {
    const auto word = json.get<std::string>();
    if (!set(word)) refuse_word(word, words);
  };
  return value;
}

/// A switch that is written as two words, "on" and "off"; its JSON stays true and false.
OptionValue on_or_off(bool& field);

/// A number from 1 up, or a word for 0. Is text where it is written, but for its JSON.
OptionValue number_or(int& field, std::string word_for_zero);

}  // namespace aver
