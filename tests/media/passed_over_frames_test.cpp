#include <gmock/gmock.h>

#include <map>
#include <opencv2/core.hpp>

#include "base/error.h"
#include "media/ffmpeg_library.h"
#include "media/frame_plan.h"
#include "media/video_decoder.h"
#include "movies.h"

namespace {

using namespace aver;
using namespace aver::test;
using testing::HasSubstr;
using testing::ThrowsMessage;

struct Handed {
  std::map<std::int64_t, cv::Mat> pictures;
  std::vector<double> seconds;
  std::int64_t frame_count = 0;
};

Handed decode(const fs::path& path, const VideoDecoderOptions& options) {
  quiet_ffmpeg();
  Handed handed;
  VideoDecoder decoder(path, options);
  while (decoder.next()) {
    handed.pictures[decoder.index()] = decoder.picture();
    handed.seconds.push_back(decoder.seconds());
  }
  EXPECT_FALSE(decoder.next()) << "the end stays the end";
  handed.frame_count = decoder.frame_count();
  return handed;
}

void expect_same(const Handed& actual, const Handed& expected) {
  EXPECT_EQ(actual.frame_count, expected.frame_count);
  EXPECT_EQ(actual.seconds, expected.seconds);
  ASSERT_EQ(actual.pictures.size(), expected.pictures.size());
  for (const auto& [index, picture] : expected.pictures) {
    const auto found = actual.pictures.find(index);
    ASSERT_NE(found, actual.pictures.end()) << "frame " << index;
    ASSERT_EQ(cv::norm(found->second, picture, cv::NORM_INF), 0) << "frame " << index;
  }
}

/// How many packets a plan leaves out; nothing when the whole stream must be decoded.
std::optional<long> left_out(const fs::path& path, int every) {
  quiet_ffmpeg();
  Demuxer demuxer(path, Demuxer::Kind::picture, Demuxer::Probe::never);
  const auto plan = FramePlan::make(demuxer, every);
  if (!plan) return std::nullopt;
  Demuxer again(path, Demuxer::Kind::picture, Demuxer::Probe::never);
  long count = 0;
  for (std::int64_t packet = 0; again.next() != nullptr; ++packet) {
    count += !plan->needs_packet(packet);
  }
  return count;
}

void expect_same_with_and_without_passing_over(const fs::path& path) {
  const Handed all = decode(path, {});
  for (const int every : {2, 3, 5, 7, 1000}) {
    const Handed expected = decode(path, {.every = every, .decode_all = true});
    for (const auto& [index, picture] : expected.pictures) {
      ASSERT_EQ(index % every, 0);
      ASSERT_EQ(cv::norm(picture, all.pictures.at(index), cv::NORM_INF), 0) << "frame " << index;
    }
    SCOPED_TRACE(fmt::format("{}, every {}", path.filename().string(), every));
    expect_same(decode(path, {.every = every}), expected);
  }
}

/// A stream, and what every 5th frame of it lets a decoder leave out.
struct Stream {
  const char* name;
  std::vector<std::string> encoding;      ///< options for 50 frames of the test picture
  std::vector<std::string> copying = {};  ///< options of a copy without encoding again
  std::optional<long> least_left_out;     ///< nothing: must be decoded whole
};

const std::vector<std::string> kX264 = {"-c:v", "libx264"};
std::vector<std::string> x264(const std::string& parameters) {
  return {"-c:v", "libx264", "-x264-params", parameters};
}
std::vector<std::string> changed(const std::string& time_stamps) {
  return {"-bsf:v", "setts=" + time_stamps};
}

class Streams : public testing::TestWithParam<Stream> {};

TEST_P(Streams, DecodeToTheSameFramesWhetherSomeArePassedOverOrNot) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const Stream& stream = GetParam();
  TemporaryFolder folder;
  fs::path path = folder / stream.name;
  make_movie(path, {.seconds = 2, .options = stream.encoding});
  if (!stream.copying.empty()) {
    const fs::path copy = folder / (std::string("copy-") + stream.name);
    std::vector<std::string> words = {"-i", path.string(), "-c", "copy"};
    if (stream.copying.front() == "-ss")
      words.insert(words.begin(), {"-ss", stream.copying[1]});
    else
      words.insert(words.end(), stream.copying.begin(), stream.copying.end());
    words.push_back(copy.string());
    run_ffmpeg(words);
    path = copy;
  }
  const auto count = left_out(path, 5);
  EXPECT_EQ(count.has_value(), stream.least_left_out.has_value());
  EXPECT_GE(count.value_or(0), stream.least_left_out.value_or(0));
  expect_same_with_and_without_passing_over(path);
}

