#include "stages/extract_audio.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numbers>
#include <set>

#include "base/csv.h"
#include "base/error.h"
#include "extract_stage.h"
#include "media/audio_file.h"
#include "media/pcm16.h"
#include "store/stage.h"

namespace {

using namespace aver;
using namespace aver::test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Extractor kAudio{"aver-extract-audio"};

std::vector<std::int16_t> wav_samples(const fs::path& path) {
  return to_pcm16(read_sound_file(path).samples);
}

std::vector<std::int16_t> tone(std::size_t count, double hertz = 440) {
  std::vector<std::int16_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::int16_t>(
        9000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / 48000));
  }
  return samples;
}

/// Audio-only recordings, made without any program.
class SoundCorpus {
 public:
  SoundCorpus() {
    add("Actor_01/03-01-01-01-01-01-01.wav", 4000);
    add("Actor_01/03-01-03-02-02-01-01.wav", 5000);
    add("Actor_02/03-01-05-01-01-01-02.wav", 6000);
  }
  void add(const std::string& name, std::size_t samples) const {
    write_wav(data() / name, tone(samples), 48000);
  }
  fs::path data() const { return folder_ / "data"; }
  fs::path operator/(const std::string& name) const { return folder_ / name; }
  CommandResult run(const std::string& output, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--modality", "audio-only"});
    return kAudio.run(data(), folder_ / output, more);
  }

 private:
  TemporaryFolder folder_;
};

TEST(ExtractAudio, WritesTheSoundOfEachClipByActorAndEmotion) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus({.options = {"-ac", "2"}});
  corpus.add("Actor_02/02-01-05-01-01-01-02.mp4");
  const auto result = kAudio.run(corpus.data(), corpus / "out");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("of 4 clips (4 made now"), HasSubstr("skipped 1: video-only")));
  const auto expected = decode_sound_with_ffmpeg(corpus.data() / kClipNames[2]);
  const auto actual = wav_samples(corpus / "out/Actor_02/angry/01-01-05-01-01-01-02.wav");
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_LE(std::abs(actual[i] - expected[i]), 1) << i;
  }
  const CsvTable manifest = read_csv(corpus / "out/manifest.csv");
  ASSERT_EQ(manifest.rows.size(), 4u);
  EXPECT_EQ(manifest.rows[0][manifest.column("shape")], std::to_string(actual.size()));
}

TEST(ExtractAudio, BringsEveryClipToOneSampleRate) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus({.options = {"-ar", "44100"}});
  ASSERT_EQ(kAudio.run(corpus.data(), corpus / "out").exit_status, 0);
  const std::size_t before = decode_sound_with_ffmpeg(corpus.data() / kClipNames[0]).size();
  const Sound sound = read_sound_file(corpus / "out/Actor_01/neutral/01-01-01-01-01-01-01.wav");
  EXPECT_EQ(sound.sample_rate_hz, 48000);
  EXPECT_EQ(sound.samples.size(), (before * 48000 + 44099) / 44100);
  ASSERT_EQ(kAudio.run(corpus.data(), corpus / "low", {"--sample-rate", "16000"}).exit_status, 0);
  EXPECT_EQ(
      read_sound_file(corpus / "low/Actor_01/neutral/01-01-01-01-01-01-01.wav").sample_rate_hz,
      16000);
}

TEST(ExtractAudio, AudioOnlySamplesComeOutExact) {
  const SoundCorpus corpus;
  const auto result = corpus.run("out");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(wav_samples(corpus / "out/Actor_02/angry/03-01-05-01-01-01-02.wav"), tone(6000));
  EXPECT_EQ(read_file(corpus / "out/Actor_02/angry/03-01-05-01-01-01-02.wav").size(), 44 + 12000u);
}

