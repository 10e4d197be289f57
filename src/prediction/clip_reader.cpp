#include "prediction/clip_reader.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "media/audio_file.h"
#include "media/face_finder.h"
#include "media/face_tracks.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "media/pcm16.h"
#include "prediction/clip_tracks.h"
#include "prediction/decoded_clip.h"
#include "prediction/face_check.h"
#include "stages/recorded_sound.h"
#include "stages/sampled_frames.h"
#include "stages/sound_rate.h"
#include "train/network_options.h"
#include "train/picture_input.h"

namespace aver {
namespace {

MediaLimits limits_of(const ReadOptions& options) {
  return {.seconds = options.max_seconds, .pixels = options.max_pixels};
}

Tracks tracks_of(const ReadOptions& options) {
  return {options.audio_track, options.video_track};
}

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
  ClipInput read(const RawClip& raw, const ReadOptions& options) override;

 private:
  /// Makes the clip of what was read of it. `moves` says that it is no still picture, `looked` that
  /// it is of a kind that has pictures.
  ClipInput put_together(ClipInput clip, PictureTrack pictures, SoundTrack recording, bool looked,
                         bool moves, const MediaLimits& limits, const ReadOptions& options);
  PictureTrack read_pictures(const MediaSource& source, MediaKind kind, bool look_for_face,
                             ClipInput& clip);
  SoundTrack read_recording(const MediaSource& source, ClipInput& clip);
  ClipInput read_every_face(const MediaSource& source, const ReadOptions& options);
  SoundFeatures* features() { return features_ ? &*features_ : nullptr; }
  void remark_on_pictures(const PictureTrack& pictures, bool look_for_face, ClipInput& clip);
  void remark_on_sound(const SoundTrack& recording, ClipInput& clip) const;

  std::optional<PictureSettings> picture_settings_;
  std::optional<SoundSettings> sound_settings_;
  std::optional<FaceCropper> faces_;
  std::optional<FaceFinder> finder_;  ///< there once every face was asked for
  FaceCheck face_check_;              ///< of pictures that are not cropped
  Resampler resampler_;
  std::optional<SoundFeatures> features_;
};

namespace {

/// One of the faces that were followed through a clip.
struct FollowedFace {
  PictureTrack pictures;
  std::vector<FaceBox> boxes;
};

/// The pictures of a face from `start` to before `end`, or all of them, and where they stand among
/// those of the clip.
ClipPart part_of_face(const FollowedFace& face, std::size_t first, double start,
                      std::optional<double> end) {
  ClipPart part = part_of(face.pictures, {}, start, end, nullptr);
  part.first_picture += first;
  return part;
}

}  // namespace

/// A face that few pictures show is often none: of a recording, at least so many have to.
static constexpr std::size_t kLeastPictures = 3;

ClipInput MediaReader::read_every_face(const MediaSource& source, const ReadOptions& options) {
  const FrameSettings& frames = picture_settings_->frames;
  if (!finder_) finder_.emplace(frames.face);
  FaceTracker tracker;
  std::map<std::size_t, FollowedFace> faces;
  std::size_t looked_at = 0, kept = 0;
  double last = 0;
  const auto look = [&](const cv::Mat& picture, double seconds) {
    const auto boxes = finder_->all(picture);
    const auto numbers = tracker.follow(boxes, seconds);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (kept++ == source.limits().pictures) {
        throw LimitError("{} shows more than the {} faces that are looked at", source.name(),
                         source.limits().pictures);
      }
      FollowedFace& face = faces[numbers[i]];
      face.pictures.bytes.push_back(network_picture(sized_frame(picture(boxes[i]), frames),
                                                    *picture_settings_, source.name()));
      face.pictures.seconds.push_back(seconds);
      face.boxes.push_back({boxes[i].x, boxes[i].y, boxes[i].width, boxes[i].height});
    }
    ++looked_at;
    last = seconds;
  };
  ClipInput clip;
  clip.name = source.name();
  const MediaKind kind = known_kind_of(source);
  if (kind == MediaKind::sound) throw Error("{} holds no picture", source.name());
  if (kind == MediaKind::picture) {
    look(read_image(source), 0);
  } else {
    const auto sampled = for_each_kept_frame(
        source, frames, /*decode_all=*/false,
        [&](const cv::Mat& picture, std::int64_t, double seconds) { look(picture, seconds); });
    clip.remarks = sampled.remarks;
  }
  clip.seconds = end_of_pictures(looked_at, last);
  const double between = clip.seconds - last;
  const std::size_t brief = std::erase_if(faces, [&](const auto& face) {
    return face.second.boxes.size() < std::min(kLeastPictures, looked_at);
  });
  if (brief > 0) {
    clip.remarks.push_back(fmt::format("{} that less than {} pictures show {} left out",
                                       counted(brief, "faces"), kLeastPictures,
                                       brief == 1 ? "was" : "were"));
  }
  if (faces.empty()) {
    throw Error(
        "{}: {} of its {}", source.name(),
        brief > 0 ? fmt::format("no face is in {}", kLeastPictures) : "no face found in any",
        counted(looked_at, "pictures"));
  }
  for (auto& [number, face] : faces) {
    const std::size_t first = clip.pictures.size();
    FaceInput input;
    input.whole = part_of_face(face, first, face.pictures.seconds.front(), std::nullopt);
    input.whole.end = face.pictures.seconds.back() + between;
    if (options.window > 0) {
      for (const auto& [start, end] : windows_of(clip.seconds, options)) {
        ClipPart window = part_of_face(face, first, start, end);
        if (window.pictures > 0) input.windows.push_back(std::move(window));
      }
    }
    input.boxes = std::move(face.boxes);
    clip.every_face.push_back(std::move(input));
    std::ranges::move(face.pictures.bytes, std::back_inserter(clip.pictures));
  }
  return clip;
}

