#include "base/options.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "base/shard.h"
#include "base/text.h"

namespace aver {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

bool is_unset(const ordered_json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty());
}

/// A value as a TOML file can hold it: bytes that are no UTF-8, in names of folders, stand there as
/// "\xF6". What is compared is compared in this form.
ordered_json in_utf8(const ordered_json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return is_utf8(text) ? text : printable(text);
  }
  if (!value.is_array()) return value;
  ordered_json list = ordered_json::array();
  for (const auto& item : value) list.push_back(in_utf8(item));
  return list;
}

// JSON's escapes are TOML's; numbers are written as a person would.
std::string toml_text(const ordered_json& value) {
  if (value.is_array()) {
    std::vector<std::string> items;
    for (const auto& item : value) items.push_back(toml_text(item));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  return value.dump();
}

// The value as a person reads it in a sentence.
std::string shown(const ordered_json& value) {
  if (value.is_string()) return fmt::format("'{}'", value.get<std::string>());
  if (!value.is_array()) return toml_text(value);
  std::vector<std::string> items;
  for (const auto& item : value) {
    items.push_back(item.is_string() ? item.get<std::string>() : toml_text(item));
  }
  return fmt::format("{}", fmt::join(items, ","));
}

}  // namespace

Option::Option(Effect effect, std::string name, OptionValue value, std::string help,
               std::string heading)
    : effect_(effect),
      name_(std::move(name)),
      value_(std::move(value)),
      help_(std::move(help)),
      heading_(std::move(heading)),
      default_(value_.print()) {}

Option& Option::number(std::function<bool(double)> good, std::string must) {
  checks_.push_back([this, good = std::move(good), must = std::move(must)]() -> std::string {
    const json value = value_.json();
    const auto now = value.get<double>();
    if (std::isfinite(now) && good(now)) return {};
    return fmt::format("{} must {}, not {}", flag(), must, shown(value));
  });
  return *this;
}

Option& Option::above(double least) {
  return number([=](double value) { return value > least; }, fmt::format("be above {}", least));
}

Option& Option::at_least(double least) {
  return number([=](double value) { return value >= least; }, fmt::format("be at least {}", least));
}

Option& Option::from_to(double least, double most) {
  return number([=](double value) { return value >= least && value <= most; },
                fmt::format("be {} to {}", least, most));
}

Option& Option::between(double least, double most) {
  return number([=](double value) { return value > least && value < most; },
                fmt::format("lie between {} and {}", least, most));
}

Option& Option::from_to_below(double least, double most) {
  return number([=](double value) { return value >= least && value < most; },
                fmt::format("be at least {} and below {}", least, most));
}

Option& Option::each_at_least(int least) {
  checks_.push_back([this, least]() -> std::string {
    const json list = value_.json();
    if (std::all_of(list.begin(), list.end(), [&](const json& one) { return one >= least; })) {
      return {};
    }
    return fmt::format("{} must all be at least {}, not {}", flag(), least, shown(list));
  });
  return *this;
}

Option& Option::one_of(Words words) {
  value_.choices = std::move(words);
  checks_.push_back([this]() -> std::string {
    const auto word = value_.json().get<std::string>();
    const Words& choices = value_.choices;
    if (std::find(choices.begin(), choices.end(), word) != choices.end()) return {};
    return fmt::format("{} must be {}, not '{}'", flag(), one_of_text(choices), word);
  });
  return *this;
}

Option& Option::required(std::function<bool()> unless) {
  required_ = true;
  unless_ = std::move(unless);
  return *this;
}

Option& Option::key(std::string key) {
  key_ = std::move(key);
  return *this;
}

Option& Option::may_be_missing() {
  may_be_missing_ = true;
  return *this;
}

Option& Option::unsaid_at(ordered_json value) {
  unsaid_ = std::move(value);
  return may_be_missing();
}

Option& Option::has_opposite() {
  opposite_ = true;
  return *this;
}

Option& Option::names_files() {
  names_files_ = true;
  return *this;
}

Option& Option::suggests(Words words) {
  suggested_ = std::move(words);
  return *this;
}

Option& Option::positional() {
  positional_ = true;
  return *this;
}

Option& Option::several_at_once() {
  several_at_once_ = true;
  return *this;
}

Option& Option::command_line_only() {
  command_line_only_ = true;
  return *this;
}

Option& Option::zero_means(std::function<std::uint64_t()> value) {
  when_zero_ = std::move(value);
  return *this;
}

Option& Option::may_change_on_resume() {
  free_on_resume_ = true;
  return *this;
}

Option& Option::differs_between_folds() {
  free_between_folds_ = true;
  return *this;
}

Option& Option::same_in_group() {
  in_group_ = true;
  return *this;
}

bool Option::missing() const {
  if (!required_ || (unless_ && unless_())) return false;
  const ordered_json value = value_.print();
  return is_unset(value) || (value.is_array() && value.empty());
}

