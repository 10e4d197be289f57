#include "media/media_source.h"

#include <gmock/gmock.h>

#include <array>
#include <limits>
#include <map>
#include <opencv2/core.hpp>

#include "base/random.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/ffmpeg_library.h"
#include "media/image_file.h"
#include "media/memory_reader.h"
#include "media/source_bytes.h"
#include "media/video_decoder.h"
#include "movies.h"
#include "support.h"

namespace aver {
namespace {

using test::Movie;
using test::TemporaryFolder;
using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::span<const std::byte> bytes_of(const std::string& content) {
  return std::as_bytes(std::span(content));
}

/// Sum over all pixels of all frames, and how many there are.
std::pair<double, int> frames_of(const MediaSource& source, int every = 1) {
  VideoDecoder decoder(source, {.every = every});
  std::pair<double, int> result;
  while (decoder.next()) {
    const cv::Scalar sum = cv::sum(decoder.picture());
    result.first += sum[0] + 2 * sum[1] + 3 * sum[2];
    ++result.second;
  }
  return result;
}

/// Whatever the bytes are, the way a prediction reads them.
void read_whatever_it_is(const MediaSource& source) {
  switch (kind_of(source)) {
    case MediaKind::picture:
      read_image(source);
      break;
    case MediaKind::sound:
      read_sound_file(source);
      break;
    default:
      try {
        frames_of(source, 3);
      } catch (const MissingStreamError&) {
      }
      decode_sound(source);
  }
}

class MediaSources : public testing::Test {
 protected:
  void SetUp() override {
    AVER_REQUIRE_PROGRAM("ffmpeg");
    quiet_ffmpeg();
  }
  std::string content(const std::string& name, const Movie& movie = {}) const {
    test::make_movie(folder / name, movie);
    return read_file(folder / name);
  }
  TemporaryFolder folder;
};

// A header may point anywhere, and libraries go on from where they are when they cannot go there.
TEST(MemoryReaders, AreMovedBehindTheirEndAsFilesAre) {
  const std::vector<std::byte> bytes(4, std::byte{7});
  MemoryReader reader(bytes);
  std::array<std::byte, 8> read{};
  EXPECT_EQ(reader.seek(100, SEEK_SET), 100);
  EXPECT_EQ(reader.read(read.data(), 8), 0);
  EXPECT_EQ(reader.seek(-97, SEEK_CUR), 3);
  EXPECT_EQ(reader.read(read.data(), 8), 1);
  EXPECT_EQ(reader.seek(-5, SEEK_END), -1);
  EXPECT_EQ(reader.seek(std::numeric_limits<std::int64_t>::max(), SEEK_END), -1);
  EXPECT_EQ(reader.position(), 4);
}

TEST_F(MediaSources, BytesInMemoryGiveWhatTheFileGives) {
  for (const char* name : {"a.mp4", "a.mkv", "a.avi", "a.webm"}) {
    SCOPED_TRACE(name);
    const std::string bytes = content(name);
    const MediaSource memory(bytes_of(bytes), "the clip");
    EXPECT_EQ(kind_of(memory), MediaKind::container);
    EXPECT_EQ(kind_of(folder / name), MediaKind::container);
    for (const int every : {1, 5}) {
      EXPECT_EQ(frames_of(memory, every), frames_of(folder / name, every));
    }
    EXPECT_EQ(decode_sound(memory).samples, decode_sound(folder / name).samples);
  }
  for (const char* name : {"a.wav", "a.flac"}) {
    SCOPED_TRACE(name);
    test::run_ffmpeg({"-i", (folder / "a.mp4").string(), (folder / name).string()});
    const std::string bytes = read_file(folder / name);
    const MediaSource memory(bytes_of(bytes), "the clip");
    EXPECT_EQ(kind_of(memory), MediaKind::sound);
    EXPECT_EQ(read_sound_file(memory).samples, read_sound_file(folder / name).samples);
  }
  for (const char* name : {"a.jpg", "a.png"}) {
    SCOPED_TRACE(name);
    test::run_ffmpeg(
        {"-i", (folder / "a.mp4").string(), "-frames:v", "1", (folder / name).string()});
    const std::string bytes = read_file(folder / name);
    const MediaSource memory(bytes_of(bytes), "the clip");
    EXPECT_EQ(kind_of(memory), MediaKind::picture);
    EXPECT_EQ(cv::norm(read_image(memory), read_image(folder / name), cv::NORM_INF), 0);
  }
}

TEST_F(MediaSources, ErrorsCallBytesByTheNameTheyWereGiven) {
  const std::string whole = content("a.mp4");
  const std::string cut = whole.substr(0, whole.size() / 2);
  const MediaSource memory(bytes_of(cut), "the clip");
  EXPECT_THAT([&] { frames_of(memory); }, ThrowsMessage<Error>(HasSubstr("the clip")));
  EXPECT_THAT([] { decode_sound(MediaSource({}, "the clip")); },
              ThrowsMessage<Error>(HasSubstr("the clip: it is empty")));
}

TEST_F(MediaSources, BeyondTheLimitsIsALimitErrorAndWithinThemNothingChanges) {
  const std::string clip = content("a.mkv", {.seconds = 2, .size = "96x64"});
  const auto with = [&](MediaLimits limits) {
    return MediaSource(bytes_of(clip), "the clip", limits);
  };
  const MediaSource roomy = with({.seconds = 3, .pixels = 96 * 64, .streams = 2});
  EXPECT_EQ(frames_of(roomy), frames_of(folder / "a.mkv"));
  EXPECT_EQ(decode_sound(roomy).samples, decode_sound(folder / "a.mkv").samples);

  EXPECT_THROW(frames_of(with({.seconds = 1})), LimitError);
  EXPECT_THROW(decode_sound(with({.seconds = 1})), LimitError);
  EXPECT_THROW(frames_of(with({.pixels = 96 * 63})), LimitError);
  EXPECT_THROW(frames_of(with({.streams = 1})), LimitError);
  EXPECT_THROW(frames_of(with({.deadline = std::chrono::steady_clock::now()})), LimitError);

  test::run_ffmpeg({"-i", (folder / "a.mkv").string(), (folder / "a.flac").string()});
  test::run_ffmpeg(
      {"-i", (folder / "a.mkv").string(), "-frames:v", "1", (folder / "a.png").string()});
  EXPECT_THROW(read_sound_file({folder / "a.flac", {.seconds = 1}}), LimitError);
  EXPECT_NO_THROW(read_sound_file({folder / "a.flac", {.seconds = 3}}));
  EXPECT_THROW(read_image({folder / "a.png", {.pixels = 96 * 63}}), LimitError);
  EXPECT_NO_THROW(read_image({folder / "a.png", {.pixels = 96 * 64}}));
}

TEST_F(MediaSources, ASoundWithoutALengthInItsHeaderIsCutAtTheLimitToo) {
  // As a browser records: the header of a stream promises nothing.
  test::make_movie(folder / "a.mkv", {.seconds = 2});
  test::run_ffmpeg({"-i", (folder / "a.mkv").string(), "-c", "copy", "-live", "1",
                    (folder / "live.mkv").string()});
  EXPECT_THROW(decode_sound({folder / "live.mkv", {.seconds = 1}}), LimitError);
  EXPECT_THROW(frames_of({folder / "live.mkv", {.seconds = 1}}), LimitError);
}

// The sanitizer build is where this says most: whatever is done to the bytes, the end is a result
// or an Error.
TEST_F(MediaSources, DamagedBytesEndInAResultOrAnError) {
  std::map<std::string, std::string> files;
  for (const char* name : {"a.mp4", "a.mkv", "a.avi", "a.webm"}) {
    files[name] = content(name, {.seconds = 0.3, .size = "64x48"});
  }
  for (const char* name : {"a.wav", "a.flac", "a.jpg", "a.png"}) {
    test::run_ffmpeg({"-i", (folder / "a.mp4").string(), "-frames:v", "1", "-t", "0.3",
                      (folder / name).string()});
    files[name] = read_file(folder / name);
  }
  Random random(11);
  const MediaLimits limits{.seconds = 5,
                           .pixels = 1 << 20,
                           .streams = 16,
                           .deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5)};
  int errors = 0;
  for (const auto& [name, whole] : files) {
    for (int variant = 0; variant < 40; ++variant) {
      std::string damaged = whole;
      if (variant % 4 == 0) damaged.resize(random.below(damaged.size()));
      // Headers stand at the start, and in an MP4 at the end.
      const std::size_t span =
          variant % 2 == 0 ? std::min<std::size_t>(400, damaged.size()) : damaged.size();
      for (std::size_t i = 0; i < 1 + static_cast<std::size_t>(variant) && span > 0; ++i) {
        const std::size_t at = random.below(span);
        damaged[variant % 3 == 0 ? damaged.size() - 1 - at : at] =
            static_cast<char>(random.below(256));
      }
      SCOPED_TRACE(name + ", variant " + std::to_string(variant));
      try {
        read_whatever_it_is(MediaSource(bytes_of(damaged), "the clip", limits));
      } catch (const Error&) {
        ++errors;
      }
    }
  }
  EXPECT_GT(errors, 100) << "the damage is meant to be noticed";
}

TEST(OddContent, IsCalledByItsFormatWithTheWayOutOfIt) {
  std::string transport(400, 'x');
  transport[0] = transport[188] = 'G';
  std::string animated = "RIFF\x20\0\0\0WEBP"s + "VP8X\x0A\0\0\0\x02\0\0\0"s + std::string(40, 'x');
  const std::pair<std::string, const char*> cases[] = {
      {transport, "MPEG transport stream"},
      {"\0\0\x01\xBA"s + std::string(40, 'x'), "MPEG program stream"},
      {"\x30\x26\xB2\x75\x8E\x66\xCF\x11"s + std::string(40, 'x'), "Windows Media"},
      {"GIF89a" + std::string(40, 'x'), "GIF"},
      {animated, "animated WebP"},
      {"PK\x03\x04" + std::string(40, 'x'), "zip archive"}};
  for (const auto& [bytes, called] : cases) {
    EXPECT_THAT(odd_content(MediaSource(bytes_of(bytes), "it")), HasSubstr(called));
  }
  animated[20] = 0;  // a still one
  EXPECT_EQ(odd_content(MediaSource(bytes_of(animated), "it")), "");
}

TEST(SourceBytes, GiveWhatIsThereOfAFileAndOfMemory) {
  TemporaryFolder folder;
  const std::string bytes("\x01\x02\x03\x04RIFF?", 9);
  write_file(folder / "a", bytes);
  const fs::path path = folder / "a";
  for (const MediaSource& source :
       {MediaSource(path), MediaSource(std::as_bytes(std::span(bytes)), "memory")}) {
    SourceBytes places(source);
    EXPECT_EQ(places.size(), 9U);
    EXPECT_EQ(places.read(4, 4), "RIFF");
    EXPECT_EQ(places.read(7, 100), "F?");
    EXPECT_EQ(places.read(9, 1), "");
  }
  EXPECT_EQ(big_endian(bytes, 0, 4), 0x01020304U);
  EXPECT_EQ(little_endian(bytes, 0, 4), 0x04030201U);
  EXPECT_EQ(big_endian("\x01", 0, 2), 0x0100U) << "beyond the end is zero";
  EXPECT_TRUE(stands_at(bytes, 4, "R?FF"));
  EXPECT_FALSE(stands_at(bytes, 6, "FF?F"));
}

}  // namespace
}  // namespace aver
