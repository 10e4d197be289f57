#include "prediction/clip_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "media/audio_file.h"
#include "media/face_finder.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "media/pcm16.h"
#include "prediction/clip_tracks.h"
#include "stages/recorded_sound.h"
#include "stages/sampled_frames.h"
#include "stages/sound_rate.h"
#include "train/network_options.h"
#include "train/picture_input.h"

namespace aver {
namespace {

/// What is to be said of the pictures without a face; "" when each shows one.
std::string faceless_remark(const FaceCounts& counts) {
  const std::size_t faceless = counts.previous + counts.whole + counts.skipped;
  if (faceless == 0) return {};
  std::vector<std::string> done;
  if (counts.previous > 0) done.push_back(fmt::format("{} cut as the one before", counts.previous));
  if (counts.whole > 0) done.push_back(fmt::format("{} looked at whole", counts.whole));
  if (counts.skipped > 0) done.push_back(fmt::format("{} left out", counts.skipped));
  return fmt::format("no face found in {} of {} pictures: {}", faceless, faceless + counts.found,
                     fmt::join(done, ", "));
}

/// Start and end of the windows of a clip, none for one that is no longer than a window. What is
/// left at the end goes into the last one when it is too short to say anything.
std::vector<std::pair<double, double>> windows_of(double seconds, const ReadOptions& options) {
  std::vector<std::pair<double, double>> windows;
  if (seconds <= options.window + kTooShort) return windows;
  for (int n = 0;; ++n) {
    const double start = n * options.hop;
    const double end = start + options.window;
    if (end > seconds - kTooShort) {
      windows.emplace_back(start, seconds);
      return windows;
    }
    windows.emplace_back(start, end);
  }
}

class MediaReader final : public ClipReader {
 public:
  explicit MediaReader(ReaderSettings settings)
      : picture_settings_(std::move(settings.pictures)),
        sound_settings_(std::move(settings.sound)) {
    if (picture_settings_) faces_.emplace(picture_settings_->frames.face);
    if (sound_settings_) features_.emplace(*sound_settings_);
  }

  ClipInput read(const MediaSource& source, const ReadOptions& options) override;

 private:
  PictureTrack read_pictures(const MediaSource& source, MediaKind kind, ClipInput& clip);
  SoundTrack read_recording(const MediaSource& source, ClipInput& clip);
  SoundFeatures* features() { return features_ ? &*features_ : nullptr; }
  void remark_on_sound(const SoundTrack& recording, ClipInput& clip) const;

