#include "synthesis/clip_id.h"

#include <fmt/format.h>

#include "corpus/emotions.h"

namespace aver {
std::string_view name_of(Emotion emotion) {
  return kEmotionNames[static_cast<std::size_t>(emotion)];
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

}  // namespace aver
