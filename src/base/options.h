#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/option_value.h"

namespace aver {

/// The key of a run's config.toml that says which executable wrote it.
inline constexpr const char* kToolKey = "tool";

/// What an option does, which decides where it is recorded and compared.
enum class Effect {
  result,  ///< gives other results: recorded, and compared wherever results are put together
  speed,   ///< changes only the time it takes, or who does the work: recorded, compared nowhere
  place,   ///< where something is that is known by its content: recorded in a run, compared nowhere
  control  ///< what this one call is to do, and where it writes: recorded nowhere
};

/// What two sets of options are compared for.
enum class Purpose {
  resume,  ///< a run that is continued
  join,    ///< folds that are put together
  group    ///< processes that train together
};

/// One field of an options struct as the struct describes it. All ranges take the field's default
/// for granted and say "--name must …" of anything else.
class Option {
 public:
  Option(Effect effect, std::string name, OptionValue value, std::string help, std::string heading);
  Option(const Option&) = delete;
  Option& operator=(const Option&) = delete;

  // What may be said of an option after it is declared:
  Option& above(double least);                 ///< must be above it
  Option& at_least(double least);              ///< it or more
  Option& from_to(double least, double most);  ///< both included
  Option& between(double least, double most);  ///< both excluded
  Option& from_to_below(double least, double most);
  Option& each_at_least(int least);  ///< of a list
  Option& one_of(Words words);       ///< of a text
  Option& required(std::function<bool()> unless = {});
  Option& key(std::string key);  ///< its name in JSON, where that differs
  Option& may_be_missing();      ///< in JSON that an earlier version wrote; the default then
  /// The default, at which JSON, run folders and checkpoints leave the option out, so that an
  /// option more leaves what earlier versions wrote as it is.
  Option& unsaid_at(nlohmann::ordered_json value);
  Option& has_opposite();         ///< a switch with a --no-NAME
  Option& names_files();          ///< its words are paths, whatever its type: for completions
  Option& suggests(Words words);  ///< words there are among others: for completions
  Option& positional();           ///< no --NAME but a word of its own; never in a config file
  Option& several_at_once();      ///< a list that takes several words even beside positional ones
  Option& command_line_only();    ///< never in a config file
  Option& zero_means(std::function<std::uint64_t()> value);  ///< what 0 becomes in resolve()
  Option& may_change_on_resume();
  Option& differs_between_folds();
  Option& same_in_group();

  const std::string& name() const { return name_; }
  const std::string& json_key() const { return key_.empty() ? name_ : key_; }
  const std::string& help() const { return help_; }
  const std::string& heading() const { return heading_; }
  const OptionValue& value() const { return value_; }
  Effect effect() const { return effect_; }
  /// The value at its declaration, as --print-config writes it.
  const nlohmann::ordered_json& default_value() const { return default_; }
  bool is_positional() const { return positional_; }
  bool takes_paths() const { return names_files_ || value_.placeholder.starts_with("PATH"); }
  /// Words to choose from, or some of them.
  const Words& suggestions() const { return suggested_.empty() ? value_.choices : suggested_; }
  bool takes_several_at_once() const { return several_at_once_; }
  bool with_opposite() const { return opposite_; }
  bool in_config_file() const { return !positional_ && !command_line_only_; }
  bool missing() const;
  /// Whether JSON leaves it out, being what it is anyway.
  bool is_unsaid() const { return unsaid_ && value_.print() == *unsaid_; }
  /// Whether it is one of those, and another than its default.
  bool is_departure() const { return unsaid_ && !is_unsaid(); }
  std::string flag() const { return positional_ ? name_ : "--" + name_; }

  /// Returns "" or what is wrong with these words, with the flag's name.
  std::string read(const Words& words);
  /// Sets the field from JSON. Throws Error that names the key.
  void from_json(const nlohmann::json& object);
  /// Adds what is wrong with the value.
  void add_problems(std::vector<std::string>& problems) const;
  void resolve();
  bool is_compared(Purpose purpose) const;

