#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/csv.h"
#include "store/npy.h"
#include "support.h"

// A small corpus, a model of each modality, and what they looked at in its clips.
namespace aver::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Explain : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_.emplace();
    run_to_status({"aver-synthesize", "-q", "-o", at("corpus"), "--actors", "2", "--statements",
                   "1", "--repetitions", "1", "--seconds", "0.6", "--size", "96x72", "--twin-actor",
                   "0"});
    run_to_status(
        {"aver-extract-frames", "-q", "-i", at("corpus"), "-o", at("frames"), "--every", "4"});
    run_to_status({"aver-extract-audio", "-q", "-i", at("corpus"), "-o", at("audio")});
    run_to_status(
        {"aver-compute-mfcc", "-q", "-i", at("audio"), "-o", at("mfcc"), "--no-pictures"});
    run_to_status({"aver-train-visual", "-q", "-i", at("frames"), "-o", at("visual"), "--epochs",
                   "2", "--size", "16", "--filters", "4", "6", "--dense", "8", "--threads", "1"});
    run_to_status({"aver-train-audio", "-q", "-i", at("mfcc"), "-o", at("voice"), "--epochs", "2",
                   "--filters", "4", "4", "6", "--lstm", "8", "6", "--threads", "1"});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string at(const std::string& name) { return (*folder_ / name).string(); }

  static CommandResult explain(const std::string& output, const std::vector<std::string>& more,
                               int status = 0) {
    std::vector<std::string> words = {"aver-explain", "-q", "-o", at(output), "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return run_to_status(words, status);
  }

  static std::optional<TemporaryFolder> folder_;
};
std::optional<TemporaryFolder> Explain::folder_;

TEST_F(Explain, AnswersAsPredictDoesAndSharesAddUp) {
  const std::string clip = at("corpus/Actor_01/01-01-03-01-01-01-01.mp4");
  explain("both", {"--visual", at("visual"), "--audio", at("voice"), clip, "--check"});
  const auto predicted = run_to_status({"aver-predict", "-q", "--visual", at("visual"), "--audio",
                                        at("voice"), clip, "--format", "jsonl"});
  const json answer = json::parse(predicted.out);
  const CsvTable table = read_csv(at("both/explanations.csv"));
  ASSERT_EQ(table.rows.size(), 2u);
  double shares = 0;
  for (const auto& row : table.rows) {
    const auto cell = [&](const char* column) { return row[table.column(column)]; };
    EXPECT_EQ(cell("answer"), answer.at("emotion"));
    EXPECT_NEAR(std::stod(cell("probability")), answer.at("confidence").get<double>(), 1e-6);
    EXPECT_EQ(cell("method"), "Grad-CAM");
    EXPECT_GT(std::stod(cell("random_deletion")), 0);
    shares += std::stod(cell("share"));
  }
  EXPECT_NEAR(shares, answer.at("confidence").get<double>() - 1.0 / 8, 1e-5);
  const fs::path folder = at("both/0001-01-01-03-01-01-01-01");
  const FloatArray face = read_npy(folder / "face.npy");
  EXPECT_EQ(face.shape[1], 16u);
  EXPECT_EQ(face.shape[2], 16u);
  for (const float place : face.values) EXPECT_TRUE(place >= 0 && place <= 1) << place;
  EXPECT_EQ(read_npy(folder / "sound.npy").rows(), 40u);
  const std::string page = read_file(at("both/index.html"));
  EXPECT_THAT(page, AllOf(HasSubstr("data-seconds"), HasSubstr("data:image/png;base64,"),
                          Not(HasSubstr("://")), HasSubstr("script-src 'unsafe-inline'")));
}

TEST_F(Explain, TheSameCommandWritesTheSameBytes) {
  for (const char* output : {"once", "twice"}) {
    explain(output, {"--audio", at("voice"), at("corpus/Actor_02"), "--check", "--class", "happy"});
  }
  for (const char* file : {"explanations.csv", "metrics.json", "index.html"}) {
    EXPECT_EQ(read_file(at("once") + "/" + file), read_file(at("twice") + "/" + file)) << file;
  }
}

TEST_F(Explain, OfAStageFolderIsThatOfTheRecordings) {
  explain("stage", {"--model", at("voice"), "-i", at("mfcc"), "--filter", "speaker=01"});
  explain("clips", {"--audio", at("voice"), at("corpus/Actor_01")});
  const CsvTable stage = read_csv(at("stage/explanations.csv"));
  const CsvTable clips = read_csv(at("clips/explanations.csv"));
  const auto of_sound = [&](const CsvTable& table) { return table.rows.size(); };
  ASSERT_GT(of_sound(stage), 0u);
  const std::string folder = stage.rows.front()[stage.column("folder")];
  const FloatArray one = read_npy(fs::path(at("stage")) / folder / "sound.npy");
  for (const auto& row : clips.rows) {
    if (row[0].find("/01-" + stage.rows.front()[0]) == std::string::npos) continue;
    const FloatArray other =
        read_npy(fs::path(at("clips")) / row[clips.column("folder")] / "sound.npy");
    ASSERT_EQ(one.shape, other.shape);
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      EXPECT_NEAR(one.values[i], other.values[i], 1e-4);
    }
    return;
  }
  FAIL() << "no clip is " << stage.rows.front()[0];
}

