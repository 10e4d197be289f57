#include "media/audio_decoder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "media/ffmpeg_library.h"
#include "media/pcm16.h"
#include "movies.h"

namespace {

using namespace aver;
using namespace aver::test;
using testing::HasSubstr;
using testing::ThrowsMessage;

void expect_as_ffmpeg(const fs::path& path) {
  quiet_ffmpeg();
  const auto actual = to_pcm16(decode_sound(path).samples);
  const auto expected = decode_sound_with_ffmpeg(path);
  ASSERT_EQ(actual.size(), expected.size()) << path;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    // Both round to nearest; they may round the mean of two channels in another order.
    ASSERT_LE(std::abs(actual[i] - expected[i]), 1) << path << " sample " << i;
  }
}

TEST(DecodeSound, IsWhatFfmpegDecodesInEveryContainer) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const std::map<std::string, std::vector<std::string>> movies = {
      {"aac.mp4", {"-c:v", "libx264"}},
      {"aac.mkv", {"-c:v", "libx264", "-c:a", "aac"}},
      {"stereo.mp4", {"-c:v", "libx264", "-af", "pan=stereo|c0=c0|c1=0.3*c0"}},
      {"rate.mp4", {"-c:v", "libx264", "-ar", "44100"}},
      {"mp3.avi", {"-c:v", "mpeg4", "-c:a", "libmp3lame"}},
      {"pcm.mov", {"-c:v", "libx264", "-c:a", "pcm_s16le"}},
      {"pcm24.mov", {"-c:v", "libx264", "-c:a", "pcm_s24le"}},
      {"flac.mkv", {"-c:v", "libx264", "-c:a", "flac"}},
      {"opus.webm", {"-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"}}};
  for (const auto& [name, options] : movies) {
    make_movie(folder / name, {.options = options});
    expect_as_ffmpeg(folder / name);
  }
}

TEST(DecodeSound, ReportsRateAndChannels) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "a.mp4", {.seconds = 1, .options = {"-ar", "44100", "-ac", "2"}});
  const Sound sound = decode_sound(folder / "a.mp4");
  EXPECT_EQ(sound.sample_rate_hz, 44100);
  EXPECT_EQ(sound.channels, 2);
  EXPECT_NEAR(static_cast<double>(sound.samples.size()) / 44100, 1.0, 0.03);  // whole AAC frames
}

TEST(DecodeSound, PictureAloneHasNoSoundTrack) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  TemporaryFolder folder;
  make_movie(folder / "silent.mp4", {.sound = false});
  EXPECT_THAT([&] { decode_sound(folder / "silent.mp4"); },
              ThrowsMessage<Error>(testing::StrEq("no sound track")));
}

TEST(DecodeSound, FileThatEndsEarlyIsBroken) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  TemporaryFolder folder;
  make_movie(folder / "start.mp4", {.seconds = 2, .options = {"-movflags", "faststart"}});
  make_movie(folder / "plain.mkv", {.seconds = 2, .options = {"-c:v", "libx264"}});
  for (const char* name : {"start.mp4", "plain.mkv"}) {
    const std::string whole = read_file(folder / name);
    const fs::path cut = folder / (std::string("cut-") + name);
    write_file(cut, std::string_view(whole).substr(0, whole.size() * 6 / 10));
    EXPECT_THAT([&] { decode_sound(cut); }, ThrowsMessage<Error>(HasSubstr(cut.string()))) << name;
  }
}

TEST(DecodeSound, RealClipsSoundAsFfmpegAndLastAsLongAsFfprobeSays) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_PROGRAM("ffmpeg");
  int clips = 0;
  for (const auto& path : list_files(data / "ravdess-av-clips")) {
    if (!path.filename().string().starts_with("01-")) continue;
    ++clips;
    expect_as_ffmpeg(path);
    const auto probed =
        run_command({"ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries",
                     "stream=duration", "-of", "csv=p=0", path.string()});
    const Sound sound = decode_sound(path);
    const double rate = sound.sample_rate_hz;
    // Whole frames of 1024 samples come out; the header may promise only a part of the last one.
    EXPECT_NEAR(static_cast<double>(sound.samples.size()) / rate,
                parse_double(trim(probed.out)).value(), 1024 / rate + 1e-3)
        << path;
  }
  EXPECT_EQ(clips, 7);
}

}  // namespace