TEST(ExtractAudio, TakesEitherKindAndBothOnlyWhenAsked) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  write_wav(corpus.data() / "Actor_01/03-01-01-01-01-01-01.wav", tone(3000), 48000);
  EXPECT_THAT(kAudio.run(corpus.data(), corpus / "av").out, HasSubstr("of 4 clips"));
  EXPECT_THAT(kAudio.run(corpus.data(), corpus / "ao", {"--modality", "audio-only"}).out,
              HasSubstr("of 1 clip "));
  EXPECT_THAT(kAudio.run(corpus.data(), corpus / "both", {"--modality", "both"}).out,
              HasSubstr("of 5 clips"));
  const auto mixed = kAudio.run(corpus.data(), corpus / "av", {"--modality", "audio-only"});
  EXPECT_EQ(mixed.exit_status, 1) << "a folder keeps to one modality";
  EXPECT_THAT(mixed.err, AllOf(HasSubstr("modality"), HasSubstr("--force")));
}

TEST(ExtractAudio, CountsTheSongsThatTheChannelLeavesOut) {
  const SoundCorpus corpus;
  corpus.add("Song/03-02-03-01-01-01-01.wav", 4000);
  corpus.add("Song/03-02-04-01-01-01-01.wav", 4000);
  const auto result = corpus.run("out");
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("of 3 clips"), HasSubstr("skipped 2: song (see --channel)")));
  EXPECT_THAT(corpus.run("song", {"--channel", "song"}).out,
              AllOf(HasSubstr("of 2 clips"), HasSubstr("skipped 3: speech (see --channel)")));
  EXPECT_THAT(corpus.run("all", {"--channel", "all"}).out,
              AllOf(HasSubstr("of 5 clips"), Not(HasSubstr("skipped"))));
}

TEST(ExtractAudio, AFolderOfTheOtherKindGetsAHint) {
  const SoundCorpus corpus;
  const auto result = kAudio.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("--modality audio-only"));
  // Another error is no reason to look for sound.
  const auto other = kAudio.run(corpus.data(), corpus / "out", {"--labels", "none.toml"});
  EXPECT_NE(other.exit_status, 0);
  EXPECT_THAT(other.err, Not(HasSubstr("--modality audio-only")));
}

void expect_same_bytes_for_any_workers(const SoundCorpus& corpus, ExtractAudioConfig config,
                                       std::size_t made) {
  config.input = corpus.data();
  config.modality = "audio-only";
  std::map<std::string, std::string> first;
  for (const std::size_t workers : {0u, 1u, 4u}) {
    config.output = corpus / ("out" + std::to_string(workers));
    config.workers = workers;
    NoProgress progress;
    EXPECT_EQ(run_extract_audio(config, progress).made, made);
    const auto content = folder_content(config.output);
    if (first.empty()) first = content;
    EXPECT_EQ(content, first) << workers << " workers";
  }
}

TEST(ExtractAudio, SameBytesForAnyNumberOfWorkers) {
  const SoundCorpus corpus;
  corpus.add("Actor_04/03-01-03-01-01-01-04.wav", 7777);
  ExtractAudioConfig config;
  config.sample_rate = 22050;  // through the resampler, which each worker keeps
  expect_same_bytes_for_any_workers(corpus, config, 4);
}

TEST(ExtractAudio, CopiesAreClipsOfTheirOwnWithTheSameBytesForAnyNumberOfWorkers) {
  const SoundCorpus corpus;
  ExtractAudioConfig config;
  config.copies = 5;
  expect_same_bytes_for_any_workers(corpus, config, 15);
  EXPECT_EQ(wav_samples(corpus / "out0/Actor_02/angry/03-01-05-01-01-01-02.wav"), tone(6000));
  const CsvTable clips = read_csv(corpus / "out0/clips.csv");
  ASSERT_EQ(clips.rows.size(), 15u);
  const auto cell = [&](std::size_t row, const char* column) {
    return clips.rows[row][clips.column(column)];
  };
  EXPECT_EQ(cell(0, "version_of"), "");
  EXPECT_EQ(cell(0, "version"), "1");
  EXPECT_EQ(cell(1, "clip"), "01-01-01-01-01-01_version_2");
  EXPECT_EQ(cell(1, "version_of"), "01-01-01-01-01-01");
  EXPECT_EQ(cell(1, "label"), "neutral");
  EXPECT_EQ(cell(4, "change"), "pitch-shift");
  const std::string settings = read_file(corpus / "out0/stage.json");
  EXPECT_THAT(settings, HasSubstr("\"copies\": 5"));
  const auto more = corpus.run("out0", {"--copies", "6"});
  EXPECT_EQ(more.exit_status, 1) << "a folder keeps to one number";
  EXPECT_THAT(more.err, HasSubstr("copies"));
  EXPECT_EQ(corpus.run("both", {"--copies", "2", "--conditions", "telephone"}).exit_status, 2);
}