INSTANTIATE_TEST_SUITE_P(
    PassedOverFrames, Streams,
    testing::Values(
        // B-frames, between them B-frames that others refer to, and none such
        Stream{"pyramid.mp4", x264("bframes=3:b-pyramid=normal:b-adapt=0"), {}, 15},
        Stream{"strict-pyramid.mov", x264("bframes=5:b-pyramid=strict:b-adapt=0"), {}, 15},
        Stream{"no-pyramid.mp4", x264("bframes=3:b-pyramid=none:b-adapt=0"), {}, 20},
        Stream{"short-groups.mkv", x264("bframes=2:keyint=7:b-adapt=0"), {}, 15},
        Stream{"open-groups.mkv", x264("bframes=3:open-gop=1:keyint=6:b-adapt=0"), {}, 15},
        Stream{"open-groups.mp4", x264("bframes=3:open-gop=1:keyint=6:b-adapt=0"), {}, 15},
        Stream{"slices.mp4", x264("bframes=3:slices=4:b-adapt=0"), {}, 15},
        Stream{"repeated-headers.mp4", x264("bframes=3:repeat-headers=1:keyint=9"), {}, 10},
        Stream{"headers-in-open-groups.mp4",
               x264("bframes=3:repeat-headers=1:open-gop=1:keyint=9:b-adapt=0"),
               {},
               10},
        Stream{"fragmented.mp4",
               {"-c:v", "libx264", "-bf", "3", "-movflags", "frag_keyframe+empty_moov"},
               {},
               10},
        Stream{"variable-rate.mp4",
               {"-vf", "select='not(mod(n,3))+not(mod(n,7))'", "-vsync", "vfr", "-c:v", "libx264",
                "-bf", "3", "-b_strategy", "0"},
               {},
               5},
        Stream{"variable-rate.mkv",
               {"-vf", "setpts='PTS+mod(N,4)*0.006/TB'", "-vsync", "vfr", "-c:v", "libx264"},
               {},
               10},
        Stream{"interlaced.mp4",
               {"-c:v", "libx264", "-bf", "3", "-b_strategy", "0", "-flags", "+ilme+ildct"},
               {},
               15},
        // What lies before the cut stays in the file, and an edit list hides it.
        Stream{"edit-list.mp4", x264("bframes=3:keyint=50:b-adapt=0"), {"-ss", "0.72"}, 15},
        Stream{"edit-list-intra.mp4", x264("bframes=0:keyint=20"), {"-ss", "1.2"}, 1},
        Stream{"turned.mp4", x264("bframes=3:b-adapt=0"), {"-metadata:s:v", "rotate=90"}, 15},
        // No B-frames: only what comes after the last wanted frame of a group can go.
        Stream{"no-b-frames.mp4", x264("bframes=0:keyint=13"), {}, 1},
        Stream{"all-intra.mp4", x264("keyint=1"), {}, 40},
        // Numbers that only decoding can tell
        Stream{"cut-in-open-group.mkv",
               x264("bframes=3:open-gop=1:keyint=12:b-adapt=0"),
               {"-ss", "1"},
               std::nullopt},
        Stream{"missing.avi", {"-c:v", "mpeg4"}, {}, std::nullopt},
        Stream{"missing-b.avi", {"-c:v", "libx264", "-bf", "2"}, {}, std::nullopt},
        Stream{"other-codec.mp4", {"-c:v", "mpeg4", "-bf", "2"}, {}, std::nullopt},
        Stream{"doubled.mkv", x264("bframes=0"),
               changed("pts=if(eq(N\\,10)\\,PTS+40\\,PTS):dts=DTS-400"), std::nullopt},
        Stream{"doubled-b.mkv", x264("bframes=3:b-adapt=0"),
               changed("pts=if(eq(N\\,20)\\,PTS+40\\,PTS):dts=DTS-400"), std::nullopt},
        // Time stamps that contradict the order of the pictures
        Stream{"swapped.mkv", x264("bframes=0"),
               changed("pts=if(eq(N\\,20)\\,PTS+40\\,if(eq(N\\,21)\\,PTS-40\\,PTS)):dts=DTS-400"),
               std::nullopt},
        Stream{"in-stored-order.mkv", x264("bframes=3:b-adapt=0"), changed("pts=DTS:dts=DTS"),
               std::nullopt}),
    [](const auto& parameter) {
      std::string name = parameter.param.name;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
      return name;
    });

