#pragma once

#include <memory>
#include <optional>

#include "features/extractors.h"
#include "prediction/recogniser.h"
#include "runs/model_file.h"
#include "stages/frame_settings.h"

namespace aver {

/// What the visual model was trained on, as far as it is recorded; else the paper's defaults.
/// Throws as frame_settings_of does.
struct PictureSettings {
  FrameSettings frames;
  int picture_size = 64;
};
/// Throws Error when the model crops to faces with a cascade that is not on this machine.
PictureSettings picture_settings_of(const ModelFile& visual, const fs::path& cascade);

/// What the audio model was trained on.
struct SoundSettings {
  int sound_rate_hz = 0;  ///< of the 16-bit samples the features are computed from
  FeatureChoice features;
  std::size_t max_frames = 0;  ///< what is longer, the model does not see
};
/// `encoder` is where the speaker encoder is, for features that are computed with one. Throws Error
/// for features that this build does not know.
SoundSettings sound_settings_of(const ModelFile& audio, const fs::path& encoder);

/// A reader for the models that are there.
std::unique_ptr<ClipReader> make_clip_reader(std::optional<PictureSettings> pictures,
                                             std::optional<SoundSettings> sound);

}  // namespace aver
