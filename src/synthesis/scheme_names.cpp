#include "synthesis/scheme_names.h"

#include <map>

#include "base/error.h"
#include "base/text.h"
#include "synthesis/corpus.h"

namespace aver {
namespace {

std::map<std::string, int> numbers_of(const ClipId& id) {
  const int take = 2 * (id.statement - 1) + id.repetition;
  return {{"actor", id.actor},
          {"gender", id.male() ? 1 : 2},
          {"intensity", id.intensity},
          {"statement", id.statement},
          {"repetition", id.repetition},
          {"take", take},
          {"clip", 4 * (id.intensity - 1) + take},
          {"class", static_cast<int>(id.emotion) + 1}};
}

/// The code or the digits of a number; nothing when there are fewer codes.
std::optional<std::string> text_of(int number, const std::vector<std::string>* codes, int width) {
  if (codes == nullptr) return fmt::format("{:0{}}", number, width);
  const auto index = static_cast<std::size_t>(number - 1);
  return index < codes->size() ? std::optional(codes->at(index)) : std::nullopt;
}

}  // namespace

std::optional<std::string> code_of(const Scheme& scheme, Emotion emotion) {
  const auto labels = scheme.labels();
  if (labels.empty()) return std::string(name_of(emotion));  // labels are what they are called
  for (const auto& [code, meaning] : labels) {
    if (meaning == name_of(emotion)) return code;
  }
  return std::nullopt;
}

std::optional<std::string> path_under(const Scheme& scheme, const ClipId& id) {
  if (scheme.name() == "ravdess") return corpus_path(id);
  const auto& [form, codes] = scheme.synthetic();
  if (form.empty()) {
    throw UsageError("--names {}: its description has no section [synthetic] with a key 'file'",
                     scheme.name());
  }
  const auto numbers = numbers_of(id);
  std::string path;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const auto end = form[i] == '{' ? form.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      path += form[i];
      continue;
    }
    const auto parts = split_text(form.substr(i + 1, end - i - 1), ':');
    const auto number = numbers.find(parts.front());
    const auto list = codes.find(parts.front());
    const auto width = parts.size() > 1 ? parse_integer(parts[1]) : std::optional(1LL);
    std::optional<std::string> text;
    if (parts.front() == "emotion") {
      text = code_of(scheme, id.emotion);
    } else if (number != numbers.end() && width && *width > 0 && *width < 20) {
      text = text_of(number->second, list == codes.end() ? nullptr : &list->second,
                     static_cast<int>(*width));
    } else {
      throw UsageError("--names {}: '{}' of [synthetic] has no place '{{{}}}'", scheme.name(), form,
                       form.substr(i + 1, end - i - 1));
    }
    if (!text) return std::nullopt;
    path += *text;
    i = end;
  }
  return path;
}

}  // namespace aver
