#include "base/option_value.h"

#include <charconv>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/json_text.h"
#include "base/text.h"

namespace aver {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kMostOfNumberOr = 1'000'000;

/// Everything of a field but how it is read.
template <typename T>
OptionValue plain(T& field, std::string placeholder) {
  OptionValue value;
  value.placeholder = std::move(placeholder);
  value.print = [&field] { return ordered_json(field); };
  value.setting = value.print;
  value.json = [&field] { return json(field); };
  value.from_json = [&field](const json& from) {
    // The library's own get_to() cuts numbers that do not fit.
    if constexpr (std::is_same_v<T, std::vector<int>>) {
      std::vector<int> numbers;
      for (const json& number : from.get_ref<const json::array_t&>()) {
        numbers.push_back(whole_number<int>(number));
      }
      field = std::move(numbers);
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      field = whole_number<T>(from);
    } else {
      from.get_to(field);
    }
  };
  return value;
}

template <typename T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string one_of_text(const Words& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) text += i + 1 == choices.size() ? " or " : ", ";
    text += choices[i];
  }
  return text;
}

void refuse_word(const std::string& word, const Words& choices) {
  throw UsageError("\"{}\" is not {}", word, one_of_text(choices));
}

OptionValue option_value(bool& field) {
  auto value = plain(field, "");
  value.read = [&field](const Words& words) {
    if (words.back() != "true" && words.back() != "false") return "true or false";
    field = words.back() == "true";
    return "";
  };
  return value;
}

OptionValue option_value(int& field) {
  auto value = plain(field, "N");
  value.read = [&field](const Words& words) {
    const auto number = number_in<int>(words.back());
    if (!number) return "a whole number";
    field = *number;
    return "";
  };
  return value;
}

OptionValue option_value(std::int64_t& field) {
  auto value = plain(field, "N");
  value.read = [&field](const Words& words) {
    const auto number = number_in<std::int64_t>(words.back());
    if (!number) return "a whole number";
    field = *number;
    return "";
  };
  return value;
}

OptionValue option_value(std::uint64_t& field) {
  auto value = plain(field, "N");
  value.read = [&field](const Words& words) -> std::string {
    // TOML knows no larger number, and what was told must be readable again.
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    const auto number = number_in<std::uint64_t>(words.back());
    if (!number || *number > kMost) return fmt::format("a whole number from 0 to {}", kMost);
    field = *number;
    return "";
  };
  return value;
}

OptionValue option_value(double& field) {
  auto value = plain(field, "X");
  value.read = [&field](const Words& words) {
    const auto number = parse_double(words.back());
    if (!number) return "a number";
    field = *number;
    return "";
  };
  return value;
}

OptionValue option_value(std::string& field) {
  auto value = plain(field, "TEXT");
  value.read = [&field](const Words& words) {
    field = words.back();
    return "";
  };
  return value;
}

OptionValue option_value(fs::path& field) {
  OptionValue value;
  value.placeholder = "PATH";
  value.read = [&field](const Words& words) {
    field = words.back();
    return "";
  };
  value.print = [&field] { return ordered_json(field.string()); };
  value.setting = value.print;
  value.json = [&field] { return json(field.string()); };
  value.from_json = [&field](const json& from) { field = from.get<std::string>(); };
  return value;
}

OptionValue option_value(std::vector<int>& field) {
  auto value = plain(field, "N,…");
  value.many = value.commas = true;
  value.read = [&field](const Words& words) {
    std::vector<int> numbers;
    for (const std::string& word : words) {
      const auto number = number_in<int>(trim(word));
      if (!number) return "whole numbers with commas between";
      numbers.push_back(*number);
    }
    field = std::move(numbers);
    return "";
  };
  return value;
}

OptionValue option_value(std::vector<std::string>& field) {
  auto value = plain(field, "TEXT…");
  value.many = true;
  value.read = [&field](const Words& words) {
    field = words;
    return "";
  };
  return value;
}

OptionValue one_or_several(std::vector<fs::path>& field) {
  OptionValue value = option_value(field);
  value.placeholder = "PATH";
  value.print = [&field, list = value.print] {
    if (field.size() > 1) return list();
    return ordered_json(field.empty() ? std::string() : field.front().string());
  };
  value.setting = value.print;
  value.json = [print = value.print] { return json(print()); };
  value.from_json = [&field, list = value.from_json](const json& from) {
    if (from.is_array()) return list(from);
    field.clear();
    if (const auto path = from.get<std::string>(); !path.empty()) field.emplace_back(path);
  };
  return value;
}

OptionValue option_value(std::vector<fs::path>& field) {
  OptionValue value;
  value.placeholder = "PATH…";
  value.many = true;
  value.read = [&field](const Words& words) {
    field.assign(words.begin(), words.end());
    return "";
  };
  const auto texts = [&field] {
    Words words;
    for (const auto& path : field) words.push_back(path.string());
    return words;
  };
  value.print = [texts] { return ordered_json(texts()); };
  value.setting = value.print;
  value.json = [texts] { return json(texts()); };
  value.from_json = [&field](const json& from) {
    const auto words = from.get<Words>();
    field.assign(words.begin(), words.end());
  };
  return value;
}

OptionValue option_value(std::string placeholder, std::function<void(const Words&)> read,
                         std::function<ordered_json()> print) {
  OptionValue value;
  value.placeholder = std::move(placeholder);
  value.read = [read](const Words& words) {
    read(words);
    return "";
  };
  value.print = print;
  value.setting = print;
  value.json = [print] { return json(print()); };
  value.from_json = [read](const json& from) {
    read(from.is_array() ? from.get<Words>() : Words{from.get<std::string>()});
  };
  return value;
}

OptionValue on_or_off(bool& field) {
  auto value = option_value(field);
  value.placeholder = "WORD";
  value.choices = {"on", "off"};
  value.read = [&field](const Words& words) {
    if (words.back() != "on" && words.back() != "off") return "on or off";
    field = words.back() == "on";
    return "";
  };
  value.print = [&field] { return ordered_json(field ? "on" : "off"); };
  value.setting = value.print;
  return value;
}

OptionValue number_or(int& field, std::string word_for_zero) {
  auto value = plain(field, word_for_zero + "|N");
  value.read = [&field, word_for_zero](const Words& words) -> std::string {
    const auto number = number_in<int>(words.back());
    const bool counts = number && *number >= 1 && *number <= kMostOfNumberOr;
    if (words.back() != word_for_zero && !counts) {
      return fmt::format("{} or a whole number from 1 to {}", word_for_zero, kMostOfNumberOr);
    }
    field = counts ? *number : 0;
    return "";
  };
  value.print = [&field, word_for_zero] {
    return ordered_json(field > 0 ? std::to_string(field) : word_for_zero);
  };
  value.setting = value.print;
  return value;
}

}  // namespace aver