/// Where packet `number` of a file's pictures lies.
std::pair<std::int64_t, int> place_of(const fs::path& path, std::int64_t number) {
  Demuxer demuxer(path, Demuxer::Kind::picture);
  while (const AVPacket* packet = demuxer.next()) {
    if (number-- == 0) return {packet->pos, packet->size};
  }
  throw Error("no such packet");
}

TEST(PassedOverFrames, DamageInOneGoesUnnoticedAndInAnyOtherIsFound) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const fs::path good = folder / "good.mp4";
  make_movie(good, {.seconds = 2,
                    .size = "320x240",
                    .sound = false,
                    .options = x264("bframes=3:b-adapt=0:cabac=0")});
  quiet_ffmpeg();
  Demuxer demuxer(good, Demuxer::Kind::picture, Demuxer::Probe::never);
  const auto plan = FramePlan::make(demuxer, 5);
  ASSERT_TRUE(plan);
  const Handed expected = decode(good, {.every = 5});
  for (const bool needed : {false, true}) {
    std::int64_t packet = 10;
    while (plan->needs_packet(packet) != needed) ++packet;
    const auto [at, size] = place_of(good, packet);
    ASSERT_GT(size, 40);
    std::string bytes = read_file(good);
    // Headers stay; a run of zeros is no valid code of what follows.
    std::fill(bytes.begin() + at + 20, bytes.begin() + at + size, '\0');
    const fs::path bad = folder / "bad.mp4";
    write_file(bad, bytes);
    const auto names_the_file = ThrowsMessage<Error>(HasSubstr(bad.string()));
    EXPECT_THAT([&] { decode(bad, {.every = 5, .decode_all = true}); }, names_the_file);
    if (needed) {
      EXPECT_THAT([&] { decode(bad, {.every = 5}); }, names_the_file);
    } else {
      expect_same(decode(bad, {.every = 5}), expected);
    }
  }
}

TEST(PassedOverFrames, FileThatEndsEarlyIsBrokenAllTheSame) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  for (const char* name : {"cut.mp4", "cut.mkv"}) {
    const fs::path path = folder / name;
    make_movie(path, {.seconds = 2, .options = {"-c:v", "libx264", "-movflags", "faststart"}});
    const std::string whole = read_file(path);
    write_file(path, whole.substr(0, whole.size() * 95 / 100));
    EXPECT_THAT([&] { decode(path, {.every = 1000}); },
                ThrowsMessage<Error>(HasSubstr(path.string())))
        << "although only its first frame is wanted";
  }
}

TEST(PassedOverFrames, ChangeNothingOnRealClips) {
  AVER_REQUIRE_TEST_DATA(data);
  for (const auto& path : list_files(data / "ravdess-av-clips")) {
    EXPECT_GT(left_out(path, 5).value_or(0), 0) << path;
    SCOPED_TRACE(path);
    expect_same(decode(path, {.every = 5}), decode(path, {.every = 5, .decode_all = true}));
  }
}

}  // namespace
