#include "robustness/conditions.h"

#include <algorithm>

namespace aver {
namespace {

constexpr ConditionScale kAudioAway = {.name = "no-audio",
                                       .help = "the sound is missing: the picture answers alone",
                                       .levels = kThere};
constexpr ConditionScale kVisualAway = {.name = "no-visual",
                                        .help = "the picture is missing: the sound answers alone",
                                        .levels = kThere};

std::vector<Condition> joined() {
  std::vector<Condition> all;
  for (const SoundCondition& sound : sound_conditions()) {
    all.push_back({.scale = &sound.scale, .sound = &sound});
  }
  for (const PictureCondition& picture : picture_conditions()) {
    all.push_back({.scale = &picture.scale, .picture = &picture});
  }
  all.push_back({.scale = &kAudioAway, .audio_away = true});
  all.push_back({.scale = &kVisualAway, .visual_away = true});
  return all;
}

}  // namespace

const std::vector<Condition>& all_conditions() {
  static const std::vector<Condition> kAll = joined();
  return kAll;
}

std::vector<const ConditionScale*> condition_scales(bool audio, bool visual) {
  std::vector<const ConditionScale*> scales;
  for (const Condition& condition : all_conditions()) {
    const bool away = condition.audio_away || condition.visual_away;
    const bool possible = away ? audio && visual : condition.sound != nullptr ? audio : visual;
    if (possible) scales.push_back(condition.scale);
  }
  return scales;
}

std::string Column::name() const {
  return condition == nullptr ? "clean" : std::string(condition->scale->name);
}

std::string Column::words() const {
  return condition == nullptr ? "clean" : condition->scale->words(level);
}

std::vector<Column> columns_of(const std::vector<std::string>& words,
                               const std::vector<const ConditionScale*>& known) {
  std::vector<Column> columns = {{}};
  for (const auto& [scale, level] : named_conditions(words, known)) {
    const auto condition =
        std::ranges::find(all_conditions(), scale, [](const auto& one) { return one.scale; });
    columns.push_back({&*condition, level});
  }
  return columns;
}

}  // namespace aver
