#include "media/audio_decoder.h"

#include <utility>

#include "base/finite.h"
#include "media/container_end.h"
#include "media/demuxer.h"
#include "media/sound_frames.h"
#include "media/source_bytes.h"

namespace aver {
namespace {

/// What lossy codecs do of themselves: a few samples of a loud sound overshoot.
bool is_overshoot(const SoundFacts& facts, std::size_t samples, const AVCodecParameters& codec) {
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get(codec.codec_id);
  return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_LOSSY) != 0 &&
         facts.peak < 2 && facts.beyond_full_scale < samples / 100;
}

}  // namespace

Sound decode_sound(const MediaSource& source) {
  Demuxer demuxer(source, Demuxer::Kind::sound);
  const ffmpeg::Codec decoder = demuxer.make_decoder();
  FrameSource source_frames(demuxer, *decoder);
  SoundFrames frames(source.name(), source.limits());
  while (const AVFrame* frame = source_frames.next()) frames.add(*frame, demuxer.stream());
  Sound sound = std::move(frames.sound());
  if (sound.samples.empty()) {
    throw Error("the sound track of {} is empty", source.name());
  }
  if (const auto bad = first_not_finite(sound.samples)) {
    throw Error("{} holds a value that is no number at sample {}", source.name(), *bad);
  }
  sound.facts = frames.facts();
  sound.facts.tracks = demuxer.tracks();
  sound.facts.open_end = demuxer.open_end();
  if (is_overshoot(sound.facts, sound.samples.size(), *demuxer.stream().codecpar)) {
    sound.facts.beyond_full_scale = 0;
  }
  return sound;
}

/// Of Wave64 libsndfile reads floats as whole numbers, and chunks behind the samples as sound;
/// FFmpeg takes none whose length a writer to a pipe left open.
static bool ffmpeg_knows_better(const MediaSource& source) {
  SourceBytes bytes(source);
  if (!stands_at(bytes.read(0, 4), 0, "riff")) return false;
  constexpr std::uint64_t kFormatTag = 64;  // behind the heads of file and first chunk
  constexpr std::uint64_t kPcm = 1;
  const bool whole_numbers = little_endian(bytes.read(kFormatTag, 2), 0, 2) == kPcm;
  return !whole_numbers || !end_of_container(source).open;
}

/// FFmpeg's word on a file that libsndfile does not know; where it is no better, that stands.
static Sound decode_or_refuse(const MediaSource& source, const UnknownToLibrary& unknown) {
  try {
    return decode_sound(source);
  } catch (const LimitError&) {
    throw;
  } catch (const Error&) {
    throw Error("{}", unknown.what());
  }
}

Sound read_any_sound(const MediaSource& source) {
  switch (known_kind_of(source)) {
    case MediaKind::container:
      return decode_sound(source);
    case MediaKind::sound:
      if (ffmpeg_knows_better(source)) return decode_sound(source);
      try {
        return read_sound_file(source);
      } catch (const UnknownToLibrary& unknown) {
        return decode_or_refuse(source, unknown);
      }
    default:
      throw Error("{} is a picture and holds no sound", source.name());
  }
}

}  // namespace aver
