#include "aver/media/audio_file.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>

#include "aver/base/error.h"
#include "aver/base/finite.h"

static_assert(std::endian::native == std::endian::little, "WAV files are written as memory lies");

namespace aver {
namespace {

/// Frames that are read in one go (six minutes at 48 kHz); memory for more is not made ready on the
/// word of a header.
constexpr sf_count_t kMostAtOnce = sf_count_t{1} << 24;

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, CloseSoundFile>;

std::uint32_t little_endian_32(const char* bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// libsndfile silently shortens a WAV whose samples were cut off, so the promise is read here.
void refuse_truncated_wav(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 12> head{};
  if (!file.read(head.data(), head.size()) || std::memcmp(head.data(), "RIFF", 4) != 0 ||
      std::memcmp(head.data() + 8, "WAVE", 4) != 0) {
    return;
  }
  const std::uint64_t file_size = stamp_of(path).size;
  std::uint64_t offset = head.size();
  std::array<char, 8> chunk{};
  while (file.seekg(static_cast<std::streamoff>(offset)) && file.read(chunk.data(), chunk.size())) {
    const std::uint32_t size = little_endian_32(chunk.data() + 4);
    offset += chunk.size();
    if (std::memcmp(chunk.data(), "data", 4) == 0) {
      const bool streamed = size == 0 || size >= 0xFFFFFF00u;  // written to a pipe: length unknown
      if (!streamed && offset + size > file_size) {
        throw Error(
            "{} ends early: its header promises {} bytes of sound and {} are there; copy it "
            "again from where it came",
            path.string(), size, file_size - offset);
      }
      return;
    }
    offset += size + (size & 1);
  }
}

/// Appends the mean of the channels of each sample.
void append_mean(std::span<const float> interleaved, std::size_t channels,
                 std::vector<float>& samples) {
  for (std::size_t at = 0; at < interleaved.size(); at += channels) {
    double sum = 0;
    for (const float value : interleaved.subspan(at, channels)) sum += value;
    samples.push_back(static_cast<float>(sum / static_cast<double>(channels)));
  }
}

/// The usual case: 16-bit samples in one read, without libsndfile's small blocks.
void read_pcm16(SNDFILE& file, const SF_INFO& info, std::vector<float>& samples) {
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<std::int16_t> pcm(static_cast<std::size_t>(info.frames) * channels);
  const sf_count_t count = sf_readf_short(&file, pcm.data(), info.frames);
  pcm.resize(static_cast<std::size_t>(std::max<sf_count_t>(count, 0)) * channels);
  if (channels == 1) {
    samples = from_pcm16(pcm);
  } else {
    append_mean(from_pcm16(pcm), channels, samples);
  }
}

/// Any format, of a length the header may not know.
void read_blocks(SNDFILE& file, const SF_INFO& info, std::vector<float>& samples) {
  constexpr sf_count_t kBlock = 4096;
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> block(kBlock * channels);
  sf_count_t count = kBlock;
  while (count == kBlock) {
    count = sf_readf_float(&file, block.data(), kBlock);
    const auto read = static_cast<std::size_t>(std::max<sf_count_t>(count, 0));
    append_mean(std::span(block).first(read * channels), channels, samples);
  }
}

}  // namespace

Sound read_sound_file(const fs::path& path) {
  stamp_of(path);  // a missing file is named by the system's own reason, not libsndfile's
  SF_INFO info{};
  const SoundFile file(sf_open(path.c_str(), SFM_READ, &info));
  if (!file) {
    throw Error("cannot read the sound of {}: {}; is it a WAV or FLAC file?", path.string(),
                sf_strerror(nullptr));
  }
  refuse_truncated_wav(path);

  Sound sound{info.samplerate, info.channels, {}};
  const bool length_known = info.frames > 0 && info.frames < SF_COUNT_MAX;
  const bool pcm16 = (info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16;
  if (length_known && pcm16 && info.frames <= kMostAtOnce) {
    read_pcm16(*file, info, sound.samples);
  } else {
    read_blocks(*file, info, sound.samples);
  }
  if (const auto bad = first_not_finite(sound.samples)) {
    throw Error("{} holds a value that is no number at sample {}", path.string(), *bad);
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
    throw Error("cannot decode the sound of {}: {}", path.string(), sf_strerror(file.get()));
  }
  if (length_known && sound.samples.size() < static_cast<std::size_t>(info.frames)) {
    throw Error(
        "{} ends early: its header promises {} samples and {} could be decoded; copy it again "
        "from where it came",
        path.string(), info.frames, sound.samples.size());
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
