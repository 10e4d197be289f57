#include "stages/compute_mfcc.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/random.h"
#include "corpus/known_corpora.h"
#include "features/golden.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/resampler.h"
#include "store/npy.h"
#include "support.h"
#include "synthesis/clip_id.h"

namespace aver {
namespace {

using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::int16_t> voice(std::size_t samples, std::uint64_t seed) {
  Random random(seed);
  const double pitch = random.uniform(0.01, 0.03);
  std::vector<std::int16_t> values(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double x = 8000 * std::sin(pitch * static_cast<double>(i)) + random.uniform(-900, 900);
    values[i] = static_cast<std::int16_t>(x);
  }
  return values;
}

ClipId clip_of(int number) {
  ClipId id;
  id.emotion = static_cast<Emotion>(1 + number % 3);
  id.repetition = 1 + number / 3 % 2;
  id.actor = 1 + number / 6;
  return id;
}

std::string path_of(const ClipId& id, const std::string& extension) {
  return id.actor_folder() + "/" + std::string(name_of(id.emotion)) + "/" + id.stem() + extension;
}

/// A finished audio stage folder with `clips` sounds, and where their MFCCs may go.
struct Sounds {
  explicit Sounds(int clips, int rate = 48000) {
    StageWriter writer(audio, {"aver-extract-audio", "audio", {{"sample-rate", rate}}}, false);
    for (int i = 0; i < clips; ++i) {
      const ClipId id = clip_of(i);
      const auto samples = voice(24000 + 500 * static_cast<std::size_t>(i), 7 + i);
      write_wav(audio / path_of(id, ".wav"), samples, rate);
      writer.add({ravdess().read(id.stem(), "").recording,
                  id.stem() + ".mp4",
                  {1, 1},
                  {{path_of(id, ".wav"), std::to_string(samples.size()),
                    content_mark_of(audio / path_of(id, ".wav"))}}});
    }
    writer.complete();
  }

  ComputeMfccConfig config(const fs::path& output) const {
    ComputeMfccConfig result;
    result.input = audio;
    result.output = output;
    return result;
  }

  test::CommandResult run(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"aver-compute-mfcc", "--input", audio.string(), "--output",
                                      mfcc.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }

  TemporaryFolder folder;
  fs::path audio = folder / "audio";
  fs::path mfcc = folder / "mfcc";
};

std::map<std::string, fs::file_time_type> times_of(const fs::path& folder) {
  std::map<std::string, fs::file_time_type> times;
  for (const auto& path : list_files(folder)) times[path.string()] = fs::last_write_time(path);
  return times;
}

TEST(ComputeMfccCommand, WritesAnArrayAndAPictureOfEachSound) {
  const Sounds sounds(3);
  const auto result = sounds.run();
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("3 clips"));

  const fs::path wav = sounds.audio / path_of(clip_of(1), ".wav");
  const Sound sound = read_sound_file(wav);
  const FloatArray expected =
      Mfcc(MfccOptions{}).compute(Resampler().resample(sound.samples, 48000, 22050));
  const FloatArray written = read_npy(sounds.mfcc / path_of(clip_of(1), ".npy"));
  EXPECT_EQ(written.shape, (std::vector<std::size_t>{40, 1 + 11255 / 512}));
  EXPECT_EQ(written.values, expected.values);

  const cv::Mat picture = read_image(sounds.mfcc / path_of(clip_of(1), ".png"));
  EXPECT_EQ(picture.size(), cv::Size(960, 440));

