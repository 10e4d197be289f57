#include "media/video_decoder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <opencv2/core.hpp>

#include "base/error.h"
#include "media/ffmpeg_library.h"
#include "movies.h"

namespace {

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct Decoded {
  std::vector<cv::Mat> pictures;
  std::vector<double> seconds;
};

Decoded decode(const fs::path& path) {
  quiet_ffmpeg();
  Decoded decoded;
  VideoDecoder decoder(path);
  while (decoder.next()) {
    EXPECT_EQ(decoder.index(), static_cast<std::int64_t>(decoded.pictures.size()));
    decoded.pictures.push_back(decoder.picture());
    decoded.seconds.push_back(decoder.seconds());
  }
  EXPECT_FALSE(decoder.next()) << "the end stays the end";
  return decoded;
}

/// What the ffmpeg program decodes, as BGR.
std::vector<cv::Mat> decode_with_ffmpeg(const fs::path& path, cv::Size size) {
  TemporaryFolder folder;
  run_ffmpeg({"-i", path.string(), "-an", "-f", "rawvideo", "-pix_fmt", "bgr24", "-vsync", "0",
              (folder / "raw").string()});
  const std::string bytes = read_file(folder / "raw");
  const std::size_t step = static_cast<std::size_t>(size.area()) * 3;
  EXPECT_EQ(bytes.size() % step, 0u);
  std::vector<cv::Mat> pictures;
  for (std::size_t at = 0; at + step <= bytes.size(); at += step) {
    pictures.push_back(cv::Mat(size, CV_8UC3, const_cast<char*>(bytes.data() + at)).clone());
  }
  return pictures;
}

void expect_same_pictures(const std::vector<cv::Mat>& actual,
                          const std::vector<cv::Mat>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].size(), expected[i].size());
    // The same libraries convert in both programs: not a single value may differ.
    ASSERT_EQ(cv::norm(actual[i], expected[i], cv::NORM_INF), 0) << "frame " << i;
  }
}

/// Encodings that count or order frames in another way than they are stored.
class Encodings : public testing::TestWithParam<std::pair<const char*, Movie>> {};

TEST_P(Encodings, EveryFrameComesOutInOrderAsFfmpegDecodesIt) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const fs::path path = folder / GetParam().first;
  make_movie(path, GetParam().second);
  const Decoded decoded = decode(path);
  EXPECT_EQ(static_cast<long>(decoded.pictures.size()), count_frames_with_ffprobe(path));
  EXPECT_GT(decoded.pictures.size(), 10u);
  EXPECT_TRUE(std::is_sorted(decoded.seconds.begin(), decoded.seconds.end()));
  expect_same_pictures(decoded.pictures, decode_with_ffmpeg(path, decoded.pictures[0].size()));
}

const std::vector<std::string> kBFrames = {"-c:v", "libx264", "-bf", "3", "-g", "8"};
INSTANTIATE_TEST_SUITE_P(
    Media, Encodings,
    testing::Values(
        std::pair{"b-frames.mp4", Movie{.options = kBFrames}},
        std::pair{"open-gop.mkv", Movie{.options = {"-c:v", "libx264", "-bf", "3", "-x264-params",
                                                    "open-gop=1:keyint=6"}}},
        std::pair{"variable-rate.mp4",
                  Movie{.seconds = 2,
                        .options = {"-vf", "select='not(mod(n,3))+not(mod(n,7))'", "-vsync", "vfr",
                                    "-c:v", "libx264"}}},
        std::pair{"interlaced.mp4", Movie{.options = {"-c:v", "libx264", "-flags", "+ilme+ildct"}}},
        std::pair{"plain.avi", Movie{.options = {"-c:v", "mpeg4"}}},
        std::pair{"plain.mov", Movie{.options = {"-c:v", "libx264", "-bf", "2"}}},
        std::pair{"fragmented.mp4",
                  Movie{.options = {"-c:v", "libx264", "-movflags", "frag_keyframe+empty_moov"}}},
        std::pair{"full-range.mp4", Movie{.options = {"-c:v", "libx264", "-vf",
                                                      "scale=out_range=pc", "-color_range", "pc"}}},
        std::pair{"odd-size.mkv", Movie{.size = "97x65", .options = {"-c:v", "ffv1"}}},
        std::pair{"vp9.webm", Movie{.options = {"-c:v", "libvpx-vp9", "-deadline", "realtime",
                                                "-cpu-used", "8", "-c:a", "libopus"}}}),
    [](const auto& parameter) {
      std::string name = parameter.param.first;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
      return name;
    });

