#include <gmock/gmock.h>

#include <functional>

#include "base/error.h"
#include "base/text.h"
#include "corpus/known_corpora.h"
#include "store/npy.h"
#include "store/safetensors.h"
#include "store/stage.h"
#include "support.h"

// Records of a stage that somebody, or a broken disk, has changed.
namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const StageDescription kAudio{"aver-extract-audio", "audio", {{"sample_rate_hz", 48000}}};
constexpr auto kStem = "01-01-03-01-01-01-01";

class HostileRecords : public ::testing::Test {
 protected:
  void SetUp() override { write_file(folder_ / "victim.txt", "precious"); }
  void TearDown() override { EXPECT_EQ(read_file(folder_ / "victim.txt"), "precious"); }

  /// A stage of one clip; unfinished it has its journal instead of its manifest.
  void make_stage(bool finished = true, const std::optional<Shard>& shard = std::nullopt) {
    fs::remove_all(stage_);
    StageWriter writer(stage_, kAudio, false, shard);
    const auto recording = ravdess().read(kStem, kAudioVideo).recording;
    writer.deal({{recording.name, {10, 1}}});
    StageClip clip{recording, "Actor_01/x.mp4", {10, 1}, {{"x.wav", "100"}}, {}};
    write_file(stage_ / "x.wav", "sound");
    writer.add(clip);
    if (finished) writer.complete();
  }
  void replace(const fs::path& file, const std::string& from, const std::string& to) const {
    std::string text = read_file(stage_ / file);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << text;
    write_file(stage_ / file, text.replace(at, from.size(), to));
  }
  std::string said_by(const std::function<void()>& action) const {
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing";
  }
  std::string said_by_next_run(bool force = false) const {
    return said_by([&] {
      StageWriter writer(stage_, kAudio, force);
      writer.fail(kStem, {"x.mp4", "broken now"});
      writer.complete();
    });
  }
  std::string said_by_join() const {
    return said_by([&] {
      StageWriter(stage_, StageMaker{"aver-extract-audio", "audio"}).complete();
    });
  }
  std::string said_by_reader() const {
    return said_by([&] { read_stage(stage_, "audio"); });
  }

  TemporaryFolder folder_;
  const fs::path stage_ = folder_ / "stage";
  const std::string outside_[3] = {"../victim.txt", (folder_ / "victim.txt").string(),
                                   "a/../../victim.txt"};
};

TEST_F(HostileRecords, AManifestNamesNoFileOutsideItsFolder) {
  for (const std::string& outside : outside_) {
    make_stage();
    replace("manifest.csv", "x.wav", outside);
    const auto names_both =
        AllOf(HasSubstr("manifest.csv"), HasSubstr(outside), HasSubstr("remove the folder"));
    EXPECT_THAT(said_by_reader(), names_both);
    EXPECT_THAT(said_by_next_run(), names_both);
    EXPECT_THAT(said_by_next_run(/*force=*/true), names_both);
  }
}

TEST_F(HostileRecords, AJournalNamesNoFileOutsideItsFolder) {
  for (const std::string& outside : outside_) {
    make_stage(/*finished=*/false);
    replace("journal.jsonl", "x.wav", outside);
    EXPECT_THAT(said_by_next_run(), AllOf(HasSubstr("journal.jsonl"), HasSubstr(outside)));
    EXPECT_THAT(said_by_next_run(/*force=*/true), HasSubstr(outside));
  }
}

TEST_F(HostileRecords, AShardNamesNoFileOutsideItsFolder) {
  for (const std::string& outside : outside_) {
    make_stage(true, Shard{1, 1});
    replace("shards/1-of-1/manifest.csv", "x.wav", outside);
    EXPECT_THAT(said_by_join(), AllOf(HasSubstr("manifest.csv"), HasSubstr(outside)));
  }
}

TEST_F(HostileRecords, ALinkOutOfTheFolderIsNotFollowedToDelete) {
  make_stage();
  write_file(folder_ / "elsewhere/x.wav", "precious");
  fs::create_directory_symlink(folder_ / "elsewhere", stage_ / "link");
  replace("manifest.csv", "x.wav", "link/x.wav");
  EXPECT_EQ(said_by_next_run(), "nothing");
  EXPECT_EQ(read_file(folder_ / "elsewhere/x.wav"), "precious");
}

TEST_F(HostileRecords, WhateverStandsInAJournalIsSaidInWords) {
  const std::string line = [&] {
    make_stage(/*finished=*/false);
    return trim(read_file(stage_ / "journal.jsonl"));
  }();
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"clip\"", "\"slip\""},
           {"\"size\":10", "\"bytes\":10"},
           {"\"size\":10", "\"size\":\"ten\""},
           {"[[\"x.wav\",\"100\"]]", "[[\"x.wav\"]]"},
           {"[[\"x.wav\",\"100\"]]", "7"},
           {"\"source\":\"Actor_01/x.mp4\"", "\"source\":{}"},
           {"\"modality\"", "\"mode\""},
           {"\"recording\":", "\"failed\":true,\"recording\":3,\"of\":"}}) {
    std::string changed = line;
    const auto at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << line;
    write_file(stage_ / "journal.jsonl", changed.replace(at, from.size(), to) + "\n");
    EXPECT_THAT(said_by_next_run(),
                AllOf(HasSubstr("journal.jsonl is damaged: "), HasSubstr("remove the folder"),
                      Not(HasSubstr("exception"))))
        << to;
  }
}

