#include "media/audio_decoder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "media/container_end.h"
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

/// A tone of one second, beside which a picture runs for three.
void make_late_sound(const fs::path& path, const std::string& delay) {
  run_ffmpeg({"-f", "lavfi", "-i", "testsrc=s=64x48:d=3:r=25", "-itsoffset", delay, "-f", "lavfi",
              "-i", "sine=d=1:r=48000", "-c:v", "libx264", "-c:a", "aac", path.string()});
}

TEST(DecodeSound, KnowsWhenItsFirstSampleIsHeard) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  for (const char* name : {"late.mp4", "late.mkv"}) {
    make_late_sound(folder / name, "1.5");
    const Sound sound = decode_sound(folder / name);
    EXPECT_NEAR(sound.start_seconds, 1.5, 0.05) << name;
    EXPECT_NEAR(static_cast<double>(sound.samples.size()) / 48000, 1, 0.05) << name;
    EXPECT_EQ(sound.facts.filled, 0) << name;
  }
  make_movie(folder / "usual.mp4", {.seconds = 1});
  EXPECT_NEAR(decode_sound(folder / "usual.mp4").start_seconds, 0, 1e-3);
}

TEST(DecodeSound, FillsAGapWithSilenceAsPlayersDo) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const fs::path path = folder / "gap.mkv";
  run_ffmpeg({"-f", "lavfi", "-i", "sine=d=3:r=48000", "-af", "aselect='lt(t,1)+gt(t,2)'", "-c:a",
              "flac", path.string()});
  const Sound sound = decode_sound(path);
  EXPECT_NEAR(static_cast<double>(sound.samples.size()) / 48000, 3, 0.05);
  EXPECT_NEAR(sound.facts.filled, 1, 0.05);
  EXPECT_EQ(sound.samples[72000], 0) << "in the middle of the gap";
  EXPECT_THAT(remarks_on(sound), testing::ElementsAre(HasSubstr("s of silence stand")));
}

TEST(DecodeSound, ReadsTheDefaultTrackOrTheOneThatIsAskedFor) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const fs::path path = folder / "two.mp4";
  run_ffmpeg({"-f", "lavfi", "-i", "sine=d=1:r=48000", "-f", "lavfi", "-i", "anullsrc=r=48000:d=2",
              "-map", "0", "-map", "1", "-c:a", "aac", "-disposition:a:0", "0", "-disposition:a:1",
              "default", path.string()});
  const auto seconds = [&](int track) {
    const Sound sound = decode_sound(MediaSource(path, {}, {.audio = track}));
    EXPECT_EQ(sound.facts.tracks, 2);
    return static_cast<double>(sound.samples.size()) / 48000;
  };
  EXPECT_NEAR(seconds(0), 2, 0.1);
  EXPECT_NEAR(seconds(1), 1, 0.1);
  EXPECT_NEAR(seconds(2), 2, 0.1);
  EXPECT_THAT([&] { seconds(3); }, ThrowsMessage<Error>(HasSubstr("2 sound tracks")));
  EXPECT_THAT(remarks_on(decode_sound(path)),
              testing::ElementsAre(HasSubstr("2 sound tracks, of which one is heard")));
}

TEST(DecodeSound, ReadsWhatPeopleRecordAndDownload) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const std::pair<std::string, std::vector<std::string>> kFormats[] = {
      {"a.mp3", {"-c:a", "libmp3lame"}},
      {"a.ogg", {"-c:a", "libvorbis"}},
      {"a.opus", {"-c:a", "libopus"}},
      {"a.aac", {"-c:a", "aac"}},
      {"a.m4a", {"-c:a", "aac"}},
      {"b.mp3", {"-c:a", "libmp3lame", "-write_xing", "0"}},
      {"c.mp3", {"-c:a", "libmp3lame", "-id3v2_version", "3", "-metadata", "title=speech"}}};
  for (const auto& [name, options] : kFormats) {
    const fs::path path = folder / name;
    std::vector<std::string> words = {"-f", "lavfi", "-i", "sine=d=1:r=48000"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(path.string());
    run_ffmpeg(words);
    EXPECT_EQ(kind_of(path), MediaKind::container) << name;
    const Sound sound = decode_sound(path);
    EXPECT_NEAR(static_cast<double>(sound.samples.size()) / sound.sample_rate_hz, 1, 0.1) << name;
    // What neither says its length nor marks its end may have been longer.
    const bool open = name == "a.aac" || name == "b.mp3";
    EXPECT_EQ(remarks_on(sound).size(), open ? 1U : 0U) << name;
  }
}

/// How many samples a file with this content has.
std::size_t decode_sound_of(const fs::path& path, const std::string& content) {
  write_file(path, content);
  EXPECT_EQ(kind_of(path), MediaKind::container);
  return read_any_sound(path).samples.size();
}