 private:
  Option& number(std::function<bool(double)> good, std::string must);

  Effect effect_;
  std::string name_;
  OptionValue value_;
  std::string help_;
  std::string heading_;
  std::string key_;
  nlohmann::ordered_json default_;
  std::vector<std::function<std::string()>> checks_;
  std::function<bool()> unless_;
  std::function<std::uint64_t()> when_zero_;
  bool required_ = false;
  bool may_be_missing_ = false;
  std::optional<nlohmann::ordered_json> unsaid_;
  bool opposite_ = false;
  bool positional_ = false;
  bool names_files_ = false;
  Words suggested_;
  bool several_at_once_ = false;
  bool command_line_only_ = false;
  bool free_on_resume_ = false;
  bool free_between_folds_ = false;
  bool in_group_ = false;
};

/// The options of a struct, in the order of their declaration. A struct has
/// `void describe(Options& options)`, which declares each field once, and hands the list to the
/// structs within it; everything that is ever written, read or compared of them comes from here.
class Options {
 public:
  /// Describes a copy of the config, which the options keep.
  template <typename Config>
  static Options of(Config config) {
    auto kept = std::make_shared<Config>(std::move(config));
    Options options;
    kept->describe(options);
    options.kept_ = std::move(kept);
    return options;
  }

  template <typename T>
  Option& result(std::string name, T&& field, std::string help) {
    return add(Effect::result, std::move(name), value_of(std::forward<T>(field)), std::move(help));
  }
  template <typename T>
  Option& speed(std::string name, T&& field, std::string help) {
    return add(Effect::speed, std::move(name), value_of(std::forward<T>(field)), std::move(help));
  }
  template <typename T>
  Option& place(std::string name, T&& field, std::string help) {
    return add(Effect::place, std::move(name), value_of(std::forward<T>(field)), std::move(help));
  }
  template <typename T>
  Option& control(std::string name, T&& field, std::string help) {
    return add(Effect::control, std::move(name), value_of(std::forward<T>(field)), std::move(help));
  }
  Option& add(Effect effect, std::string name, OptionValue value, std::string help);

  /// The heading in --help of the options that follow.
  void heading(std::string heading) { heading_ = std::move(heading); }
  /// A rule between several fields: adds a clause with flag names for what breaks it.
  void check(std::function<void(std::vector<std::string>&)> rule);

  std::deque<Option>& all() { return options_; }
  const std::deque<Option>& all() const { return options_; }
  /// The option of this name; null when there is none.
  Option* find(const std::string& name);
  const Option* find(const std::string& name) const;

  /// Whether a list takes one word each time it is given. Where there are positional words, a list
  /// would swallow those that follow it.
  bool takes_one_word(const Option& option) const;

  /// Everything that is wrong, each as a clause that names the flag.
  std::vector<std::string> problems() const;
  /// Throws UsageError that lists all problems().
  void require_valid() const;
  /// Replaces zeros that stand for something, such as the CPUs there are.
  void resolve();

  /// What a run's config.toml says: all but controls.
  nlohmann::ordered_json settings() const;
  /// Results alone, as stages and models record them.
  nlohmann::json to_json() const;
  /// Sets the results. Throws Error that names the key when one is missing or of another type.
  void from_json(const nlohmann::json& object);
  /// What --print-config prints, without its first line.
  std::string config_text() const;

  /// What must be the same in both.
  nlohmann::ordered_json compared(Purpose purpose) const;
  /// The first setting of two runs that must be the same and is not. Settings that are not known
  /// here count.
  std::optional<std::string> differing(const nlohmann::ordered_json& one,
                                       const nlohmann::ordered_json& other, Purpose purpose) const;

 private:
  static OptionValue value_of(OptionValue&& value) { return std::move(value); }
  template <typename T>
  static OptionValue value_of(T& field) {
    return option_value(field);
  }

  std::deque<Option> options_;
  std::vector<std::function<void(std::vector<std::string>&)>> rules_;
  std::string heading_ = "Options";
  std::shared_ptr<void> kept_;
};

}  // namespace aver