TEST_F(HostileRecords, WhateverStandsInAStageJsonIsSaidInWords) {
  for (const std::string header :
       {R"([])", R"({"stage": null, "format": 2, "state": "complete"})",
        R"({"stage": "audio", "format": "2", "state": "complete"})",
        R"({"stage": "audio", "format": 2, "state": 1})",
        R"({"stage": "audio", "format": 2, "state": "complete", "settings": 5})",
        R"({"stage": "audio", "format": 2, "state": "complete", "tool": []})",
        R"({"stage": "audio", "format": 2, "state": "complete", "failed": [1]})"}) {
    make_stage();
    write_file(stage_ / "stage.json", header);
    EXPECT_THAT(said_by_reader(), HasSubstr("stage.json is damaged")) << header;
    EXPECT_THAT(said_by_next_run(), HasSubstr("stage.json is damaged")) << header;
  }
  make_stage();
  write_file(stage_ / "stage.json", std::string(200'000, '['));
  EXPECT_THAT(said_by_reader(), HasSubstr("stage.json is damaged"));
}

TEST_F(HostileRecords, WhateverStandsInAShardsRecordIsSaidInWords) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"settings\": {", "\"settings\": 3, \"other\": {"},
           {"\"dealt\"", "\"delt\""},
           {"\"forced\": false", "\"forced\": 1"},
           {"\"skipped\": []", "\"skipped\": [[]]"}}) {
    make_stage(true, Shard{1, 1});
    replace("shards/1-of-1/stage.json", from, to);
    EXPECT_THAT(said_by_join(), AllOf(HasSubstr("stage.json is damaged"), HasSubstr("run its")))
        << to;
  }
}

TEST_F(HostileRecords, LongSettingsAreCut) {
  make_stage();
  replace("stage.json", "48000", "\"" + std::string(100'000, 'x') + "\"");
  EXPECT_THAT(said_by_next_run(), HasSubstr("made with other settings"));
  EXPECT_LT(said_by_next_run().size(), 1000u);
}

TEST_F(HostileRecords, ANameNoFileSystemHoldsIsRefused) {
  make_stage();
  replace("manifest.csv", "x.wav", std::string(20'000, 'x'));
  EXPECT_THAT(said_by_next_run(), HasSubstr("cannot lie below its folder"));
  EXPECT_LT(said_by_next_run().size(), 1000u);
}

TEST_F(HostileRecords, ShapesOfArraysAreMultipliedWithCare) {
  for (const std::string shape :
       {"(20, 1152921504606846976)", "(4611686018427387904, 20)", "(4611686018427387904,)",
        "(0, 5)", "(9223372036854775807, 9223372036854775807)", "(99999999999999999999, 2)"}) {
    const FloatArray array{{20, 2}, std::vector<float>(40)};
    write_npy(stage_ / "a.npy", array);
    std::string bytes = read_file(stage_ / "a.npy");
    bytes.replace(bytes.find("(20, 2)"), shape.size(), shape);
    write_file(stage_ / "a.npy", bytes);
    EXPECT_THAT(said_by([&] { read_npy(stage_ / "a.npy"); }), HasSubstr("a.npy is damaged"))
        << shape;
  }
}

TEST_F(HostileRecords, HeadersOfSafetensorsAreReadWithCare) {
  const auto said = [&](const std::string& header) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(header.size() >> (8 * i));
    return said_by([&] { parse_safetensors(bytes + header + "1234", "m.safetensors"); });
  };
  EXPECT_THAT(said("[]"), HasSubstr("m.safetensors is damaged: its header is no JSON object"));
  EXPECT_THAT(said(std::string(100'000, '[')), HasSubstr("m.safetensors is damaged"));
  EXPECT_EQ(said(R"({"w": {"shape": [1], "data_offsets": [0, 4]}})"),
            "m.safetensors: w is damaged: it has no 'dtype'; copy the file once more");
  EXPECT_THAT(said(R"({"w": 3})"), HasSubstr("m.safetensors: w is damaged"));
  EXPECT_THAT(said(R"({"__metadata__": {"a": 1}})"),
              AllOf(HasSubstr("__metadata__ is damaged"), Not(HasSubstr("exception"))));
  EXPECT_THAT(said(R"({"w": {"dtype": "F32", "shape": [4611686018427387904, 4],
                       "data_offsets": [0, 4]}})"),
              HasSubstr("impossible shape"));
  EXPECT_THAT(said(R"({"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}})"),
              HasSubstr("outside the file"));
}

}  // namespace
}  // namespace aver
