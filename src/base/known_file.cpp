#include "base/known_file.h"

#include <span>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/options.h"

namespace aver {
namespace {

constexpr const char* kModel = "model.safetensors";

std::string key_of(const std::string& name) {
  return name + "-known-by";
}

}  // namespace

Option& describe_known_file(Options& options, const std::string& name, KnownFile file,
                            std::string help) {
  OptionValue place = option_value(file.path);
  place.read = [file](const Words& words) -> std::string {
    std::error_code ignored;  // whether it can be read is said by who reads it
    file.path = words.back();
    std::string called = file.path.filename().string();
    if (fs::is_directory(file.path, ignored)) {
      called = fs::weakly_canonical(file.path, ignored).filename().string() + "/" + kModel;
      file.path /= kModel;
    }
    if (fs::is_regular_file(file.path, ignored)) {
      file.known_by = fmt::format("{}, {}", called, content_mark_of(file.path));
    }
    return "";
  };
  options.place(name, std::move(place), std::move(help)).unsaid_at("");
  return options.result(
      key_of(name), file.known_by,
      "Name, size and fingerprint of that file, which are recorded; another one is refused");
}

std::string mark_of_known_file(const nlohmann::json& settings, const std::string& name) {
  if (!settings.is_object() || !settings.contains(key_of(name))) return {};
  const nlohmann::json& mark = settings.at(key_of(name));
  return mark.is_string() ? mark.get<std::string>() : "";
}

bool is_known_by(const std::string& mark, std::string_view content) {
  return mark.substr(mark.rfind(' ') + 1) == content_mark(std::as_bytes(std::span(content)));
}

}  // namespace aver
