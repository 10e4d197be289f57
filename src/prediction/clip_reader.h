#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "features/extractors.h"
#include "media/resampler.h"
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
/// Throws Error when the model crops to faces with a detector that is not on this machine.
PictureSettings picture_settings_of(const ModelFile& visual, const FaceFiles& files);
/// The same with another way to crop, whatever the model's own was.
PictureSettings picture_settings_with(ModelFile visual, const FaceOptions& face);

/// What the audio model was trained on.
struct SoundSettings {
  int sound_rate_hz = 0;  ///< of the 16-bit samples the features are computed from
  FeatureChoice features;
  std::size_t max_frames = 0;  ///< what is longer, the model does not see
};
/// `encoder` is where the speaker encoder is, for features that are computed with one. Throws Error
/// for features that this build does not know.
SoundSettings sound_settings_of(const ModelFile& audio, const fs::path& encoder);

/// What the models that are there take.
struct ReaderSettings {
  std::optional<PictureSettings> pictures;
  std::optional<SoundSettings> sound;
};

/// A finished frame of a stage (CV_8UC3) as the network takes it: through a JPEG, as the model's
/// training pictures went, and squeezed. `name` is what error messages call it.
std::vector<std::uint8_t> network_picture(const cv::Mat& frame, const PictureSettings& settings,
                                          const std::string& name);

/// Features of the sounds of an audio stage, as the stage behind it computes them. One per worker.
class SoundFeatures {
 public:
  /// Throws UsageError for settings that do not work at the stage's rate.
  explicit SoundFeatures(const SoundSettings& settings);

  /// [coefficients, frames] of 16-bit samples of SoundSettings::sound_rate_hz.
  FloatArray compute(std::span<const std::int16_t> samples);
  double seconds_per_frame() const { return extractor_->seconds_per_frame(); }
  RowAxis row_axis() const { return extractor_->row_axis(); }

 private:
  Resampler resampler_;
  int sound_rate_hz_;
  int rate_hz_;
  std::unique_ptr<FeatureExtractor> extractor_;
};

/// A reader for the models that are there.
std::unique_ptr<ClipReader> make_clip_reader(ReaderSettings settings);

}  // namespace aver
