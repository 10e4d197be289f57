#include "media/audio_file.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/finite.h"
#include "base/text.h"
#include "media/container_end.h"
#include "media/memory_reader.h"
#include "media/pcm16.h"
#include "media/source_bytes.h"
#include "media/wav_length.h"

static_assert(std::endian::native == std::endian::little, "WAV files are written as memory lies");

namespace aver {
namespace {

/// Samples that are read in one go (six minutes at 48 kHz); memory for more is not made ready on
/// the word of a header.
constexpr sf_count_t kMostAtOnce = sf_count_t{1} << 24;

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSoundFile>;

/// A file or bytes in memory as libsndfile reads them.
class SoundInput {
 public:
  explicit SoundInput(const MediaSource& source) : source_(source), reader_(source.bytes()) {}

  /// Throws Error with the library's reason.
  SoundFile open(SF_INFO& info) {
    // The reason is one for the whole process: another thread's file must not overwrite it.
    static std::mutex opening;
    const std::lock_guard lock(opening);
    SoundFile file = open_unguarded(info);
    if (!file) {
      // Of a header without its parts the library only says that its own state is wrong.
      const std::string reason(trim(sf_strerror(nullptr)));
      if (reason.starts_with("Internal error") ||
          to_lower(reason).find("malformed") != std::string::npos) {
        throw UnknownToLibrary(
            "cannot read the sound of {}: it ends early, or its header is damaged; copy it again "
            "from where it came",
            source_.name());
      }
      throw UnknownToLibrary(
          "cannot read the sound of {}: libsndfile says \"{}\"; is it a {} file?", source_.name(),
          reason, format_names(MediaKind::sound));
    }
    return file;
  }

 private:
  SoundFile open_unguarded(SF_INFO& info) {
    if (!source_.in_memory()) return SoundFile(sf_open(source_.path().c_str(), SFM_READ, &info));
    SF_VIRTUAL_IO io{&SoundInput::size, &SoundInput::seek, &SoundInput::read, nullptr,
                     &SoundInput::tell};
    return SoundFile(sf_open_virtual(&io, SFM_READ, &info, &reader_));
  }

  static MemoryReader& of(void* reader) { return *static_cast<MemoryReader*>(reader); }
  static sf_count_t size(void* reader) { return of(reader).size(); }
  static sf_count_t tell(void* reader) { return of(reader).position(); }
  static sf_count_t seek(sf_count_t offset, int whence, void* reader) {
    return of(reader).seek(offset, whence);
  }
  static sf_count_t read(void* out, sf_count_t count, void* reader) {
    return of(reader).read(out, count);
  }