TEST(VideoDecoder, FramesCutByAnEditListDoNotCount) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "whole.mp4", {.seconds = 2, .options = {"-c:v", "libx264", "-g", "50"}});
  // Cut without encoding again: what lies before the cut stays in the file and is hidden.
  run_ffmpeg({"-ss", "0.72", "-i", (folder / "whole.mp4").string(), "-c", "copy",
              (folder / "cut.mp4").string()});
  const Decoded decoded = decode(folder / "cut.mp4");
  EXPECT_EQ(static_cast<long>(decoded.pictures.size()),
            count_frames_with_ffprobe(folder / "cut.mp4"));
  EXPECT_LT(decoded.pictures.size(), 50u);
}

TEST(VideoDecoder, TurnsPicturesUpright) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "plain.mp4", {.options = kBFrames});
  const cv::Mat plain = decode(folder / "plain.mp4").pictures[3];
  const std::map<std::string, cv::RotateFlags> turns = {{"90", cv::ROTATE_90_COUNTERCLOCKWISE},
                                                        {"180", cv::ROTATE_180},
                                                        {"270", cv::ROTATE_90_CLOCKWISE}};
  for (const auto& [degrees, turn] : turns) {
    const fs::path path = folder / ("turned" + degrees + ".mp4");
    run_ffmpeg({"-i", (folder / "plain.mp4").string(), "-c", "copy", "-metadata:s:v",
                "rotate=" + degrees, path.string()});
    const Decoded turned = decode(path);
    cv::Mat expected;
    cv::rotate(plain, expected, turn);
    ASSERT_EQ(turned.pictures[3].size(), expected.size()) << degrees;
    EXPECT_EQ(cv::norm(turned.pictures[3], expected, cv::NORM_INF), 0) << degrees;
    // The ffmpeg program turns by itself and agrees on the direction.
    expect_same_pictures(turned.pictures, decode_with_ffmpeg(path, expected.size()));
  }
}

/// Puts another display matrix into the first track of an MP4: a, b, c, d of turn_of().
void put_matrix(const fs::path& path, const std::array<int, 4>& matrix) {
  std::string bytes = read_file(path);
  const std::size_t box = bytes.find("tkhd");
  ASSERT_NE(box, std::string::npos);
  const std::size_t places[] = {0, 1, 3, 4};  // of nine numbers, in 16.16 fixed point
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const std::uint32_t value = static_cast<std::uint32_t>(matrix[i]) << 16;
    for (int byte = 0; byte < 4; ++byte) {
      bytes[box + 44 + 4 * places[i] + static_cast<std::size_t>(byte)] =
          static_cast<char>(value >> (24 - 8 * byte));
    }
  }
  write_file(path, bytes);
}

TEST(VideoDecoder, MirrorsPicturesAsTheMatrixSays) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "plain.mp4", {.sound = false, .options = kBFrames});
  const cv::Mat plain = decode(folder / "plain.mp4").pictures[3];
  cv::Mat across;
  cv::transpose(plain, across);
  const auto flipped = [](const cv::Mat& picture, int code) {
    cv::Mat result;
    cv::flip(picture, result, code);
    return result;
  };
  const std::pair<std::array<int, 4>, cv::Mat> kMatrices[] = {
      {{-1, 0, 0, 1}, flipped(plain, 1)},  // a phone's front camera
      {{1, 0, 0, -1}, flipped(plain, 0)},
      {{-1, 0, 0, -1}, flipped(plain, -1)},  // upside down
      {{0, 1, 1, 0}, across},
      {{0, -1, -1, 0}, flipped(across, -1)}};
  for (const auto& [matrix, expected] : kMatrices) {
    const fs::path path = folder / "matrix.mp4";
    fs::copy_file(folder / "plain.mp4", path, fs::copy_options::overwrite_existing);
    put_matrix(path, matrix);
    const Decoded decoded = decode(path);
    ASSERT_EQ(decoded.pictures[3].size(), expected.size());
    EXPECT_EQ(cv::norm(decoded.pictures[3], expected, cv::NORM_INF), 0)
        << matrix[0] << matrix[1] << matrix[2] << matrix[3];
    expect_same_pictures(decoded.pictures, decode_with_ffmpeg(path, expected.size()));
  }
}