  const Stage stage = read_stage(sounds.mfcc, "mfcc");
  ASSERT_THAT(stage.clips, SizeIs(3));
  EXPECT_EQ(stage.clips[1].outputs[0].shape, "40x22");
  EXPECT_EQ(stage.settings.at("coefficients"), 40);
}

TEST(ComputeMfccCommand, LeavesPicturesOutWhenAsked) {
  const Sounds sounds(2);
  const auto result = sounds.run({"--no-pictures", "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out).at("outputs"), 2);
  for (const auto& path : list_files(sounds.mfcc)) EXPECT_NE(path.extension(), ".png");
}

TEST(ComputeMfccCommand, TakesEveryOption) {
  const Sounds sounds(1);
  const auto result =
      sounds.run({"--sample-rate", "16000", "--coefficients", "13", "--n-fft", "400",
                  "--hop-length", "160", "--mels", "40", "--lowest-hz", "20", "--highest-hz",
                  "7600", "--top-db", "60", "--window", "hamming", "--no-pictures"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  MfccOptions options;
  options.sample_rate_hz = 16000;
  options.coefficients = 13;
  options.fft_length = 400;
  options.hop_length = 160;
  options.mel_bands = 40;
  options.lowest_hz = 20;
  options.highest_hz = 7600;
  options.top_db = 60;
  options.window = "hamming";
  const Sound sound = read_sound_file(sounds.audio / path_of(clip_of(0), ".wav"));
  const FloatArray expected =
      Mfcc(options).compute(Resampler().resample(sound.samples, 48000, 16000));
  EXPECT_EQ(read_npy(sounds.mfcc / path_of(clip_of(0), ".npy")).values, expected.values);
}

TEST(ComputeMfccCommand, KeepsEachFilesOwnRateWhenAsked) {
  const Sounds sounds(1, 16000);
  ASSERT_EQ(sounds.run({"--sample-rate", "0"}).exit_status, 0);
  MfccOptions options;
  options.sample_rate_hz = 16000;
  const Sound sound = read_sound_file(sounds.audio / path_of(clip_of(0), ".wav"));
  EXPECT_EQ(read_npy(sounds.mfcc / path_of(clip_of(0), ".npy")).values,
            Mfcc(options).compute(sound.samples).values);
}

TEST(ComputeMfccCommand, ASoundThatIsNoLongerWhatItsStageMadeIsSaid) {
  const Sounds sounds(2);
  const fs::path changed = sounds.audio / path_of(clip_of(1), ".wav");
  write_wav(changed, voice(12000, 3), 48000);
  const auto result = sounds.run();
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err, testing::AllOf(HasSubstr(path_of(clip_of(1), ".wav")),
                                         HasSubstr("it is 12000 and was 24500")));
}

TEST(ComputeMfccCommand, ASoundOfTheSameLengthWithOtherContentIsSaid) {
  const Sounds sounds(2);
  const fs::path changed = sounds.audio / path_of(clip_of(1), ".wav");
  write_wav(changed, voice(24500, 3), 48000);
  const auto result = sounds.run();
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr(path_of(clip_of(1), ".wav")),
                                HasSubstr("it has other content than when its stage made it"),
                                Not(HasSubstr(path_of(clip_of(0), ".wav")))));
}

TEST(ComputeMfccCommand, OutputThatSomebodyChangedIsMadeAgainAndSaid) {
  const Sounds sounds(3);
  ASSERT_EQ(sounds.run().exit_status, 0);
  const auto before = test::folder_content(sounds.mfcc);
  // Other numbers in the same shape, another size, and a copy with another time.
  const fs::path other = sounds.mfcc / path_of(clip_of(0), ".npy");
  FloatArray array = read_npy(other);
  array.values[7] += 1;
  write_npy(other, array);
  const fs::path longer = sounds.mfcc / path_of(clip_of(1), ".png");
  const auto time = fs::last_write_time(longer);
  write_file(longer, read_file(longer) + "x");
  fs::last_write_time(longer, time);
  const fs::path copy = sounds.mfcc / path_of(clip_of(2), ".npy");
  write_file(copy, read_file(copy));
  const auto again = sounds.run({"--json"});
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_EQ(nlohmann::json::parse(again.out).at("made"), 2);
  EXPECT_THAT(again.err, AllOf(HasSubstr("2 files of"), HasSubstr("changed since this stage made"),
                               HasSubstr(path_of(clip_of(0), ".npy"))));
  EXPECT_EQ(test::folder_content(sounds.mfcc), before);
  EXPECT_EQ(sounds.run().err.find("changed since"), std::string::npos);
}

TEST(ComputeMfccCommand, AFolderOfAnEarlierVersionWithoutContentIsReadAndContinued) {
  const Sounds sounds(2);
  ASSERT_EQ(sounds.run().exit_status, 0);
  CsvTable manifest = read_csv(sounds.mfcc / "manifest.csv");
  const auto content = static_cast<std::ptrdiff_t>(manifest.column("content"));
  std::string older;
  manifest.header.erase(manifest.header.begin() + content);
  older += csv_line(manifest.header);
  for (auto& row : manifest.rows) {
    row.erase(row.begin() + content);
    older += csv_line(row);
  }
  write_file(sounds.mfcc / "manifest.csv", older);
  const auto before = test::folder_content(sounds.mfcc);
  const auto again = sounds.run({"--json"});
  EXPECT_EQ(again.exit_status, 0) << again.err;
  EXPECT_EQ(nlohmann::json::parse(again.out).at("made"), 0);
  EXPECT_EQ(test::folder_content(sounds.mfcc), before);
}

TEST(ComputeMfccCommand, ASecondRunDoesNothing) {
  const Sounds sounds(3);
  ASSERT_EQ(sounds.run().exit_status, 0);
  const auto before = times_of(sounds.mfcc);
  const auto again = sounds.run({"--json"});
  EXPECT_EQ(again.exit_status, 0);
  EXPECT_EQ(nlohmann::json::parse(again.out).at("made"), 0);
  EXPECT_EQ(times_of(sounds.mfcc), before);
}

TEST(ComputeMfccCommand, RedoesOnlyWhatIsMissingOrChanged) {
  const Sounds sounds(4);
  ASSERT_EQ(sounds.run().exit_status, 0);
  fs::remove(sounds.mfcc / path_of(clip_of(0), ".png"));
  write_wav(sounds.audio / path_of(clip_of(2), ".wav"), voice(30000, 99), 48000);
  const auto again = sounds.run({"--json"});
  EXPECT_EQ(nlohmann::json::parse(again.out).at("made"), 2);
  EXPECT_TRUE(fs::exists(sounds.mfcc / path_of(clip_of(0), ".png")));
  EXPECT_EQ(read_npy(sounds.mfcc / path_of(clip_of(2), ".npy")).shape[1], 1 + 13782u / 512);
}

TEST(ComputeMfccCommand, RefusesOtherSettingsWithoutForce) {
  const Sounds sounds(2);
  ASSERT_EQ(sounds.run().exit_status, 0);
  const auto before = test::folder_content(sounds.mfcc);
  const auto refused = sounds.run({"--coefficients", "20"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("coefficients is 40 there and 20 now"), HasSubstr("--force")));
  EXPECT_EQ(test::folder_content(sounds.mfcc), before);
  EXPECT_EQ(sounds.run({"--coefficients", "20", "--force"}).exit_status, 0);
  EXPECT_EQ(read_npy(sounds.mfcc / path_of(clip_of(1), ".npy")).shape[0], 20u);
}

TEST(ComputeMfccCommand, GivesTheSameBytesForAnyNumberOfWorkers) {
  const Sounds sounds(12);
  NoProgress progress;
  for (const std::size_t workers : {0u, 1u, 4u}) {
    auto config = sounds.config(sounds.folder / std::to_string(workers));
    config.workers = workers;
    EXPECT_EQ(run_compute_mfcc(config, progress).made, 12u);
  }
  const auto inlined = test::folder_content(sounds.folder / "0");
  EXPECT_THAT(inlined, SizeIs(2 * 12 + 3));
  EXPECT_EQ(test::folder_content(sounds.folder / "1"), inlined);
  EXPECT_EQ(test::folder_content(sounds.folder / "4"), inlined);
}

TEST(ComputeMfccCommand, ContinuesAfterAKillAsIfNothingHadHappened) {
  const Sounds sounds(36);
  const auto made = [&] {
    return fs::is_directory(sounds.mfcc) ? list_files(sounds.mfcc).size() : 0;
  };
  const auto killed = test::run_and_kill({"aver-compute-mfcc", "--input", sounds.audio.string(),
                                          "--output", sounds.mfcc.string(), "--workers", "1"},
                                         SIGKILL, [&] { return made() > 8; });
  ASSERT_EQ(killed.exit_status, 128 + SIGKILL) << "the run ended before it could be killed";
  EXPECT_THAT([&] { read_stage(sounds.mfcc, "mfcc"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("unfinished")));
  const auto resumed = sounds.run({"--json"});
  ASSERT_EQ(resumed.exit_status, 0) << resumed.err;
  const int redone = nlohmann::json::parse(resumed.out).at("made");
  EXPECT_GT(redone, 0);
  EXPECT_LT(redone, 36);

  NoProgress progress;
  run_compute_mfcc(sounds.config(sounds.folder / "whole"), progress);
  EXPECT_EQ(test::folder_content(sounds.mfcc), test::folder_content(sounds.folder / "whole"));
}

TEST(ComputeMfccCommand, ReportsBrokenSoundsAndDoesTheOthers) {
  const Sounds sounds(5);
  ASSERT_EQ(sounds.run().exit_status, 0);
  const auto wav = [&](int i) { return sounds.audio / path_of(clip_of(i), ".wav"); };
  write_file(wav(0), "");
  fs::resize_file(wav(1), 20'000);
  write_file(wav(2), "no sound but a sentence of text, long enough for a header");
  fs::remove(wav(3));
  const auto result = sounds.run();
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("failed 4"));
  for (const int broken : {0, 1, 2, 3}) {
    EXPECT_THAT(result.out, HasSubstr(path_of(clip_of(broken), ".wav")));
    EXPECT_FALSE(fs::exists(sounds.mfcc / path_of(clip_of(broken), ".npy"))) << broken;
    EXPECT_FALSE(fs::exists(sounds.mfcc / path_of(clip_of(broken), ".png"))) << broken;
  }
  EXPECT_THAT(read_stage(sounds.mfcc, "mfcc").clips, SizeIs(1));
  EXPECT_EQ(sounds.run({"--keep-going"}).exit_status, 0);
}

TEST(ComputeMfccCommand, RefusesInputThatIsNoFinishedAudioStage) {
  TemporaryFolder folder;
  const auto refused = [&](const std::string& input) {
    const auto result = run_command({"aver-compute-mfcc", "--input", (folder / input).string(),
                                     "--output", (folder / "mfcc").string()});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_FALSE(fs::exists(folder / "mfcc"));
    return result.err;
  };
  EXPECT_THAT(refused("missing"), HasSubstr("aver-extract-audio"));
  fs::create_directory(folder / "empty");
  EXPECT_THAT(refused("empty"), HasSubstr("aver-extract-audio"));
  {
    StageWriter running(folder / "running", {"aver-extract-audio", "audio", {}}, false);
    running.add({ravdess().read(clip_of(0).stem(), "").recording, "x.mp4", {1, 1}, {}});
  }
  EXPECT_THAT(refused("running"), HasSubstr("unfinished"));
  StageWriter(folder / "frames", {"aver-extract-frames", "frames", {}}, false).complete();
  EXPECT_THAT(refused("frames"), HasSubstr("holds the stage 'frames' where 'audio' is needed"));
}

TEST(ComputeMfccCommand, CountsTheClipsOfTheOtherChannel) {
  const test::TemporaryFolder folder;
  for (const char* name : {"03-01-01-01-01-01-01", "03-02-01-01-01-01-01"}) {
    write_wav(folder / fmt::format("data/{}.wav", name), voice(24000, 1), 48000);
  }
  const auto run = [&](std::vector<std::string> words) { return run_command(words); };
  ASSERT_EQ(run({"aver-extract-audio", "--input", (folder / "data").string(), "--output",
                 (folder / "audio").string(), "--modality", "audio-only", "--channel", "all"})
                .exit_status,
            0);
  const auto result = run({"aver-compute-mfcc", "--input", (folder / "audio").string(), "--output",
                           (folder / "mfcc").string(), "--no-pictures"});
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("of 1 clip "), HasSubstr("skipped 1: song (see --channel)")));
}

TEST(ComputeMfccCommand, RefusesAFolderWithoutClipsOfTheChannel) {
  const Sounds sounds(2);
  const auto result = sounds.run({"--channel", "song"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("--channel"));
}

TEST(ComputeMfccCommand, NamesAllBadSettingsAtOnceAndExitsWithTwo) {
  const Sounds sounds(1);
  const auto result = sounds.run({"--n-fft", "1023", "--hop-length", "0", "--window", "hanning"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("--n-fft"), HasSubstr("--hop-length"), HasSubstr("--window")));
  EXPECT_FALSE(fs::exists(sounds.mfcc));
  EXPECT_EQ(sounds.run({"--no-such-flag"}).exit_status, 2);
  EXPECT_EQ(run_command({"aver-compute-mfcc"}).exit_status, 2);
}

TEST(ComputeMfccCommand, HelpNamesItsOptions) {
  const auto result = run_command({"aver-compute-mfcc", "--help"});
  EXPECT_EQ(result.exit_status, 0);
  for (const char* option : {"--n-fft", "--coefficients", "--no-pictures", "--workers"}) {
    EXPECT_THAT(result.out, HasSubstr(option));
  }
}

TEST(ComputeMfccCommand, ThePapersConfigurationIsTheDefault) {
  const auto defaults = run_command({"aver-compute-mfcc", "--print-config"});
  ASSERT_EQ(defaults.exit_status, 0) << defaults.err;
  const auto paper =
      run_command({"aver-compute-mfcc", "--config", AVER_CONFIG_DIR "/paper/aver-compute-mfcc.toml",
                   "--print-config"});
  EXPECT_EQ(paper.exit_status, 0) << paper.err;
  EXPECT_EQ(paper.out, defaults.out);
}

TEST(ComputeMfccCommand, EqualsLibrosaOnRealClips) {
  AVER_REQUIRE_TEST_DATA(data);
  TemporaryFolder folder;
  std::size_t mono = 0;
  for (const auto& item : test::golden_cases("mfcc-recordings")) {
    const std::string name = item.at("name");
    const std::string path = fmt::format("Actor_{}/{}.flac", name.substr(name.size() - 2), name);
    fs::create_directories((folder / "clips" / path).parent_path());
    fs::create_symlink(data / "ravdess-speech-audio" / path, folder / "clips" / path);
  }
  const auto sound =
      run_command({"aver-extract-audio", "--input", (folder / "clips").string(), "--output",
                   (folder / "audio").string(), "--modality", "audio-only"});
  ASSERT_EQ(sound.exit_status, 0) << sound.err << sound.out;
  const auto mfcc = run_command({"aver-compute-mfcc", "--input", (folder / "audio").string(),
                                 "--output", (folder / "mfcc").string()});
  ASSERT_EQ(mfcc.exit_status, 0) << mfcc.err << mfcc.out;
  for (const auto& item : test::golden_cases("mfcc-recordings")) {
    const std::string name = item.at("name");
    const DatasetClip clip = ravdess().read(name, "");
    const FloatArray actual = read_npy(folder / "mfcc" / (clip.output_stem() + ".npy"));
    const FloatArray expected = test::golden_array("mfcc-recordings", item.at("mfcc"));
    EXPECT_EQ(actual.shape, expected.shape) << name;
    // The mean of two 16-bit channels is rounded to 16 bits on its way through the WAV file, which
    // moves levels near the floor. For mono the samples are exact.
    if (item.at("channels") == 1) {
      ++mono;
      EXPECT_LE(test::largest_difference(actual.values, expected.values), 1e-3) << name;
    }
  }
  EXPECT_GE(mono, 8u);
}

}  // namespace
}  // namespace aver
