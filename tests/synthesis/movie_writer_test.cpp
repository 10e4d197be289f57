#include "synthesis/movie_writer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;

constexpr int kWidth = 96, kHeight = 64, kFrames = 31;

std::vector<std::uint8_t> picture(int frame) {
  std::vector<std::uint8_t> pixels(3U * kWidth * kHeight);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(i / 97 + 5U * static_cast<unsigned>(frame));
  }
  return pixels;
}

MovieOptions small() {
  MovieOptions options;
  options.width = kWidth;
  options.height = kHeight;
  return options;
}

void write(const fs::path& path, const MovieOptions& options) {
  MovieWriter movie(path, options);
  for (int i = 0; i < kFrames; ++i) {
    if (options.sample_rate_hz > 0) {
      std::vector<float> tone(1600);
      for (std::size_t k = 0; k < tone.size(); ++k) {
        tone[k] = .3F * std::sin(.06F * static_cast<float>(k + 1600U * unsigned(i)));
      }
      movie.add_sound(tone);
    }
    movie.add_picture(picture(i));
  }
  movie.finish();
}

std::string probe(const fs::path& path, const std::string& stream, const std::string& entries) {
  const auto result = test::run_command(
      {"ffprobe", "-v", "error", "-count_frames", "-select_streams", stream, "-show_entries",
       "stream=" + entries, "-of", "default=noprint_wrappers=1", path.string()});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return result.out;
}

TEST(MovieWriter, WritesH264WithBFramesAndAac) {
  if (!test::has_program("ffprobe")) GTEST_SKIP() << "needs ffprobe";
  const TemporaryFolder folder;
  const auto path = folder / "a.mp4";
  write(path, small());
  const auto video =
      probe(path, "v", "codec_name,pix_fmt,nb_read_frames,r_frame_rate,has_b_frames");
  EXPECT_THAT(video, ::testing::HasSubstr("codec_name=h264"));
  EXPECT_THAT(video, ::testing::HasSubstr("pix_fmt=yuv420p"));
  EXPECT_THAT(video, ::testing::HasSubstr("nb_read_frames=31"));
  EXPECT_THAT(video, ::testing::HasSubstr("r_frame_rate=30000/1001"));
  EXPECT_THAT(video, ::testing::HasSubstr("has_b_frames=2"));
  const auto audio = probe(path, "a", "codec_name,sample_rate,channels");
  EXPECT_THAT(audio, ::testing::HasSubstr("codec_name=aac"));
  EXPECT_THAT(audio, ::testing::HasSubstr("sample_rate=48000"));
  EXPECT_THAT(audio, ::testing::HasSubstr("channels=1"));
}

TEST(MovieWriter, LeavesTheSoundTrackOutWhenAsked) {
  if (!test::has_program("ffprobe")) GTEST_SKIP() << "needs ffprobe";
  const TemporaryFolder folder;
  const auto path = folder / "a.mp4";
  MovieOptions silent = small();
  silent.sample_rate_hz = 0;
  write(path, silent);
  EXPECT_EQ(probe(path, "a", "codec_name"), "");
  EXPECT_THAT(probe(path, "v", "nb_read_frames"), ::testing::HasSubstr("31"));
}

TEST(MovieWriter, EqualInputGivesEqualBytes) {
  const TemporaryFolder folder;
  write(folder / "a.mp4", small());
  write(folder / "b.mp4", small());
  EXPECT_EQ(read_file(folder / "a.mp4"), read_file(folder / "b.mp4"));
}

TEST(MovieWriter, RefusesAPictureOfAnotherSize) {
  const TemporaryFolder folder;
  MovieWriter movie(folder / "a.mp4", small());
  EXPECT_THAT([&] { movie.add_picture(std::vector<std::uint8_t>(12)); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("has 12 bytes")));
}

TEST(MovieWriter, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto path = folder / "missing" / "a.mp4";
  try {
    MovieWriter movie(path, small());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr(path.string()));
  }
}

TEST(FrameRate, ReadsRatiosAndNumbers) {
  const auto is = [](const char* text, int numerator, int denominator) {
    const auto rate = parse_frame_rate(text);
    EXPECT_DOUBLE_EQ(rate.hertz(), static_cast<double>(numerator) / denominator) << text;
  };
  is("30000/1001", 30000, 1001);
  is("29.97", 30000, 1001);
  is("23.976", 24000, 1001);
  is("59.94", 60000, 1001);
  is("25", 25, 1);
  is("12.5", 25, 2);
}

TEST(FrameRate, RefusesNonsense) {
  for (const char* text : {"", "fast", "0", "-1", "30/0", "1000", "30000/", "nan"}) {
    EXPECT_THROW(parse_frame_rate(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace aver