TEST(ExtractAudio, SecondRunTouchesNothingAndAChangedSourceIsRedone) {
  const SoundCorpus corpus;
  ASSERT_EQ(corpus.run("out").exit_status, 0);
  auto before = times_of(corpus / "out");
  EXPECT_THAT(corpus.run("out").out, HasSubstr("(0 made now, 3 there before)"));
  EXPECT_EQ(times_of(corpus / "out"), before);

  corpus.add("Actor_01/03-01-01-01-01-01-01.wav", 9000);
  EXPECT_THAT(corpus.run("out").out, HasSubstr("(1 made now, 2 there before)"));
  EXPECT_EQ(wav_samples(corpus / "out/Actor_01/neutral/03-01-01-01-01-01-01.wav").size(), 9000u);
  const auto after = times_of(corpus / "out");
  EXPECT_EQ(after.at("Actor_02/angry/03-01-05-01-01-01-02.wav"),
            before.at("Actor_02/angry/03-01-05-01-01-01-02.wav"));
}

TEST(ExtractAudio, RefusesOtherSettingsUnlessForced) {
  const SoundCorpus corpus;
  ASSERT_EQ(corpus.run("out").exit_status, 0);
  const auto before = folder_content(corpus / "out");
  const auto refused = corpus.run("out", {"--sample-rate", "16000"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("sample-rate is 48000 there and 16000 now"));
  EXPECT_EQ(folder_content(corpus / "out"), before);
  EXPECT_EQ(corpus.run("out", {"--sample-rate", "16000", "--force"}).exit_status, 0);
  EXPECT_EQ(wav_samples(corpus / "out/Actor_02/angry/03-01-05-01-01-01-02.wav").size(), 2000u);
}

TEST(ExtractAudio, KilledAndContinuedEqualsUninterrupted) {
  const SoundCorpus corpus;
  for (int repetition = 1; repetition <= 2; ++repetition) {
    for (int actor = 3; actor <= 24; ++actor) {
      corpus.add(fmt::format("03-01-04-01-01-{:02}-{:02}.wav", repetition, actor), 100'000);
    }
  }
  ASSERT_EQ(corpus.run("whole").exit_status, 0);
  const fs::path killed = corpus / "killed";
  const auto result = run_and_kill(
      kAudio.words(corpus.data(), killed, {"--modality", "audio-only", "--workers", "1"}), SIGKILL,
      [&] {
        return fs::exists(killed / "journal.jsonl") && !read_file(killed / "journal.jsonl").empty();
      });
  ASSERT_TRUE(result.exit_status == 128 + SIGKILL || result.exit_status == 0);
  if (result.exit_status != 0) {
    EXPECT_EQ(stage_json(killed).at("state"), "running");
    EXPECT_THAT([&] { read_stage(killed, "audio"); },
                testing::ThrowsMessage<Error>(testing::HasSubstr("unfinished")))
        << "an unfinished folder is refused";
  }
  EXPECT_EQ(corpus.run("killed").exit_status, 0);
  EXPECT_EQ(folder_content(killed), folder_content(corpus / "whole"));
}

TEST(ExtractAudio, ClipsInAFormatThatIsNotReadAreListed) {
  const SoundCorpus corpus;
  write_file(corpus.data() / "Actor_01/03-01-05-01-01-01-01.au", "not read");
  const auto result = corpus.run("out");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("skipped"));
  const auto skipped = stage_json(corpus / "out").at("skipped").dump();
  EXPECT_THAT(skipped, AllOf(HasSubstr("03-01-05-01-01-01-01.au"), HasSubstr("ends in .au")));
}

// Tags, line ends and padding behind the last frame are no part of the sound.
TEST(ExtractAudio, WhatFollowsTheLastFrameOfMp3AndAacIsNoDamage) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const TemporaryFolder folder;
  const fs::path data = folder / "data";
  fs::create_directories(data);
  write_wav(folder / "tone.wav", tone(24000), 48000);
  int number = 1;
  for (const char* format : {"mp3", "aac"}) {
    const fs::path whole = folder / fmt::format("whole.{}", format);
    ASSERT_EQ(
        run_command({"ffmpeg", "-v", "error", "-i", (folder / "tone.wav").string(), whole.string()})
            .exit_status,
        0);
    for (const std::string& behind :
         {std::string(), std::string("\n"), std::string(7, '\0'), std::string(64, '\0'),
          std::string("LYRICSBEGIN words LYRICS200")}) {
      write_file(data / fmt::format("03-01-03-01-01-01-{:02}.{}", number++, format),
                 read_file(whole) + behind);
    }
  }
  const auto result = kAudio.run(data, folder / "out", {"--modality", "audio-only"});
  EXPECT_EQ(result.exit_status, 0) << result.err << result.out;
  std::map<std::string, std::set<std::string>> sounds;  // by format
  for (const auto& [name, content] : folder_content(folder / "out")) {
    if (!name.ends_with(".wav")) continue;
    sounds[std::stoi(name.substr(name.size() - 6, 2)) <= 5 ? "mp3" : "aac"].insert(content);
  }
  EXPECT_EQ(sounds["mp3"].size(), 1U) << "all have the same sound";
  EXPECT_EQ(sounds["aac"].size(), 1U);
  // A frame that is cut is damage still.
  const std::string cut = read_file(folder / "whole.aac");
  write_file(folder / "cut/03-01-03-01-01-01-01.aac", cut.substr(0, cut.size() - 40));
  EXPECT_EQ(kAudio.run(folder / "cut", folder / "no", {"--modality", "audio-only"}).exit_status, 1);
}

