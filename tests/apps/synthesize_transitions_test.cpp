#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <set>

#include "corpus/corpus_table.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/video_decoder.h"
#include "support.h"

// aver-synthesize --transitions: clips of one speaker, one after the other.
namespace aver {
namespace {

using test::folder_content;
using test::run_command;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

/// Two actors whose clips last half a second, with picture and, of the first, sound alone.
class Transitions : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const auto made = run_command({"aver-synthesize", "-q", "-o", (*folder_ / "corpus").string(),
                                   "--actors", "2", "--statements", "1", "--repetitions", "1",
                                   "--size", "96x64", "--seconds", "0.5"});
    ASSERT_EQ(made.exit_status, 0) << made.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::vector<std::string> command(const fs::path& output,
                                          std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"aver-synthesize",
                                      "-q",
                                      "--transitions",
                                      "5",
                                      "-i",
                                      (*folder_ / "corpus").string(),
                                      "-o",
                                      output.string(),
                                      "--fps",
                                      "25"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> Transitions::folder_;

std::map<std::string, std::vector<DatasetClip>> truth_in(const fs::path& folder) {
  std::map<std::string, std::vector<DatasetClip>> parts;
  for (const DatasetClip& row : read_corpus_table(folder / "truth.csv")) {
    parts[row.path].push_back(row);
  }
  return parts;
}

TEST_F(Transitions, EachIsOfOneSpeakerWhoseEmotionChanges) {
  const TemporaryFolder out;
  const auto result = run_command(command(out / "joined"));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const auto truth = truth_in(out / "joined");
  ASSERT_EQ(truth.size(), 5U);
  std::set<std::string> speakers;
  for (const auto& [file, parts] : truth) {
    ASSERT_EQ(parts.size(), 4U) << file;
    EXPECT_EQ(parts.front().start, 0);
    std::set<std::string> sources;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const Clip& clip = parts[p].recording.clip;
      EXPECT_EQ(clip.speaker, parts.front().recording.clip.speaker);
      EXPECT_EQ(clip.speaker, clip.value("source").substr(clip.value("source").size() - 2));
      EXPECT_TRUE(sources.insert(clip.value("source")).second) << "no clip twice";
      if (p == 0) continue;
      EXPECT_EQ(parts[p].start, parts[p - 1].end);
      EXPECT_NE(clip.label, parts[p - 1].recording.clip.label);
    }
    speakers.insert(parts.front().recording.clip.speaker);
    const Sound sound = decode_sound(MediaSource(out / "joined" / file));
    const double seconds = static_cast<double>(sound.samples.size()) / sound.sample_rate_hz;
    EXPECT_NEAR(seconds, parts.back().end, .03) << "AAC comes in frames of 21 ms";
    VideoDecoder pictures(MediaSource(out / "joined" / file));
    while (pictures.next()) {
    }
    EXPECT_NEAR(static_cast<double>(pictures.frame_count()) / 25, parts.back().end, .045);
  }
  EXPECT_EQ(speakers.size(), 2U) << "they take turns";
}

TEST_F(Transitions, PicturesAndSoundsAreThoseOfTheClips) {
  const TemporaryFolder out;
  ASSERT_EQ(run_command(command(out / "joined", {"--parts", "2"})).exit_status, 0);
  const auto parts = truth_in(out / "joined").begin()->second;
  const std::string file = parts.front().path;
  const auto middle_of = [](const fs::path& path, double seconds) {
    VideoDecoder decoder{MediaSource(path)};
    cv::Mat picture;
    while (decoder.next() && decoder.seconds() <= seconds) picture = decoder.picture();
    return picture.clone();
  };
  for (const DatasetClip& part : parts) {
    const std::string key = part.recording.clip.value("source");
    const fs::path source =
        *folder_ / "corpus" / ("Actor_" + part.recording.clip.speaker) / ("01-" + key + ".mp4");
    const cv::Mat joined = middle_of(out / "joined" / file, part.start + .3);
    const cv::Mat single = middle_of(source, .3);
    ASSERT_EQ(joined.size(), single.size());
    double off = 0;
    for (std::size_t i = 0; i < joined.total() * 3; ++i)
      off += std::abs(joined.data[i] - single.data[i]);
    EXPECT_LT(off / static_cast<double>(joined.total() * 3), 4) << "of 255: encoded twice";
  }
}

TEST_F(Transitions, SoundAloneIsTheClipsButForTheBlend) {
  const TemporaryFolder out;
  const auto result = run_command(command(out / "joined", {"--modality", "audio-only"}));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  for (const auto& [file, parts] : truth_in(out / "joined")) {
    const Sound joined = read_sound_file(out / "joined" / file);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      EXPECT_EQ(parts[p].recording.clip.speaker, "01") << "the other has no sound alone";
      const Sound clip =
          read_sound_file(*folder_ / "corpus/Actor_01" /
                          ("03-" + parts[p].recording.clip.value("source") + ".wav"));
      // Half of the blend lies before the change.
      const auto begin = static_cast<std::size_t>(
          std::lround((parts[p].start - (p == 0 ? 0 : .025)) * joined.sample_rate_hz));
      const auto blend = static_cast<std::size_t>(.05 * joined.sample_rate_hz);
      ASSERT_GT(clip.samples.size(), 3 * blend);
      for (std::size_t i = blend; i < clip.samples.size() - blend; ++i) {
        ASSERT_EQ(joined.samples[begin + i], clip.samples[i]) << file << " " << p << " " << i;
      }
    }
  }
}

TEST_F(Transitions, SameBytesForAnyNumberOfWorkersAndOthersForAnotherSeed) {
  const TemporaryFolder out;
  ASSERT_EQ(run_command(command(out / "1", {"-j", "1"})).exit_status, 0);
  ASSERT_EQ(run_command(command(out / "4", {"-j", "4"})).exit_status, 0);
  ASSERT_EQ(run_command(command(out / "other", {"--seed", "7"})).exit_status, 0);
  EXPECT_TRUE(folder_content(out / "1") == folder_content(out / "4"));
  EXPECT_NE(read_file(out / "1/truth.csv"), read_file(out / "other/truth.csv"));
}

TEST_F(Transitions, AKilledRunIsContinuedToTheSameBytes) {
  const TemporaryFolder out;
  ASSERT_EQ(run_command(command(out / "whole")).exit_status, 0);
  test::run_and_kill(command(out / "killed"), SIGKILL,
                     [&] { return fs::exists(out / "killed/joined-001.mp4"); });
  ASSERT_EQ(run_command(command(out / "killed")).exit_status, 0);
  EXPECT_TRUE(folder_content(out / "killed") == folder_content(out / "whole"));
  const auto other = run_command(command(out / "killed", {"--parts", "3"}));
  EXPECT_EQ(other.exit_status, 1) << "they are other settings";
  EXPECT_THAT(other.err, HasSubstr("--force"));
}

TEST_F(Transitions, SaysWhatCannotBeJoined) {
  const TemporaryFolder out;
  const auto usage = run_command({"aver-synthesize", "-o", (out / "a").string(), "--transitions",
                                  "2", "--parts", "1", "--modality", "video-only"});
  EXPECT_EQ(usage.exit_status, 2);
  EXPECT_THAT(usage.err, AllOf(HasSubstr("--transitions needs --input"), HasSubstr("--parts"),
                               HasSubstr("--modality")));
  const auto alone = run_command({"aver-synthesize", "-o", (out / "a").string(), "-i", "corpus"});
  EXPECT_EQ(alone.exit_status, 2);
  const auto within = run_command(command(*folder_ / "corpus/joined"));
  EXPECT_EQ(within.exit_status, 2);
  EXPECT_THAT(within.err, HasSubstr("--output lies within --input"));
  const auto few = run_command(command(out / "a", {"--parts", "90"}));
  EXPECT_EQ(few.exit_status, 1);
  EXPECT_THAT(few.err, HasSubstr("no speaker with enough audio-video clips"));
  const auto nobody = run_command(command(out / "a", {"--filter", "emotion=sad"}));
  EXPECT_NE(nobody.exit_status, 0);
  EXPECT_FALSE(fs::exists(out / "a"));
}

TEST(TransitionsOfRealVoices, AreJoinedFromAnyFormat) {
  AVER_REQUIRE_TEST_DATA(data);
  const TemporaryFolder out;
  const auto result = run_command({"aver-synthesize", "-q", "--transitions", "2", "--modality",
                                   "audio-only", "-i", (data / "ravdess-speech-audio").string(),
                                   "--filter", "speaker=01,02", "-o", (out / "joined").string()});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  for (const auto& [file, parts] : truth_in(out / "joined")) {
    const Sound sound = read_sound_file(out / "joined" / file);
    EXPECT_EQ(sound.sample_rate_hz, 48000);
    EXPECT_NEAR(static_cast<double>(sound.samples.size()) / 48000, parts.back().end, 1e-4);
    EXPECT_GT(parts.back().end, 4 * 2.5);
  }
}

}  // namespace
}  // namespace aver