TEST(DecodeSound, AnMp3ThatEndsBeforeWhatItsFirstFrameSaysIsBroken) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  TemporaryFolder folder;
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"-metadata", "title=a tag before it"},
        {"-map_metadata", "-1", "-ac", "1"},
        {"-ar", "22050"}}) {
    const fs::path path = folder / "a.mp3";
    std::vector<std::string> command = {"ffmpeg", "-v", "error",           "-y",   "-f",
                                        "lavfi",  "-i", "sine=duration=2", "-c:a", "libmp3lame"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(path.string());
    const auto made = test::run_command(command);
    if (made.exit_status != 0) GTEST_SKIP() << "this ffmpeg writes no MP3: " << made.err;
    EXPECT_NO_THROW(decode_sound(path));
    const std::string whole = read_file(path);
    for (const std::size_t left : {whole.size() * 4 / 10, whole.size() * 95 / 100}) {
      write_file(path, std::string_view(whole).substr(0, left));
      EXPECT_THAT([&] { decode_sound(path); }, ThrowsMessage<Error>(HasSubstr("ends early")));
    }
    const std::size_t samples = decode_sound_of(path, whole);
    EXPECT_EQ(decode_sound_of(path, whole + "TAG" + std::string(125, ' ')), samples);  // ID3v1
    EXPECT_NEAR(static_cast<double>(decode_sound_of(path, whole + whole)),
                2.0 * static_cast<double>(samples), 4 * 1152)
        << "joined";
    // FFmpeg takes off what the encoder added where the first frame comes first.
    constexpr double kAdded = 3 * 1152;
    EXPECT_NEAR(static_cast<double>(decode_sound_of(path, std::string(600, '\0') + whole)),
                static_cast<double>(samples), kAdded);
  }
}

TEST(DecodeSound, WhereNothingTellsWhetherMoreFollowedThatIsSaid) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  TemporaryFolder folder;
  make_movie(folder / "a.mp4",
             {.seconds = 2,
              .options = {"-c:v", "libx264", "-g", "10", "-movflags", "frag_keyframe+empty_moov"}});
  run_ffmpeg(
      {"-f", "lavfi", "-i", "sine=d=3:r=16000", "-c:a", "libvorbis", (folder / "a.ogg").string()});
  for (const auto& [name, part] : {std::pair{"a.mp4", "moof"}, {"a.ogg", "OggS"}}) {
    const fs::path path = folder / name;
    EXPECT_THAT(remarks_on(decode_sound(path)), testing::IsEmpty()) << name;
    const std::string whole = read_file(path);
    auto at = whole.rfind(part);  // where the last part begins
    if (std::string_view(part) == "moof") at -= 4;
    write_file(path, std::string_view(whole).substr(0, at));
    EXPECT_THAT(remarks_on(decode_sound(path)),
                testing::ElementsAre(HasSubstr("whether more followed is not known")))
        << name;
  }
}

/// What ffmpeg writes where it cannot go back to say how much it was.
fs::path piped(const TemporaryFolder& folder, const std::string& format,
               const std::vector<std::string>& coded) {
  const fs::path movie = folder / "movie.mp4", out = folder / ("piped." + format);
  if (!fs::exists(movie)) make_movie(movie, {.seconds = 2});
  std::string words = "ffmpeg -nostdin -v error -i " + movie.string();
  for (const auto& word : coded) words += " " + word;
  const auto result = run_command({"sh", "-c", words + " -f " + format + " - > " + out.string()});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return out;
}

TEST(ReadAnySound, WhatWasWrittenToAPipeIsReadAndSaidToBeOpen) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  const TemporaryFolder folder;
  for (const char* format : {"wav", "w64", "aiff", "flac", "caf", "avi", "flv", "matroska"}) {
    const bool old = std::string_view(format) == "flv";
    const auto path = piped(folder, format,
                            old ? std::vector<std::string>{"-c:v", "flv1", "-ar", "44100"}
                                : std::vector<std::string>{});
    const Sound sound = read_any_sound(path);
    EXPECT_NEAR(static_cast<double>(sound.samples.size()) / sound.sample_rate_hz, 2, 0.1) << format;
    EXPECT_THAT(remarks_on(sound), testing::Contains(HasSubstr("more followed is not known")))
        << format;
  }
}

TEST(ReadAnySound, PartsOfWhatWasWrittenToAPipeTellThatItIsCut) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  const TemporaryFolder folder;
  struct Case {
    const char* format;
    std::vector<std::string> coded;
  };
  for (const auto& [format, coded] :
       {Case{"matroska", {}}, Case{"matroska", {"-live", "1"}}, Case{"webm", {"-c:v", "libvpx"}},
        Case{"flv", {"-c:v", "flv1", "-ar", "44100"}}, Case{"flac", {}}}) {
    const auto path = piped(folder, format, coded);
    const std::string whole = read_file(path);
    EXPECT_NO_THROW(read_any_sound(path)) << format;
    if (std::string_view(format) != "flac") {
      write_file(path, whole + "TAG" + std::string(125, ' '));
      EXPECT_NO_THROW(read_any_sound(path)) << format;
    }
    std::vector<std::size_t> cuts = {whole.size() * 6 / 10};
    if (std::string_view(format) != "flac") cuts.push_back(1);
    for (const std::size_t cut : cuts) {
      write_file(path, std::string_view(whole).substr(0, whole.size() - cut));
      EXPECT_THAT(
          [&] { read_any_sound(path); },
          ThrowsMessage<Error>(testing::AllOf(HasSubstr(path.string()), HasSubstr("ends early"))))
          << format << " " << cut;
    }
  }
}