TEST(VideoDecoder, ReadsColoursWithTheMatrixAndRangeOfTheStream) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const std::pair<std::string, std::string> kSpaces[] = {
      {"bt709", "tv"}, {"bt2020nc", "tv"}, {"smpte170m", "tv"}, {"bt709", "pc"}, {"bt470bg", "pc"}};
  for (const auto& [space, range] : kSpaces) {
    const fs::path path = folder / (space + range + ".mp4");
    const std::string matrix = space == "bt2020nc" ? "bt2020" : space;
    run_ffmpeg({"-f", "lavfi", "-i", "color=red:s=64x48:d=0.2,format=rgb24", "-vf",
                "scale=out_color_matrix=" + matrix + ":out_range=" + range, "-pix_fmt", "yuv420p",
                "-c:v", "libx264", "-colorspace", space, "-color_range", range, path.string()});
    const auto pixel = decode(path).pictures.front().at<cv::Vec3b>(24, 32);
    EXPECT_NEAR(pixel[0], 0, 3) << space << range;
    EXPECT_NEAR(pixel[1], 0, 3) << space << range;
    EXPECT_NEAR(pixel[2], 254, 3) << space << range;
  }
}

TEST(VideoDecoder, ReadsTheDefaultTrackOrTheOneThatIsAskedFor) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const fs::path path = folder / "two.mkv";
  run_ffmpeg({"-f", "lavfi", "-i", "color=red:s=64x48:d=0.2", "-f", "lavfi", "-i",
              "color=blue:s=64x48:d=0.2", "-map", "0", "-map", "1", "-c:v", "libx264",
              "-disposition:v:0", "0", "-disposition:v:1", "default", path.string()});
  const auto blue = [&](int track) {
    VideoDecoder decoder(MediaSource(path, {}, {.video = track}));
    decoder.next();
    return static_cast<int>(decoder.picture().at<cv::Vec3b>(24, 32)[0]);
  };
  EXPECT_GT(blue(0), 200);
  EXPECT_LT(blue(1), 50);
  EXPECT_GT(blue(2), 200);
  EXPECT_THAT([&] { blue(3); },
              ThrowsMessage<Error>(AllOf(HasSubstr("two.mkv"), HasSubstr("2 video streams"),
                                         HasSubstr("number 3"))));
}

TEST(VideoDecoder, AFileCutAnywhereIsBroken) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "a.avi", {.seconds = 1, .options = {"-c:v", "mpeg4", "-c:a", "mp3"}});
  make_movie(folder / "a.mkv", {.seconds = 1, .options = {"-c:v", "libx264", "-c:a", "flac"}});
  make_movie(folder / "a.webm", {.seconds = 1});
  make_movie(folder / "a.flv", {.seconds = 1, .options = {"-c:v", "flv", "-c:a", "mp3"}});
  make_movie(folder / "a.mp4",
             {.seconds = 1,
              .options = {"-c:v", "libx264", "-g", "10", "-movflags", "frag_keyframe+empty_moov"}});
  for (const char* name : {"a.avi", "a.mkv", "a.webm", "a.mp4", "a.flv"}) {
    const std::string whole = read_file(folder / name);
    EXPECT_NO_THROW(decode(folder / name)) << name;
    const fs::path cut = folder / (std::string("cut-") + name);
    // Some thirty places, and the last few packets byte by byte in steps.
    for (std::size_t left = whole.size() / 4;
         left<whole.size(); left += left> whole.size() - 400 ? 37 : whole.size() / 30) {
      if (std::string_view(whole).substr(left + 4, 4) == "moof") continue;  // a whole file, shorter
      write_file(cut, std::string_view(whole).substr(0, left));
      EXPECT_THAT([&] { decode(cut); }, ThrowsMessage<Error>(HasSubstr(cut.string())))
          << name << " " << left << " of " << whole.size();
    }
  }
}

TEST(VideoDecoder, FileThatEndsEarlyIsBroken) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "start.mp4",
             {.seconds = 2, .options = {"-c:v", "libx264", "-movflags", "faststart"}});
  make_movie(folder / "end.mp4", {.seconds = 2, .options = {"-c:v", "libx264"}});
  make_movie(folder / "plain.mkv", {.seconds = 2, .options = {"-c:v", "libx264"}});
  make_movie(folder / "plain.avi", {.seconds = 2, .options = {"-c:v", "mpeg4"}});
  for (const char* name : {"start.mp4", "end.mp4", "plain.mkv", "plain.avi"}) {
    const std::string whole = read_file(folder / name);
    for (const double share : {0.9, 0.5}) {
      const fs::path cut = folder / (std::string("cut-") + name);
      write_file(cut, std::string_view(whole).substr(
                          0, static_cast<std::size_t>(static_cast<double>(whole.size()) * share)));
      EXPECT_THAT([&] { decode(cut); }, ThrowsMessage<Error>(HasSubstr(cut.string())))
          << name << " " << share;
    }
  }
}