  const MediaSource& source_;
  MemoryReader reader_;
};

/// libsndfile silently shortens a WAV whose samples were cut off, so the promise is read here.
/// Returns how many bytes a header promises too many by its own fault.
std::size_t missing_bytes(const MediaSource& source, const std::optional<WavLength>& length) {
  if (!length) return 0;
  constexpr std::uint64_t kHeadersFault = 128;  // sizes of chunks that some writers count in
  if (length->missing() > kHeadersFault) {
    throw Error(
        "{} ends early: its header promises {} of sound and {} are there; copy it again from "
        "where it came",
        source.name(), counted(length->promised, "bytes"), length->there);
  }
  return length->missing();
}

/// The first number in a line; 0 when there is none.
long long first_number(std::string_view line) {
  const auto begin = line.find_first_of("0123456789");
  if (begin == std::string_view::npos) return 0;
  const auto end = line.find_first_not_of("0123456789", begin);
  return parse_integer(line.substr(begin, end - begin)).value_or(0);
}

/// Of AIFF libsndfile's own notes tell: "SSND : 9000 (should be 8000)" of a cut one. Gives whether
/// the header leaves the length open; throws Error for one that is cut.
bool leaves_length_open(const MediaSource& source, SNDFILE& file) {
  std::array<char, 4096> notes{};
  sf_command(&file, SFC_GET_LOG_INFO, notes.data(), notes.size() - 1);
  const std::string_view text(notes.data());
  bool open = false;
  for (const char* chunk : {"SSND", "data"}) {
    const auto at = text.find(chunk);
    if (at == std::string_view::npos) continue;
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    const auto should = line.find("should be");
    if (should == std::string_view::npos) continue;
    // "SSND : 0 (should be 192000)": a writer to a pipe could not go back and say how much it is.
    if (first_number(line.substr(0, should)) <= first_number(line.substr(should))) {
      open = true;
      continue;
    }
    throw Error(
        "{} ends early: less sound is there than its header promises; copy it again from "
        "where it came",
        source.name());
  }
  return open;
}

void append_mean(std::span<const float> interleaved, std::size_t channels, ChannelMean& mean,
                 std::vector<float>& samples) {
  for (std::size_t at = 0; at < interleaved.size(); at += channels) {
    samples.push_back(mean.next(
        [&](int channel) { return interleaved[at + static_cast<std::size_t>(channel)]; }));
  }
}

/// The usual case: 16-bit samples in one read, without libsndfile's small blocks.
void read_pcm16(SNDFILE& file, const SF_INFO& info, ChannelMean& mean,
                std::vector<float>& samples) {
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<std::int16_t> pcm(static_cast<std::size_t>(info.frames) * channels);
  const sf_count_t count = sf_readf_short(&file, pcm.data(), info.frames);
  pcm.resize(static_cast<std::size_t>(std::max<sf_count_t>(count, 0)) * channels);
  if (channels == 1) {
    samples = from_pcm16(pcm);
  } else {
    append_mean(from_pcm16(pcm), channels, mean, samples);
  }
}

/// Any format, of a length the header may not know.
void read_blocks(const MediaSource& source, SNDFILE& file, const SF_INFO& info, ChannelMean& mean,
                 std::vector<float>& samples) {
  constexpr sf_count_t kBlock = 4096;
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> block(kBlock * channels);
  sf_count_t count = kBlock;
  while (count == kBlock) {
    count = sf_readf_float(&file, block.data(), kBlock);
    const auto read = static_cast<std::size_t>(std::max<sf_count_t>(count, 0));
    append_mean(std::span(block).first(read * channels), channels, mean, samples);
    source.limits().check(source.name(), static_cast<double>(samples.size()) / info.samplerate);
  }
}

/// A decoder that knows no length takes an ID3v1 tag behind a FLAC for a broken frame.
bool ends_in_a_tag(const MediaSource& source) {
  constexpr std::uint64_t kTag = 128;
  SourceBytes bytes(source);
  return bytes.size() > kTag && stands_at(bytes.read(behind_id3(bytes), 4), 0, "fLaC") &&
         stands_at(bytes.read(bytes.size() - kTag, 3), 0, "TAG");
}

}  // namespace

Sound read_sound_file(const MediaSource& source) {
  // A missing file is named by the system's own reason, not libsndfile's.
  if (const std::string odd = odd_content(source); !odd.empty()) {
    throw Error("cannot read the sound of {}: it {}", source.name(), odd);
  }
  if (source.tracks().audio > 1) {
    throw Error("{} has 1 sound track, and number {} is asked for", source.name(),
                source.tracks().audio);
  }
  const auto length = length_of_wav(source);
  const std::size_t missing = missing_bytes(source, length);
  if (length && length->open && length->promised == 0) {
    const auto bytes = with_known_length(source, *length);
    Sound sound =
        read_sound_file(MediaSource(bytes, source.name(), source.limits(), source.tracks()));
    sound.facts.open_end = true;
    return sound;
  }
  const ContainerEnd end = length ? ContainerEnd{} : end_of_container(source);
  end.refuse_cut(source.name());  // which says more than the library does
  SF_INFO info{};
  SoundInput input(source);
  const SoundFile file = input.open(info);
  const bool open = length ? length->open : leaves_length_open(source, *file) || end.open;
  refuse_rate(source.name(), info.samplerate);

  Sound sound{info.samplerate, info.channels, {}};
  sound.facts.missing = missing;
  ChannelMean mean(info.channels);
  const bool length_known = info.frames > 0 && info.frames < SF_COUNT_MAX;
  sound.facts.open_end = open || !length_known;
  const bool pcm16 = (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16;
  if (length_known) {
    source.limits().check(source.name(), static_cast<double>(info.frames) / info.samplerate);
  }
  if (length_known && pcm16 && info.frames <= kMostAtOnce / info.channels) {
    read_pcm16(*file, info, mean, sound.samples);
  } else {
    read_blocks(source, *file, info, mean, sound.samples);
  }
  mean.describe(sound.facts);
  if (const auto bad = first_not_finite(sound.samples)) {
    throw Error("{} holds a value that is no number at sample {}", source.name(), *bad);
  }
  // A FLAC that ends early loses sync, which says less. Of MP3 in a WAV the header may count what
  // the encoder put around the sound.
  constexpr std::size_t kAround = 2 * 1152;
  const bool mp3 = (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_MPEG_LAYER_III;
  if (length_known &&
      sound.samples.size() + (mp3 ? kAround : 0) < static_cast<std::size_t>(info.frames)) {
    throw Error(
        "{} ends early or is damaged: its header promises {} samples and {} could be decoded; copy "
        "it again from where it came",
        source.name(), info.frames, sound.samples.size());
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR && !ends_in_a_tag(source)) {
    throw Error(
        "{} ends early or is damaged: after {:.2f} s its sound cannot be decoded; copy it again "
        "from where it came",
        source.name(), static_cast<double>(sound.samples.size()) / info.samplerate);
  }
  return sound;
}

std::vector<std::byte> encode_wav(std::span<const std::int16_t> samples, int sample_rate_hz) {
  const std::uint64_t data_size = samples.size_bytes();
  if (data_size > 0xFFFFFF00u - 36) {
    throw Error("more than 4 GiB of sound do not fit a WAV file");
  }
  std::vector<std::byte> bytes;
  bytes.reserve(44 + data_size);
  const auto append = [&bytes](const void* data, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), begin, begin + size);
  };
  const auto put = [&append](auto value) { append(&value, sizeof(value)); };
  const auto rate = static_cast<std::uint32_t>(sample_rate_hz);
  append("RIFF", 4);
  put(static_cast<std::uint32_t>(36 + data_size));
  append("WAVEfmt ", 8);
  put(std::uint32_t{16});
  put(std::uint16_t{1});  // PCM
  put(std::uint16_t{1});  // channels
  put(rate);
  put(rate * 2);          // bytes per second
  put(std::uint16_t{2});  // bytes per sample
  put(std::uint16_t{16});
  append("data", 4);
  put(static_cast<std::uint32_t>(data_size));
  append(samples.data(), data_size);
  return bytes;
}

void write_wav(const fs::path& path, std::span<const std::int16_t> samples, int sample_rate_hz) {
  write_file(path, encode_wav(samples, sample_rate_hz));
}

}  // namespace aver