TEST(ReadAnySound, ACutFileIsCalledCutWhateverItLacks) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  const TemporaryFolder folder;
  struct Case {
    const char* name;
    std::vector<std::string> coded;
    std::size_t cut;  // of the index, the last samples, nearly all
  };
  for (const auto& [name, coded, cut] :
       {Case{"index.mov", {"-c:v", "libx264", "-c:a", "pcm_s16le"}, 200},
        Case{"index.m4a", {"-vn", "-c:a", "aac"}, 900}, Case{"samples.caf", {"-vn"}, 9000},
        Case{"frames.aac", {"-vn", "-c:a", "aac"}, 100}, Case{"start.mkv", {}, 17000}}) {
    const fs::path path = folder / name;
    make_movie(path, {.seconds = 2, .options = coded});
    const std::string whole = read_file(path);
    ASSERT_GT(whole.size(), cut) << name;
    write_file(path, std::string_view(whole).substr(0, whole.size() - cut));
    EXPECT_THAT(
        [&] { read_any_sound(path); },
        ThrowsMessage<Error>(testing::AllOf(HasSubstr(path.string()), HasSubstr("ends early"))))
        << name;
  }
}

TEST(ReadAnySound, KnowsWhatLibsndfileDoesNot) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  const TemporaryFolder folder;
  run_ffmpeg({"-f", "lavfi", "-i", "sine=d=1:r=16000", (folder / "a.wav").string()});
  const auto samples = [&](const fs::path& path) { return read_any_sound(path).samples; };
  const auto plain = samples(folder / "a.wav");
  for (const auto& [name, codec] :
       {std::pair{"f.w64", "pcm_f32le"}, {"d.w64", "pcm_f64le"}, {"l.caf", "alac"}}) {
    run_ffmpeg({"-i", (folder / "a.wav").string(), "-c:a", codec, (folder / name).string()});
    const auto own = samples(folder / name);
    ASSERT_EQ(own.size(), plain.size()) << name;
    for (std::size_t i = 0; i < own.size(); ++i) ASSERT_NEAR(own[i], plain[i], 1e-5) << name;
  }
  const std::string wav = read_file(folder / "a.wav"), wave64 = read_file(folder / "f.w64");
  write_file(folder / "f.w64", wave64 + "a writer's chunk" + ' ' + std::string(15, '\0'));
  EXPECT_EQ(samples(folder / "f.w64").size(), plain.size());
  write_file(folder / "joined.wav", wav + wav);
  EXPECT_EQ(samples(folder / "joined.wav").size(), plain.size());
  run_ffmpeg(
      {"-i", (folder / "a.wav").string(), "-c:a", "libmp3lame", (folder / "m.wav").string()});
  EXPECT_NEAR(static_cast<double>(samples(folder / "m.wav").size()),
              static_cast<double>(plain.size()), 2400);
  run_ffmpeg({"-i", (folder / "a.wav").string(), "-rf64", "always", (folder / "b.wav").string()});
  write_file(folder / "b.wav", "BW64" + read_file(folder / "b.wav").substr(4));
  EXPECT_EQ(samples(folder / "b.wav"), plain);
  EXPECT_THAT([&] { read_any_sound(MediaSource(folder / "a.wav", {}, {.audio = 2})); },
              ThrowsMessage<Error>(HasSubstr("has 1 sound track")));
}

TEST(DecodeSound, EveryStreamOfAnOggMarksItsEnd) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  quiet_ffmpeg();
  const TemporaryFolder folder;
  make_movie(folder / "a.ogg",
             {.seconds = 2, .options = {"-c:v", "libtheora", "-c:a", "libvorbis"}});
  std::string whole = read_file(folder / "a.ogg");
  EXPECT_THAT(remarks_on(decode_sound(folder / "a.ogg")), testing::IsEmpty());
  // Of the last pages one ends the pictures, another the sound.
  for (std::size_t at = whole.find("OggS"); at != std::string::npos;
       at = whole.find("OggS", at + 4)) {
    if ((whole[at + 5] & 4) == 0) continue;
    std::string cut = whole;
    cut.erase(at, whole.find("OggS", at + 4) - at);
    write_file(folder / "cut.ogg", cut);
    EXPECT_TRUE(end_of_container(folder / "cut.ogg").open);
  }
}

TEST(DecodeSound, TextBehindAMovieIsNoPartOfItThatIsCut) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  make_movie(folder / "a.mp4");
  const std::size_t samples = decode_sound(folder / "a.mp4").samples.size();
  write_file(folder / "a.mp4", read_file(folder / "a.mp4") + "recorded by a phone");
  EXPECT_EQ(decode_sound(folder / "a.mp4").samples.size(), samples);
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
