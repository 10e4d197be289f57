#include "media/audio_file.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "base/error.h"
#include "base/random.h"
#include "media/audio_decoder.h"
#include "media/pcm16.h"
#include "movies.h"
#include "support.h"

namespace {

using namespace aver;
using aver::test::TemporaryFolder;
using testing::HasSubstr;
using testing::ThrowsMessage;

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string u32(std::size_t value) {
  return bytes_of(std::vector<std::uint32_t>{static_cast<std::uint32_t>(value)});
}

std::string chunk(const std::string& name, const std::string& content) {
  return name + u32(content.size()) + content + std::string(content.size() % 2, '\0');
}

/// A WAV laid out as the dataset's own: chunks before and after the samples.
std::string wav_with_chunks(const std::vector<std::int16_t>& samples, std::uint16_t channels) {
  const std::uint16_t block = static_cast<std::uint16_t>(2 * channels);
  const std::string format = bytes_of(std::vector<std::uint16_t>{1, channels}) + u32(48000) +
                             u32(48000u * block) + bytes_of(std::vector<std::uint16_t>{block, 16});
  const std::string body = "WAVE" + chunk("bext", std::string(602, 'b')) + chunk("fmt ", format) +
                           chunk("FLLR", std::string(3333, '\0')) +
                           chunk("data", bytes_of(samples)) + chunk("_PMX", "<x:xmpmeta/>") +
                           chunk("LIST", "INFOISFT" + u32(4) + "abc");
  return "RIFF" + u32(body.size()) + body;
}

std::vector<std::int16_t> noise(std::size_t count) {
  Random random(7);
  std::vector<std::int16_t> samples(count);
  for (auto& sample : samples) sample = static_cast<std::int16_t>(random.below(65536));
  return samples;
}

TEST(ReadSoundFile, ReturnsEvery16BitSampleExactlyPastExtraChunks) {
  TemporaryFolder folder;
  const auto samples = noise(10'001);
  write_file(folder / "a.wav", wav_with_chunks(samples, 1));
  const Sound sound = read_sound_file(folder / "a.wav");
  EXPECT_EQ(sound.sample_rate_hz, 48000);
  EXPECT_EQ(sound.channels, 1);
  ASSERT_EQ(sound.samples.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ASSERT_EQ(sound.samples[i], static_cast<float>(samples[i]) / 32768.0f) << i;
  }
  EXPECT_EQ(to_pcm16(sound.samples), samples);
}

TEST(ReadSoundFile, TakesTheMeanOfTheChannels) {
  TemporaryFolder folder;
  write_file(folder / "a.wav", wav_with_chunks({100, 200, -32768, -32768, 32767, -32767, 1, 0}, 2));
  const Sound sound = read_sound_file(folder / "a.wav");
  EXPECT_EQ(sound.channels, 2);
  EXPECT_THAT(sound.samples, testing::ElementsAre(150 / 32768.f, -1.f, 0.f, 0.5f / 32768.f));
}

TEST(ReadSoundFile, RefusesAWavThatEndsEarly) {
  TemporaryFolder folder;
  const std::string whole = wav_with_chunks(noise(5000), 1);
  write_file(folder / "cut.wav", whole.substr(0, whole.size() - 4000));
  EXPECT_THAT([&] { read_sound_file(folder / "cut.wav"); },
              ThrowsMessage<Error>(testing::AllOf(HasSubstr("cut.wav"), HasSubstr("ends early"))));
}

/// A WAV of 16-bit samples with any size in its data chunk.
std::string wav_that_says(std::size_t size, const std::vector<std::int16_t>& samples,
                          std::uint32_t rate = 48000, std::uint16_t channels = 1) {
  const std::uint16_t block = static_cast<std::uint16_t>(2 * channels);
  const std::string format = bytes_of(std::vector<std::uint16_t>{1, channels}) + u32(rate) +
                             u32(rate * block) + bytes_of(std::vector<std::uint16_t>{block, 16});
  return "RIFF" + u32(size + 36) + "WAVE" + chunk("fmt ", format) + "data" + u32(size) +
         bytes_of(samples);
}

TEST(ReadSoundFile, ReadsAWavThatWasWrittenToAPipeToItsEnd) {
  TemporaryFolder folder;
  const auto samples = noise(5000);
  for (const std::size_t size :
       {0ul, 0x7FFFF000ul, 0x7FFFFFFFul, 0x80000000ul, 0x7FFFFFDBul, 0xFFFFFFFFul, 0xFFFFFFDBul}) {
    const std::string wav = wav_that_says(size, samples);
    write_file(folder / "piped.wav", wav);
    EXPECT_EQ(to_pcm16(read_sound_file(folder / "piped.wav").samples), samples) << size;
    const MediaSource in_memory(std::as_bytes(std::span(wav)), "standard input");
    EXPECT_EQ(to_pcm16(read_sound_file(in_memory).samples), samples) << size;
  }
}

TEST(ReadSoundFile, AnEmptyWavWithChunksBehindItIsNotOneFromAPipe) {
  TemporaryFolder folder;
  write_file(folder / "none.wav", wav_with_chunks({}, 1));
  EXPECT_TRUE(read_sound_file(folder / "none.wav").samples.empty());
}

TEST(ReadSoundFile, RemarksOnAHeaderThatPromisesAFewBytesTooMany) {
  TemporaryFolder folder;
  const auto samples = noise(5000);
  write_file(folder / "few.wav", wav_that_says(2 * samples.size() + 16, samples));
  const Sound sound = read_sound_file(folder / "few.wav");
  EXPECT_EQ(to_pcm16(sound.samples), samples);
  EXPECT_THAT(remarks_on(sound), testing::ElementsAre(HasSubstr("promises 16 bytes more")));
}

TEST(ReadSoundFile, RemarksOnWhatIsClippedAndOnWhatCancels) {
  TemporaryFolder folder;
  const std::string format = bytes_of(std::vector<std::uint16_t>{3, 1}) + u32(16000) + u32(64000) +
                             bytes_of(std::vector<std::uint16_t>{4, 32});
  std::vector<float> integers(1000);
  for (std::size_t i = 0; i < integers.size(); ++i) integers[i] = i % 2 == 0 ? 9000.f : -9000.f;
  const std::string body = "WAVE" + chunk("fmt ", format) + chunk("data", bytes_of(integers));
  write_file(folder / "integers.wav", "RIFF" + u32(body.size()) + body);
  EXPECT_THAT(remarks_on(read_sound_file(folder / "integers.wav")),
              testing::ElementsAre(testing::AllOf(HasSubstr("1000 of its samples (100 %)"),
                                                  HasSubstr("up to 9000 times"),
                                                  HasSubstr("integers as floating-point"))));

  std::vector<std::int16_t> stereo;
  for (const std::int16_t sample : noise(5000)) {
    const auto value = static_cast<std::int16_t>(sample / 2);
    stereo.insert(stereo.end(), {value, static_cast<std::int16_t>(-value)});
  }
  write_file(folder / "antiphase.wav", wav_that_says(2 * stereo.size(), stereo, 48000, 2));
  EXPECT_THAT(remarks_on(read_sound_file(folder / "antiphase.wav")),
              testing::ElementsAre(HasSubstr("its 2 channels cancel out")));
  write_file(folder / "silent.wav", wav_that_says(4000, std::vector<std::int16_t>(2000), 48000, 2));
  EXPECT_THAT(remarks_on(read_sound_file(folder / "silent.wav")), testing::IsEmpty());
}

TEST(ReadSoundFile, RefusesARateThatNoRecordingHas) {
  TemporaryFolder folder;
  for (const std::uint32_t rate : {1u, 8u, 900u, 4'000'000u}) {
    write_file(folder / "rate.wav", wav_that_says(200, noise(100), rate));
    EXPECT_THAT([&] { read_sound_file(folder / "rate.wav"); },
                ThrowsMessage<Error>(
                    testing::AllOf(HasSubstr("rate.wav"), HasSubstr(std::to_string(rate)))));
  }
}

TEST(ReadSoundFile, ReadsOtherFormatsAndNoticesWhereTheyEndEarly) {
  if (!aver::test::has_program("ffmpeg")) GTEST_SKIP() << "needs the program ffmpeg";
  TemporaryFolder folder;
  write_wav(folder / "a.wav", noise(20'000), 48000);
  for (const char* name : {"a.aiff", "a.w64", "a.caf", "a.flac", "a.rf64.wav"}) {
    const fs::path path = folder / name;
    std::vector<std::string> words = {"-i", (folder / "a.wav").string()};
    if (std::string(name) == "a.rf64.wav") words.insert(words.end(), {"-rf64", "always"});
    words.push_back(path.string());
    aver::test::run_ffmpeg(words);
    EXPECT_EQ(to_pcm16(read_any_sound(path).samples), noise(20'000)) << name;
    EXPECT_EQ(to_pcm16(read_sound_file(path).samples), noise(20'000)) << name;
    const std::string whole = read_file(path);
    write_file(path, whole.substr(0, whole.size() / 2));
    EXPECT_THAT(
        [&] { read_sound_file(path); },
        ThrowsMessage<Error>(testing::AllOf(
            HasSubstr(name), testing::AnyOf(HasSubstr("ends early"), HasSubstr("malformed")))))
        << name;
  }
}

TEST(ReadSoundFile, ReadsAnAiffThatWasWrittenToAPipeToItsEnd) {
  if (!aver::test::has_program("ffmpeg")) GTEST_SKIP() << "needs the program ffmpeg";
  test::TemporaryFolder folder;
  const fs::path path = folder / "a.aiff";
  ASSERT_EQ(test::run_command(
                {"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1:r=16000", path.string()})
                .exit_status,
            0);
  const Sound whole = read_sound_file(path);
  // The sizes that its writer would have filled in at the end: of the file, frames and samples.
  std::string piped = read_file(path);
  const std::string zero(4, '\0');
  piped.replace(4, 4, zero).replace(piped.find("COMM") + 10, 4, zero);
  piped.replace(piped.find("SSND") + 4, 4, zero);
  write_file(path, piped);
  EXPECT_EQ(read_sound_file(path).samples, whole.samples);
}

TEST(ReadSoundFile, ReadsAFlacBehindAnId3Tag) {
  if (!aver::test::has_program("ffmpeg")) GTEST_SKIP() << "needs the program ffmpeg";
  TemporaryFolder folder;
  write_wav(folder / "a.wav", noise(5000), 48000);
  aver::test::run_ffmpeg({"-i", (folder / "a.wav").string(), (folder / "a.flac").string()});
  const std::string tag = std::string("ID3\x03\0\0\0\0\x01\x00", 10) + std::string(128, '\0');
  write_file(folder / "tagged.flac", tag + read_file(folder / "a.flac"));
  EXPECT_EQ(kind_of(folder / "tagged.flac"), MediaKind::sound);
  EXPECT_EQ(to_pcm16(read_sound_file(folder / "tagged.flac").samples), noise(5000));
  // Of one whose header says no length (36 bits of zeros), a tag behind it is no broken frame.
  std::string piped = read_file(folder / "a.flac");
  constexpr std::size_t kTotal = 21;
  piped[kTotal] = static_cast<char>(piped[kTotal] & '\xF0');
  piped.replace(kTotal + 1, 4, std::string(4, '\0'));
  write_file(folder / "piped.flac", piped + "TAG" + std::string(125, ' '));
  EXPECT_EQ(to_pcm16(read_sound_file(folder / "piped.flac").samples), noise(5000));
}

TEST(ReadSoundFile, SaysWhatLiesInThePlaceOfASound) {
  TemporaryFolder folder;
  const std::pair<std::string, const char*> kFound[] = {
      {"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"},
      {"<html>Sign in</html>", "is a web page"},
      {std::string("PK\x03\x04 and so on"), "is an archive: unzip "},
      {"", "is empty"},
      {std::string(600, '\0'), "zeros only"}};
  for (const auto& [content, said] : kFound) {
    write_file(folder / "a.wav", content);
    EXPECT_THAT([&] { read_sound_file(folder / "a.wav"); },
                ThrowsMessage<Error>(testing::AllOf(HasSubstr("a.wav"), HasSubstr(said))));
  }
}

TEST(ReadSoundFile, RefusesWhatIsNoSound) {
  TemporaryFolder folder;
  write_file(folder / "text.wav", "this is a text");
  write_file(folder / "empty.flac", "");
  EXPECT_THAT([&] { read_sound_file(folder / "text.wav"); },
              ThrowsMessage<Error>(HasSubstr("text.wav")));
  EXPECT_THAT([&] { read_sound_file(folder / "empty.flac"); },
              ThrowsMessage<Error>(HasSubstr("empty.flac")));
  EXPECT_THAT([&] { read_sound_file(folder / "missing.wav"); },
              ThrowsMessage<Error>(HasSubstr("No such file")));
}

TEST(ReadSoundFile, RefusesValuesThatAreNotFinite) {
  TemporaryFolder folder;
  const std::vector<float> samples{0.f, std::numeric_limits<float>::quiet_NaN()};
  const std::string format = bytes_of(std::vector<std::uint16_t>{3, 1}) + u32(16000) + u32(64000) +
                             bytes_of(std::vector<std::uint16_t>{4, 32});
  const std::string body = "WAVE" + chunk("fmt ", format) + chunk("data", bytes_of(samples));
  write_file(folder / "nan.wav", "RIFF" + u32(body.size()) + body);
  EXPECT_THAT([&] { read_sound_file(folder / "nan.wav"); },
              ThrowsMessage<Error>(HasSubstr("no number at sample 1")));
}

TEST(ReadSoundFile, ReadsRealFlacAndNoticesACutOne) {
  AVER_REQUIRE_TEST_DATA(data);
  const auto path = data / "ravdess-speech-audio/Actor_01/03-01-01-01-01-01-01.flac";
  const Sound sound = read_sound_file(path);
  EXPECT_EQ(sound.sample_rate_hz, 48000);
  EXPECT_EQ(sound.channels, 1);
  EXPECT_EQ(sound.samples.size(), 158'558u);  // as metaflac --show-total-samples says

  TemporaryFolder folder;
  const std::string whole = read_file(path);
  write_file(folder / "cut.flac", whole.substr(0, whole.size() / 2));
  EXPECT_THAT([&] { read_sound_file(folder / "cut.flac"); },
              ThrowsMessage<Error>(HasSubstr("cut.flac")));
}

TEST(ReadSoundFile, GivesAFilesOwnReasonBesideOtherThreads) {
  TemporaryFolder folder;
  write_wav(folder / "good.wav", noise(10), 48000);
  write_file(folder / "bad.wav", "a text file");
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) read_sound_file(folder / "good.wav");
  });
  for (int i = 0; i < 2000; ++i) {
    EXPECT_THAT([&] { read_sound_file(folder / "bad.wav"); },
                ThrowsMessage<Error>(HasSubstr("Format not recognised")));
  }
  stop = true;
  reader.join();
}

TEST(ToPcm16, RoundsToNearestAndClips) {
  const float step = 1.0f / 32768.0f;
  const std::vector<float> samples{0.f,  0.49f * step, 0.51f * step, -0.51f * step, -0.49f * step,
                                   1.0f, 5.0f,         -1.0f,        -5.0f,         32767 * step};
  EXPECT_THAT(to_pcm16(samples),
              testing::ElementsAre(0, 0, 1, -1, 0, 32767, 32767, -32768, -32768, 32767));
}

TEST(WriteWav, WritesAHeaderOf44BytesAndTheSamples) {
  TemporaryFolder folder;
  const auto samples = noise(777);
  write_wav(folder / "deep/er/a.wav", samples, 22050);
  const std::string bytes = read_file(folder / "deep/er/a.wav");
  ASSERT_EQ(bytes.size(), 44 + 2 * samples.size());
  EXPECT_EQ(bytes.substr(44), bytes_of(samples));
  const Sound sound = read_sound_file(folder / "deep/er/a.wav");
  EXPECT_EQ(sound.sample_rate_hz, 22050);
  EXPECT_EQ(sound.channels, 1);
  EXPECT_EQ(to_pcm16(sound.samples), samples);
}

}  // namespace
