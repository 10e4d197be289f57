#include "corpus/clip_id.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

struct Field {
  std::string_view name;
  int highest;
};
constexpr std::array<Field, 7> kFields = {{{"modality", 3},
                                           {"vocal channel", 2},
                                           {"emotion", 8},
                                           {"intensity", 2},
                                           {"statement", 2},
                                           {"repetition", 2},
                                           {"actor", 99}}};

}  // namespace

std::string_view name_of(Emotion emotion) {
  return kEmotionNames[static_cast<std::size_t>(emotion)];
}

std::optional<Emotion> emotion_from_name(std::string_view name) {
  const auto found = std::find(kEmotionNames.begin(), kEmotionNames.end(), name);
  if (found == kEmotionNames.end()) return std::nullopt;
  return static_cast<Emotion>(found - kEmotionNames.begin());
}

std::vector<std::string> in_class_order(std::span<const std::string> names) {
  std::vector<std::string> ordered(names.begin(), names.end());
  auto rank = [](const std::string& name) {
    const auto emotion = emotion_from_name(name);
    return emotion ? static_cast<int>(*emotion) : static_cast<int>(kEmotionNames.size());
  };
  std::sort(ordered.begin(), ordered.end(), [&](const std::string& a, const std::string& b) {
    return std::pair(rank(a), std::string_view(a)) < std::pair(rank(b), std::string_view(b));
  });
  ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
  return ordered;
}

std::string ClipId::key() const {
  return fmt::format("{:02}-{:02}-{:02}-{:02}-{:02}-{:02}", static_cast<int>(channel),
                     static_cast<int>(emotion) + 1, intensity, statement, repetition, actor);
}

std::string ClipId::stem() const {
  return fmt::format("{:02}-{}", static_cast<int>(modality), key());
}

std::string ClipId::actor_folder() const {
  return fmt::format("Actor_{:02}", actor);
}

ClipId parse_clip_id(std::string_view stem) {
  const auto parts = split_text(stem, '-');
  if (parts.size() != kFields.size()) {
    throw Error("'{}' is not a RAVDESS name: seven two-digit fields MM-VC-EE-II-SS-RR-AA expected",
                stem);
  }
  std::array<int, 7> values{};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const auto value = parse_integer(parts[i]);
    if (parts[i].size() != 2 || !value || *value < 1 || *value > kFields[i].highest) {
      throw Error("'{}' is not a RAVDESS name: its {} field is '{}', expected 01 to {:02}", stem,
                  kFields[i].name, parts[i], kFields[i].highest);
    }
    values[i] = static_cast<int>(*value);
  }
  ClipId id{static_cast<Modality>(values[0]),
            static_cast<Channel>(values[1]),
            static_cast<Emotion>(values[2] - 1),
            values[3],
            values[4],
            values[5],
            values[6]};
  if (id.emotion == Emotion::neutral && id.intensity == 2) {
    throw Error("'{}' is not a RAVDESS name: neutral has no strong intensity", stem);
  }
  return id;
}

std::optional<ClipId> find_clip_id(std::string_view name) {
  if (const auto dot = name.find('.'); dot != std::string_view::npos) name = name.substr(0, dot);
  try {
    return parse_clip_id(name.size() == 17 ? "01-" + std::string(name) : std::string(name));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string clip_key(std::string_view name) {
  const auto id = find_clip_id(name);
  return id ? id->key() : std::string(name);
}

std::optional<std::string> actor_of(std::string_view clip) {
  const auto id = find_clip_id(clip);
  if (!id) return std::nullopt;
  return fmt::format("{:02}", id->actor);
}

}  // namespace aver