TEST(ExtractAudio, AnInterruptedRunSaysSo) {
  const SoundCorpus corpus;
  for (int actor = 1; actor <= 24; ++actor) {
    corpus.add(fmt::format("03-01-04-01-01-02-{:02}.wav", actor), 400'000);
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const fs::path out = corpus / fmt::format("out{}", signal);
    const auto result = run_and_kill(
        kAudio.words(corpus.data(), out, {"--modality", "audio-only", "--workers", "1"}), signal,
        [&] { return fs::exists(out / "journal.jsonl"); });
    ASSERT_TRUE(result.exit_status == 128 + signal || result.exit_status == 0);
    if (result.exit_status == 0) continue;  // it was quicker
    EXPECT_THAT(result.err, HasSubstr("aver-extract-audio: interrupted by SIG"));
    EXPECT_THAT(result.err, HasSubstr("can be run again"));
  }
}

TEST(ExtractAudio, BrokenClipsAreNamedWithTheirReasonAndLeaveNoFiles) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus({.options = {"-movflags", "faststart"}});
  const std::string whole = read_file(corpus.data() / kClipNames[0]);
  const fs::path actor = corpus.data() / "Actor_03";
  write_file(actor / "01-01-01-01-01-01-03.mp4", whole.substr(0, whole.size() / 2));
  write_file(actor / "01-01-02-01-01-01-03.mp4", "");
  write_file(actor / "01-01-03-01-01-01-03.mp4", "a text file");
  make_movie(actor / "01-01-04-01-01-01-03.mp4", {.sound = false});
  write_file(actor / "holiday.mp4", whole);
  const auto result = kAudio.run(corpus.data(), corpus / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("of 4 clips"), HasSubstr("failed 5")));
  const auto reasons = failures(corpus / "out");
  ASSERT_EQ(reasons.size(), 5u);
  EXPECT_THAT(reasons.at("Actor_03/01-01-01-01-01-01-03.mp4"),
              testing::AnyOf(HasSubstr("ends early"), HasSubstr("cut off")));
  EXPECT_THAT(reasons.at("Actor_03/01-01-02-01-01-01-03.mp4"), HasSubstr("empty"));
  EXPECT_THAT(reasons.at("Actor_03/01-01-03-01-01-01-03.mp4"), HasSubstr("is damaged or no MP4"));
  EXPECT_EQ(reasons.at("Actor_03/01-01-04-01-01-01-03.mp4"), "no sound track");
  EXPECT_THAT(reasons.at("Actor_03/holiday.mp4"), HasSubstr("not a RAVDESS name"));
  EXPECT_THAT(read_file(corpus / "out/stage.json"), Not(HasSubstr(corpus.data().string())));
  EXPECT_FALSE(fs::exists(corpus / "out/Actor_03"));
  EXPECT_EQ(kAudio.run(corpus.data(), corpus / "out", {"--keep-going"}).exit_status, 0);
}