TEST_F(Explain, ByOcclusionNamesNoLayerAndChecksTheSame) {
  const std::string clip = at("corpus/Actor_01/01-01-03-01-01-01-01.mp4");
  explain("occluded", {"--visual", at("visual"), "--audio", at("voice"), "--method", "occlusion",
                       "--check", clip});
  const CsvTable table = read_csv(at("occluded/explanations.csv"));
  ASSERT_EQ(table.rows.size(), 2u);
  for (const auto& row : table.rows) {
    EXPECT_EQ(row[table.column("method")], "occlusion");
    EXPECT_EQ(row[table.column("layer")], "");
    EXPECT_EQ(row[table.column("gap")], "");
    EXPECT_GT(std::stod(row[table.column("random_deletion")]), 0);
  }
  EXPECT_THAT(read_file(at("occluded/index.html")), Not(HasSubstr("their sum is")));
}

TEST_F(Explain, OfSeveralSeriesThePageSaysWhatEachAdded) {
  write_file(at("two.toml"),
             "[[series]]\nname = \"low\"\ninput = \"mfcc\"\n\n"
             "[[series]]\nname = \"high\"\ninput = \"mfcc\"\n");
  run_to_status({"aver-train-features", "-q", "-i", at("two.toml"), "-o", at("joint"),
                 "--architecture", "linear", "--epochs", "1", "--threads", "1"});
  explain("parts", {"--model", at("joint"), "-i", at("two.toml"), "--filter", "speaker=01"});
  EXPECT_THAT(read_file(at("parts/index.html")),
              AllOf(HasSubstr("Added to the logit: low "), HasSubstr(", high ")));
}

TEST_F(Explain, ARunsFilesAndTheClipsAreLeftAloneAndWhatIsOldGoes) {
  const std::string clip = at("corpus/Actor_01/01-01-03-01-01-01-01.mp4");
  const auto metrics = read_file(fs::path(at("voice")) / "metrics.json");
  const auto refused = explain("voice", {"--audio", at("voice"), clip}, 2);
  EXPECT_THAT(refused.err, HasSubstr("is a training run or stage folder"));
  EXPECT_EQ(read_file(fs::path(at("voice")) / "metrics.json"), metrics);
  fs::create_directories(at("clips"));
  const std::string own = at("clips") + "/one.mp4", other = at("clips") + "/two.mp4";
  for (const auto& copy : {own, other}) {
    fs::copy_file(clip, copy, fs::copy_options::overwrite_existing);
  }
  explain("clips", {"--audio", at("voice"), at("clips")}, 2);
  explain("twice", {"--audio", at("voice"), own, other});
  EXPECT_TRUE(fs::exists(fs::path(at("twice")) / "0002-two" / "sound.png"));
  explain("twice", {"--audio", at("voice"), other});
  EXPECT_TRUE(fs::exists(fs::path(at("twice")) / "0001-two" / "sound.png"));
  EXPECT_FALSE(fs::exists(fs::path(at("twice")) / "0001-one"));
  EXPECT_FALSE(fs::exists(fs::path(at("twice")) / "0002-two"));
}

TEST_F(Explain, ABrokenClipFailsAloneAndWrongWordsAreASentence) {
  write_file(at("broken/broken.mp4"), "no movie");
  fs::copy(at("corpus/Actor_01/01-01-03-01-01-01-01.mp4"), at("broken/good.mp4"));
  const auto result = explain("some", {"--audio", at("voice"), at("broken")}, 1);
  EXPECT_THAT(result.out + result.err, HasSubstr("broken.mp4"));
  EXPECT_EQ(read_csv(at("some/explanations.csv")).rows.size(), 1u);
  EXPECT_THAT(read_file(at("some/index.html")), HasSubstr("Not read"));
  EXPECT_THAT(explain("no", {"--audio", at("voice"), at("broken"), "--class", "hungry"}, 2).err,
              HasSubstr("--class hungry: the models know"));
  EXPECT_THAT(explain("no", {"--model", at("visual"), "-i", at("frames")}, 2).err,
              HasSubstr("name recordings or pictures"));
  EXPECT_FALSE(fs::exists(at("no")));
}

}  // namespace
}  // namespace aver::test