  std::optional<PictureSettings> picture_settings_;
  std::optional<SoundSettings> sound_settings_;
  std::optional<FaceCropper> faces_;
  Resampler resampler_;
  std::optional<SoundFeatures> features_;
};

PictureTrack MediaReader::read_pictures(const MediaSource& source, MediaKind kind,
                                        ClipInput& clip) {
  PictureTrack pictures;
  if (kind == MediaKind::picture) {
    if (const auto face = faces_->crop(read_image(source))) {
      pictures.bytes.push_back(squeeze_picture(*face, picture_settings_->picture_size));
      pictures.seconds.push_back(0);
    }
    return pictures;
  }
  const FrameSettings& frames = picture_settings_->frames;
  const SampledClip sampled = for_each_sampled_frame(
      source, frames, /*decode_all=*/false, *faces_,
      [&](const cv::Mat& picture, std::int64_t, double seconds) {
        if (pictures.bytes.size() == source.limits().pictures) {
          throw LimitError("{} shows more than the {} pictures that are looked at", source.name(),
                           source.limits().pictures);
        }
        pictures.bytes.push_back(network_picture(picture, *picture_settings_, source.name()));
        pictures.seconds.push_back(seconds);
      });
  pictures.start_seconds = sampled.start_seconds;
  clip.remarks = sampled.remarks;
  return pictures;
}

SoundTrack MediaReader::read_recording(const MediaSource& source, ClipInput& clip) {
  const int rate = sound_settings_->sound_rate_hz;
  auto [samples, start, remarks] = recorded_sound(source, rate, resampler_);
  for (std::string& remark : remarks) {  // what the pictures have said of the same file stands
    if (std::ranges::find(clip.remarks, remark) == clip.remarks.end()) {
      clip.remarks.push_back(std::move(remark));
    }
  }
  return {std::move(samples), rate, start};
}

/// What a person must know to judge the answer.
void MediaReader::remark_on_sound(const SoundTrack& recording, ClipInput& clip) const {
  const auto [least, most] = std::ranges::minmax(recording.samples);
  if (least == most) clip.remarks.emplace_back("its sound is silence");
  constexpr double kBrief = 0.5;
  if (recording.seconds() < kBrief) {
    clip.remarks.push_back(
        fmt::format("it has {:.3f} s of sound, too little to say much", recording.seconds()));
  }
  const auto too_long = [&](const ClipPart& part) {
    return part.mfcc && part.mfcc->shape[1] > sound_settings_->max_frames;
  };
  const double heard =
      static_cast<double>(sound_settings_->max_frames) * features_->seconds_per_frame();
  if (too_long(clip.whole)) {
    clip.remarks.push_back(fmt::format(
        "as a whole, only the first {:.1f} s of its sound are heard: the model takes no more",
        heard));
  }
  if (std::ranges::any_of(clip.windows, too_long)) {
    clip.remarks.push_back(
        fmt::format("of each window, only the first {:.1f} s of the sound are heard", heard));
  }
}

ClipInput MediaReader::read(const MediaSource& source, const ReadOptions& options) {
  const MediaKind kind = known_kind_of(source);
  const bool look = picture_settings_ && options.picture;
  const bool listen = sound_settings_ && options.sound;
  ClipInput clip;
  clip.name = source.name();
  PictureTrack pictures;
  SoundTrack recording;
  if (faces_) faces_->start_clip();
  if (look && kind != MediaKind::sound) {
    try {
      pictures = read_pictures(source, kind, clip);
    } catch (const MissingStreamError&) {  // said below
    }
  }
  if (listen && kind != MediaKind::picture) {
    try {
      recording = read_recording(source, clip);
    } catch (const MissingStreamError&) {
    }
  }
  if (pictures.bytes.empty()) recording.start_seconds = 0;  // its own clock is the clip's
  align(pictures, recording);
  const bool seen = !pictures.bytes.empty();
  const bool heard = !recording.samples.empty();
  const std::string faceless = faces_ ? faceless_remark(faces_->counts()) : "";
  if (!faceless.empty()) clip.remarks.push_back(faceless);
  if (look && picture_settings_->frames.face.mode != FaceMode::none && kind != MediaKind::sound) {
    clip.faces = faces_->counts();
  }
  if (!seen && !heard && !faceless.empty()) throw Error("{}: {}", source.name(), faceless);
  if (!seen && !heard) {
    throw Error("{} holds no {}", source.name(),
                look && listen ? "picture and no sound"
                : look         ? "picture, and only the picture is asked for"
                               : "sound, and only the sound is asked for");
  }
  if (look && !seen) clip.remarks.emplace_back("no picture: audio decides alone");
  if (listen && !heard) clip.remarks.emplace_back("no sound: visual decides alone");

  clip.whole = part_of(pictures, recording, 0, std::nullopt, features());
  clip.seconds = kind == MediaKind::picture ? 0 : clip.whole.end;
  if (options.window > 0) {
    for (const auto& [start, end] : windows_of(clip.seconds, options)) {
      source.limits().check(source.name());
      clip.windows.push_back(part_of(pictures, recording, start, end, features()));
    }
  }
  if (heard) remark_on_sound(recording, clip);
  clip.pictures = std::move(pictures.bytes);
  return clip;
}

}  // namespace

PictureSettings picture_settings_of(const ModelFile& visual, const FaceFiles& files) {
  return {frame_settings_of(visual.input, files),
          network_options(visual).as<PictureNetworkOptions>().picture_size};
}

SoundSettings sound_settings_of(const ModelFile& audio, const fs::path& encoder) {
  FeatureChoice features = FeatureChoice::recorded(audio.input);
  features.take_encoder(encoder);
  return {recorded_sound_rate(audio.input), std::move(features),
          static_cast<std::size_t>(network_options(audio).as<SeriesNetworkOptions>().max_frames)};
}

std::vector<std::uint8_t> network_picture(const cv::Mat& frame, const PictureSettings& settings,
                                          const std::string& name) {
  const auto jpeg = encode_jpeg(frame, settings.frames.quality);
  return squeeze_picture(decode_image(jpeg, name), settings.picture_size);
}

SoundFeatures::SoundFeatures(const SoundSettings& settings)
    : sound_rate_hz_(settings.sound_rate_hz),
      rate_hz_(settings.features.rate_for(settings.sound_rate_hz)),
      extractor_(settings.features.make(rate_hz_)) {}

FloatArray SoundFeatures::compute(std::span<const std::int16_t> samples) {
  return extractor_->compute(resampler_.resample(from_pcm16(samples), sound_rate_hz_, rate_hz_));
}

std::unique_ptr<ClipReader> make_clip_reader(ReaderSettings settings) {
  return std::make_unique<MediaReader>(std::move(settings));
}

}  // namespace aver
