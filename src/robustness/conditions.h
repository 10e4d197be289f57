#pragma once

#include <string>
#include <vector>

#include "conditions/picture_conditions.h"
#include "conditions/sound_conditions.h"

namespace aver {

/// One condition of a clip: of its sound, of its pictures, or that one of the two is missing.
struct Condition {
  const ConditionScale* scale = nullptr;
  const SoundCondition* sound = nullptr;
  const PictureCondition* picture = nullptr;
  bool audio_away = false, visual_away = false;

  bool changes_audio() const { return sound != nullptr || audio_away; }
  bool changes_visual() const { return picture != nullptr || visual_away; }
};

/// All of them, in the order of the tables: sounds, pictures, then one modality away.
const std::vector<Condition>& all_conditions();

/// Those that clips can be put under by models of these modalities. One can only be away where
/// there are two.
std::vector<const ConditionScale*> condition_scales(bool audio, bool visual);

/// One column of a table: the clips under a condition at a level, or as they are.
struct Column {
  const Condition* condition = nullptr;  ///< null: clean
  double level = 0;

  std::string name() const;  ///< "clean", "noise"…
  /// "clean", "noise at 10 dB SNR"
  std::string words() const;
};

/// The clips as they are, then what is named. Throws as named_conditions().
std::vector<Column> columns_of(const std::vector<std::string>& words,
                               const std::vector<const ConditionScale*>& known);

}  // namespace aver