std::string Option::read(const Words& words) {
  if (!value_.many && words.size() != 1) {
    return fmt::format("{} takes one value, not {}", flag(), words.size());
  }
  Words parts;
  for (const std::string& word : words) {
    if (!value_.commas) {
      parts.push_back(word);
    } else {
      for (auto& part : split_text(word, ',')) parts.push_back(std::move(part));
    }
  }
  const std::string expected = value_.read(parts);
  if (expected.empty()) return {};
  return fmt::format("{} must be {}, not '{}'", flag(), expected, fmt::join(parts, ","));
}

void Option::from_json(const json& object) {
  try {
    if (may_be_missing_ && object.is_object() && !object.contains(json_key())) return;
    value_.from_json(object.at(json_key()));
  } catch (const json::exception& error) {
    throw Error("{}: {}", json_key(), json_reason(error));
  } catch (const NoWholeNumber& error) {
    throw Error("{}: {}", json_key(), error.what());
  } catch (const UsageError& error) {
    throw Error("{}: {}", json_key(), error.what());
  }
}

void Option::add_problems(std::vector<std::string>& problems) const {
  for (const auto& check : checks_) {
    if (auto problem = check(); !problem.empty()) {
      problems.push_back(std::move(problem));
      return;
    }
  }
}

void Option::resolve() {
  if (when_zero_ && value_.json() == 0) value_.from_json(when_zero_());
}

bool Option::is_compared(Purpose purpose) const {
  switch (purpose) {
    case Purpose::resume:
      return effect_ == Effect::result && !free_on_resume_;
    case Purpose::join:
      return effect_ == Effect::result && !free_between_folds_;
    case Purpose::group:
      break;
  }
  return effect_ == Effect::result || effect_ == Effect::control || in_group_;
}

Option& Options::add(Effect effect, std::string name, OptionValue value, std::string help) {
  return options_.emplace_back(effect, std::move(name), std::move(value), std::move(help),
                               heading_);
}

void Options::check(std::function<void(std::vector<std::string>&)> rule) {
  rules_.push_back(std::move(rule));
}

const Option* Options::find(const std::string& name) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& option) { return option.name() == name; });
  return found == options_.end() ? nullptr : &*found;
}

Option* Options::find(const std::string& name) {
  return const_cast<Option*>(std::as_const(*this).find(name));
}

bool Options::takes_one_word(const Option& option) const {
  return !option.is_positional() && !option.takes_several_at_once() &&
         std::ranges::any_of(options_, &Option::is_positional);
}

std::vector<std::string> Options::problems() const {
  std::vector<std::string> problems, missing;
  for (const Option& option : options_) {
    if (option.missing()) missing.push_back(option.flag());
  }
  if (!missing.empty()) {
    problems.push_back(
        fmt::format("{} {} required", enumerate(missing), missing.size() == 1 ? "is" : "are"));
  }
  for (const Option& option : options_) option.add_problems(problems);
  for (const auto& rule : rules_) rule(problems);
  return problems;
}

void Options::require_valid() const {
  if (const auto found = problems(); !found.empty()) {
    throw UsageError("{}", fmt::join(found, "; "));
  }
}

void Options::resolve() {
  for (Option& option : options_) option.resolve();
}

ordered_json Options::settings() const {
  ordered_json settings = ordered_json::object();
  for (const Option& option : options_) {
    if (option.effect() != Effect::control && !option.is_unsaid()) {
      settings[option.name()] = in_utf8(option.value().setting());
    }
  }
  return settings;
}

json Options::to_json() const {
  json object = json::object();
  for (const Option& option : options_) {
    if (option.effect() != Effect::result || option.is_unsaid()) continue;
    object[option.json_key()] = option.value().json();
  }
  return object;
}

void Options::from_json(const json& object) {
  for (Option& option : options_) {
    if (option.effect() == Effect::result) option.from_json(object);
  }
}

std::string Options::config_text() const {
  std::string text;
  for (const Option& option : options_) {
    if (!option.in_config_file()) continue;
    const ordered_json value = in_utf8(option.value().print());
    text += fmt::format("\n# {}\n", option.help());
    text += is_unset(value) ? fmt::format("# {} =\n", option.name())
                            : fmt::format("{} = {}\n", option.name(), toml_text(value));
  }
  return text;
}

ordered_json Options::compared(Purpose purpose) const {
  ordered_json compared = ordered_json::object();
  for (const Option& option : options_) {
    if (option.is_compared(purpose) && !option.is_unsaid()) {
      compared[option.name()] = in_utf8(option.value().setting());
    }
  }
  return compared;
}

std::optional<std::string> Options::differing(const ordered_json& one, const ordered_json& other,
                                              Purpose purpose) const {
  for (const auto* side : {&one, &other}) {
    for (const auto& [key, value] : side->items()) {
      const Option* option = find(key);
      if (option != nullptr && !option->is_compared(purpose)) continue;
      if (one.value(key, ordered_json()) != other.value(key, ordered_json())) return key;
    }
  }
  return std::nullopt;
}

}  // namespace aver