PictureTrack MediaReader::read_pictures(const MediaSource& source, MediaKind kind,
                                        bool look_for_face, ClipInput& clip) {
  PictureTrack pictures;
  const bool search = look_for_face && picture_settings_->frames.face.mode == FaceMode::none;
  if (kind == MediaKind::picture) {
    const cv::Mat image = read_image(source);
    if (search) face_check_.look(image, 0);
    if (const auto face = faces_->crop(image)) {
      pictures.bytes.push_back(squeeze_picture(*face, picture_settings_->picture_size));
      pictures.seconds.push_back(0);
    }
    return pictures;
  }
  const FrameSettings& frames = picture_settings_->frames;
  const SampledClip sampled = for_each_sampled_frame(
      source, frames, /*decode_all=*/false, *faces_,
      [&](const cv::Mat& picture, std::int64_t, double seconds) {
        source.limits().check_pictures(source.name(), pictures.bytes.size() + 1);
        if (search) face_check_.look(picture, pictures.bytes.size());
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

void MediaReader::remark_on_pictures(const PictureTrack& pictures, bool look_for_face,
                                     ClipInput& clip) {
  constexpr double kDark = 20;  // of 255, on the mean of all pixels and colours
  double sum = 0, count = 0;
  for (const auto& picture : pictures.bytes) {
    sum += std::accumulate(picture.begin(), picture.end(), 0.0);
    count += static_cast<double>(picture.size());
  }
  if (sum / count < kDark) {
    clip.checks.emplace_back("too dark");
    clip.remarks.push_back(
        fmt::format("its picture is nearly black (brightness {:.0f} of 255)", sum / count));
  }
  const bool cropped = clip.faces && clip.faces->found == 0;
  if (!cropped && !(look_for_face && face_check_.none_seen())) return;
  clip.checks.emplace_back("no face");
  if (!cropped) clip.remarks.emplace_back("no face is seen in its picture");
}

/// What a person must know to judge the answer.
void MediaReader::remark_on_sound(const SoundTrack& recording, ClipInput& clip) const {
  const auto [least, most] = std::ranges::minmax(recording.samples);
  constexpr int kWhisper = 33;  // -60 dB of full scale
  if (most - least < 2 * kWhisper) {
    clip.checks.emplace_back("silent");
    clip.remarks.emplace_back(least == most ? "its sound is silence"
                                            : "its sound is nearly silence");
  }
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
  if (options.every_face && picture_settings_) return read_every_face(source, options);
  const MediaKind kind = known_kind_of(source);
  const bool look = picture_settings_ && options.picture;
  const bool listen = sound_settings_ && options.sound;
  ClipInput clip;
  clip.name = source.name();
  PictureTrack pictures;
  SoundTrack recording;
  face_check_.start_clip();
  if (faces_) faces_->start_clip();
  if (look && kind != MediaKind::sound) {
    try {
      pictures = read_pictures(source, kind, options.look_for_face, clip);
    } catch (const MissingStreamError&) {  // said below
    }
  }
  if (listen && kind != MediaKind::picture) {
    try {
      recording = read_recording(source, clip);
    } catch (const MissingStreamError&) {
    }
  }
  return put_together(std::move(clip), std::move(pictures), std::move(recording),
                      kind != MediaKind::sound, kind != MediaKind::picture, source.limits(),
                      options);
}

ClipInput MediaReader::put_together(ClipInput clip, PictureTrack pictures, SoundTrack recording,
                                    bool looked, bool moves, const MediaLimits& limits,
                                    const ReadOptions& options) {
  const bool look = picture_settings_ && options.picture;
  const bool listen = sound_settings_ && options.sound;
  if (pictures.bytes.empty()) recording.start_seconds = 0;  // its own clock is the clip's
  align(pictures, recording);
  const bool seen = !pictures.bytes.empty();
  const bool heard = !recording.samples.empty();
  const std::string faceless = faces_ ? faceless_remark(faces_->counts()) : "";
  if (!faceless.empty()) clip.remarks.push_back(faceless);
  if (look && picture_settings_->frames.face.mode != FaceMode::none && looked) {
    clip.faces = faces_->counts();
  }
  if (!seen && !heard && !faceless.empty()) throw Error("{}: {}", clip.name, faceless);
  if (!seen && !heard) {
    throw Error("{} holds no {}", clip.name,
                look && listen ? "picture and no sound"
                : look         ? "picture, and only the picture is asked for"
                               : "sound, and only the sound is asked for");
  }
  if (options.every_picture && !seen) {
    throw Error("{} holds no picture, and each of its pictures is asked about", clip.name);
  }
  if (look && !seen) clip.remarks.emplace_back("no picture: audio decides alone");
  if (listen && !heard) clip.remarks.emplace_back("no sound: visual decides alone");

  clip.whole = part_of(pictures, recording, 0, std::nullopt, features());
  clip.seconds = moves ? clip.whole.end : 0;
  if (options.window > 0) {
    for (const auto& [start, end] : windows_of(clip.seconds, options)) {
      limits.check(clip.name);
      clip.windows.push_back(part_of(pictures, recording, start, end, features()));
    }
  }
  for (std::size_t i = 0; options.every_picture && moves && i < pictures.bytes.size(); ++i) {
    const bool last = i + 1 == pictures.bytes.size();
    clip.windows.push_back(
        {pictures.seconds[i], last ? pictures.end() : pictures.seconds[i + 1], i, 1, std::nullopt});
  }
  if (seen) remark_on_pictures(pictures, options.look_for_face, clip);
  if (heard) remark_on_sound(recording, clip);
  clip.pictures = std::move(pictures.bytes);
  clip.picture_seconds = std::move(pictures.seconds);
  return clip;
}

ClipInput MediaReader::read(const RawClip& raw, const ReadOptions& options) {
  require_described(raw, limits_of(options));
  if (options.every_face) throw UsageError("every face is looked for in recordings alone");
  const bool look = picture_settings_ && options.picture && !raw.pictures.empty();
  const bool listen = sound_settings_ && options.sound && !raw.samples.empty();
  ClipInput clip;
  clip.name = raw.name;
  face_check_.start_clip();
  if (faces_) faces_->start_clip();
  PictureTrack pictures;
  if (look) {
    FrameChoice choice(picture_settings_->frames);
    for (std::size_t i = 0; i < raw.pictures.size(); ++i) {
      const double seconds = static_cast<double>(i) / raw.pictures_per_second;
      if (!choice.keeps(static_cast<std::int64_t>(i), seconds)) continue;
      if (const auto frame =
              finished_frame(picture_at(raw, i), picture_settings_->frames, *faces_)) {
        pictures.bytes.push_back(network_picture(*frame, *picture_settings_, raw.name));
        pictures.seconds.push_back(seconds);
      }
    }
  }
  SoundTrack recording;
  if (listen) {
    const int rate = sound_settings_->sound_rate_hz;
    auto [samples, start, remarks] = recorded_sound(sound_of(raw), raw.name, rate, resampler_);
    clip.remarks = std::move(remarks);
    recording = {std::move(samples), rate, start};
  }
  return put_together(std::move(clip), std::move(pictures), std::move(recording),
                      !raw.pictures.empty(), true, limits_of(options), options);
}

}  // namespace

MediaSource source_of(const fs::path& file, const ReadOptions& options) {
  if (fs::is_directory(file)) throw Error("{} is a folder, and no recording", file.string());
  return {file, limits_of(options), tracks_of(options)};
}

MediaSource source_of(std::span<const std::byte> bytes, const std::string& name,
                      const ReadOptions& options) {
  return {bytes, name, limits_of(options), tracks_of(options)};
}

PictureSettings picture_settings_of(const ModelFile& visual, const FaceFiles& files) {
  return {frame_settings_of(visual.input, files),
          network_options(visual).as<PictureNetworkOptions>().picture_size};
}

PictureSettings picture_settings_with(ModelFile visual, const FaceOptions& face) {
  if (visual.input.contains("frames")) visual.input["frames"].erase("face");
  PictureSettings settings = picture_settings_of(visual, {});
  settings.frames.face = face;
  return settings;
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