TEST(ExtractAudio, BrokenSoundFilesAreNamed) {
  const SoundCorpus corpus;
  const std::string whole = read_file(corpus.data() / "Actor_02/03-01-05-01-01-01-02.wav");
  write_file(corpus.data() / "03-01-01-01-01-01-03.wav", whole.substr(0, whole.size() / 2));
  write_file(corpus.data() / "03-01-02-01-01-01-03.wav", "");
  write_file(corpus.data() / "03-01-03-01-01-01-03.flac", "a text file");
  write_wav(corpus.data() / "03-01-04-01-01-01-03.wav", {}, 48000);
  EXPECT_EQ(corpus.run("out").exit_status, 1);
  const auto reasons = failures(corpus / "out");
  ASSERT_EQ(reasons.size(), 4u);
  EXPECT_THAT(reasons.at("03-01-01-01-01-01-03.wav"), HasSubstr("ends early"));
  EXPECT_THAT(reasons.at("03-01-04-01-01-01-03.wav"), HasSubstr("no sound"));
  EXPECT_FALSE(fs::exists(corpus / "out/Actor_03"));
}

TEST(ExtractAudio, TwoFilesOfOneNameAreRefusedAndBothNamed) {
  const SoundCorpus corpus;
  corpus.add("copy/03-01-05-01-01-01-02.wav", 100);
  const auto result = corpus.run("out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("Actor_02/03-01-05-01-01-01-02.wav"),
                                HasSubstr("copy/03-01-05-01-01-01-02.wav")));
}

TEST(ExtractAudio, OutputThatCannotBeWrittenIsSaid) {
  const SoundCorpus corpus;
  write_file(corpus / "file", "not a folder");
  const auto result = corpus.run("file/out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr((corpus / "file/out").string()));
}

TEST(ExtractAudio, FullDiskStopsTheStageAndKeepsWhatIsFinished) {
  AVER_REQUIRE_PROGRAM("bash");
  const SoundCorpus corpus;
  corpus.add("Actor_02/03-01-05-01-01-01-02.wav", 60'000);
  const auto result = run_with_file_limit(
      kAudio.words(corpus.data(), corpus / "out", {"--modality", "audio-only", "--workers", "1"}),
      64);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("03-01-05-01-01-01-02.wav"), HasSubstr("File too large"),
                                HasSubstr("the same command continues there")));
  EXPECT_TRUE(fs::exists(corpus / "out/Actor_01/happy/03-01-03-02-02-01-01.wav"));
  EXPECT_FALSE(fs::exists(corpus / "out/Actor_02/angry/03-01-05-01-01-01-02.wav"));
  const auto resumed = corpus.run("out");
  EXPECT_EQ(resumed.exit_status, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("(1 made now, 2 there before)"));
}

TEST(ExtractAudio, EmptyOrMissingFolderIsSaid) {
  TemporaryFolder folder;
  create_folders(folder / "empty");
  EXPECT_EQ(kAudio.run(folder / "empty", folder / "out").exit_status, 1);
  const auto missing = kAudio.run(folder / "missing", folder / "out");
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr("no such folder"));
}

TEST(ExtractAudio, HelpAndBadUsage) {
  const auto help = run_command({"aver-extract-audio", "--help"});
  EXPECT_EQ(help.exit_status, 0);
  for (const char* flag : {"--modality", "--sample-rate", "--channel", "--force", "--keep-going"}) {
    EXPECT_THAT(help.out, HasSubstr(flag));
  }
  EXPECT_EQ(run_command({"aver-extract-audio", "--modalty", "av"}).exit_status, 2);
  EXPECT_EQ(run_command({"aver-extract-audio"}).exit_status, 2);
  const auto all = run_command({"aver-extract-audio", "--input", "a", "--output", "b", "--modality",
                                "video", "--sample-rate", "7"});
  EXPECT_EQ(all.exit_status, 2);
  EXPECT_THAT(all.err, AllOf(HasSubstr("--modality"), HasSubstr("--sample-rate")));
  const auto inside = run_command(
      {"aver-extract-audio", "--input", ".", "--output", "./work", "--modality", "audio-only"});
  EXPECT_EQ(inside.exit_status, 2) << "its own output would be its input next time";
}