TEST(VideoDecoder, DamagedPictureIsBroken) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "good.mp4", {.seconds = 2, .sound = false, .options = {"-c:v", "libx264"}});
  std::string bytes = read_file(folder / "good.mp4");
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 200; ++i) bytes[i] = '\x55';
  write_file(folder / "bad.mp4", bytes);
  EXPECT_THAT([&] { decode(folder / "bad.mp4"); },
              ThrowsMessage<Error>(HasSubstr((folder / "bad.mp4").string())));
}

TEST(VideoDecoder, KnowsHowManyTracksThereAre) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const fs::path path = folder / "two.mkv";
  run_ffmpeg({"-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-f", "lavfi", "-i",
              "testsrc2=d=1:s=64x64", "-map", "0", "-map", "1", path.string()});
  EXPECT_EQ(VideoDecoder(path).tracks(), 2);
}

TEST(VideoDecoder, SaysWhatAFileIsNot) {
  TemporaryFolder folder;
  write_file(folder / "text.mp4", "just a text\n");
  write_file(folder / "empty.mp4", "");
  EXPECT_THAT(
      [&] { decode(folder / "text.mp4"); },
      ThrowsMessage<Error>(AllOf(HasSubstr("text.mp4"), HasSubstr("it is damaged, cut off"))));
  EXPECT_THAT([&] { decode(folder / "empty.mp4"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("empty.mp4"), HasSubstr("empty"))));
  EXPECT_THAT([&] { decode(folder / "none.mp4"); },
              ThrowsMessage<Error>(HasSubstr("No such file")));
}

TEST(VideoDecoder, DoesNotFollowPlaylists) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "target.mp4");
  const fs::path list = folder / "list.mp4";
  write_file(list, "ffconcat version 1.0\nfile target.mp4\n");
  EXPECT_EQ(count_frames_with_ffprobe(list), 15) << "this list is good, and FFmpeg would follow it";
  const std::string refusal = fmt::format("cannot open {}: it is no {} file", list.string(),
                                          format_names(MediaKind::container));
  EXPECT_THAT([&] { decode(list); }, ThrowsMessage<Error>(testing::StrEq(refusal)));
  write_file(list, "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ntarget.mp4\n#EXT-X-ENDLIST\n");
  EXPECT_THAT([&] { decode(list); }, ThrowsMessage<Error>(testing::StrEq(refusal)));
}

TEST(VideoDecoder, SoundAloneHasNoVideoStream) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "sound.mp4", {.picture = false});
  EXPECT_THAT([&] { decode(folder / "sound.mp4"); },
              ThrowsMessage<Error>(testing::StrEq("no video stream")));
}

TEST(VideoDecoder, RealClipsHaveTheFramesFfprobeCountsAndFfmpegDecodes) {
  AVER_REQUIRE_TEST_DATA(data);
  AVER_REQUIRE_PROGRAM("ffmpeg");
  for (const auto& path : list_files(data / "ravdess-av-clips")) {
    const Decoded decoded = decode(path);
    EXPECT_EQ(static_cast<long>(decoded.pictures.size()), count_frames_with_ffprobe(path)) << path;
    expect_same_pictures(decoded.pictures, decode_with_ffmpeg(path, decoded.pictures[0].size()));
  }
}

TEST(VideoDecoder, RefusesATableThatIsLongerThanAnyRecording) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  TemporaryFolder folder;
  const fs::path path = folder / "fragments.mp4";
  make_movie(path, {.options = {"-movflags", "frag_keyframe+empty_moov"}});
  std::string bytes = read_file(path);
  const auto table = bytes.find("trun");
  ASSERT_NE(table, std::string::npos);
  bytes.replace(table + 8, 4, std::string("\x04\0\0\0", 4));  // 67 million packets
  write_file(path, bytes);
  EXPECT_THAT([&] { VideoDecoder decoder(path); },
              ThrowsMessage<LimitError>(HasSubstr("too much memory")));
}

}  // namespace