TEST(ExtractAudio, RealClipsGoThroughAndTheTilesFail) {
  AVER_REQUIRE_TEST_DATA(data);
  TemporaryFolder folder;
  create_folders(folder / "data");
  for (const auto& path : list_files(data / "ravdess-av-clips")) {
    fs::copy_file(path, folder / "data" / path.filename());
  }
  fs::copy_file(data / "ravdess-av-clips/tile_03-happy_A24.mp4",
                folder / "data/01-01-03-01-01-01-24.mp4");
  const auto result = kAudio.run(folder / "data", folder / "out");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("of 7 clips"));
  const auto reasons = failures(folder / "out");
  EXPECT_EQ(reasons.size(), 3u);
  EXPECT_THAT(reasons.at("tile_04-sad_A24.mp4"), HasSubstr("not a RAVDESS name"));
  EXPECT_EQ(reasons.at("01-01-03-01-01-01-24.mp4"), "no sound track");
}

TEST(ExtractAudio, All1140RealRecordingsComeOutExactOrAsChannelMean) {
  AVER_REQUIRE_TEST_DATA(data);
  TemporaryFolder folder;
  const fs::path input = data / "ravdess-speech-audio";
  const auto result = kAudio.run(input, folder / "out", {"--modality", "audio-only"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1140 sounds of 1140 clips"));
  const std::vector<std::string> stereo = {"03-01-02-01-01-02-01", "03-01-08-01-02-02-01",
                                           "03-01-02-01-02-02-05", "03-01-03-01-02-01-20",
                                           "03-01-06-01-01-02-20"};
  std::vector<std::string> found;
  for (const auto& clip : read_stage(folder / "out", "audio").clips) {
    const Sound source = read_sound_file(input / clip.source);
    const auto written = wav_samples(folder / "out" / clip.outputs.front().path);
    ASSERT_EQ(written.size(), source.samples.size()) << clip.source;
    if (source.channels == 2) found.push_back(clip.recording.name);
    for (std::size_t i = 0; i < written.size(); ++i) {
      const float exact = source.samples[i] * 32768.0f;
      ASSERT_LE(std::abs(exact - static_cast<float>(written[i])),
                source.channels == 1 ? 0.0f : 0.5f)
          << clip.source << " sample " << i;
    }
  }
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(stereo));
}

TEST(ExtractAudio, LabelsOfATableThatContradictTheNamesAreSaid) {
  const TemporaryFolder folder;
  std::string table = "file,emotion,speaker\n";
  for (const auto& [name, label] : {std::pair{"03-01-03-01-01-01-01", "sad"},
                                    {"03-01-04-01-01-01-01", "sad"},
                                    {"other", "happy"}}) {
    write_wav(folder / (std::string("data/") + name + ".wav"), std::vector<std::int16_t>(4800, 99),
              48000);
    table += fmt::format("{}.wav,{},1\n", name, label);
  }
  write_file(folder / "table.csv", table);
  const auto result = run_command({"aver-extract-audio", "--input", (folder / "data").string(),
                                   "--corpus", (folder / "table.csv").string(), "--modality",
                                   "audio-only", "--output", (folder / "out").string()});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("contradicts the name in 1 of 2 clips (03-01-03-01-01-01-01 is "
                                    "sad there and happy by its name)"));
}

TEST(ExtractAudio, AZipInThePlaceOfTheDatasetIsSaidWithTheLineThatUnpacksIt) {
  const TemporaryFolder folder;
  write_file(folder / "data.zip", std::string_view("PK\x03\x04 and so on"));
  const auto result = run_command({"aver-extract-audio", "--input", (folder / "data.zip").string(),
                                   "--output", (folder / "out").string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              HasSubstr(fmt::format("is not a folder but an archive: unzip {} -d {}",
                                    (folder / "data.zip").string(), (folder / "data").string())));
}

}  // namespace
