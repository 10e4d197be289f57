#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "media/image_file.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kLeak = 3;

TEST(SplitAudit, EqualPicturesUnderTwoNamesAreALeakUnderTheirOwnName) {
  const TemporaryFolder folder;
  const auto picture = [&](const char* name, int seed) {
    cv::Mat pixels(6, 6, CV_8UC3);
    for (int i = 0; i < 108; ++i) pixels.data[i] = static_cast<unsigned char>(i * seed % 251);
    write_png(folder / "data" / name, pixels);
  };
  picture("happy/S01_1.png", 3);
  picture("happy/S02_1.png", 3);
  picture("happy/S03_1.png", 5);
  for (const char* name : {"sad/S01_2.png", "sad/S02_2.png"}) {
    write_png(folder / "data" / name, cv::Mat(6, 6, CV_8UC3, cv::Scalar(10, 20, 30)));
  }
  write_file(folder / "split.csv",
             "fold,clip,role\n0,happy/S01_1.png,train\n0,sad/S01_2.png,train\n"
             "0,happy/S02_1.png,test\n0,sad/S02_2.png,test\n0,happy/S03_1.png,test\n");
  const auto audit = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"aver-split", "audit", (folder / "split.csv").string(), "--input",
                               (folder / "data").string(), "--group-pattern", "^(S[0-9]+)_"});
    return run_command(more);
  };
  const auto result = audit({});
  EXPECT_EQ(result.exit_status, kLeak);
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("equal pictures, other names"),
            HasSubstr("happy/S01_1.png = happy/S02_1.png"),
            HasSubstr("1 pictures under another name"), HasSubstr("equal pictures (train"),
            HasSubstr("pictures of one colour, not compared, 2"),
            HasSubstr("Not compared: 2 pictures of one colour."), Not(HasSubstr("recordings"))));
  const json report = json::parse(audit({"--json"}).out);
  EXPECT_EQ(report.at("shared_pictures"), 1);
  EXPECT_EQ(report.at("pictures_compared"), 5);
  EXPECT_THAT(report.at("pairs").at(0).at("shared").at("pictures"), SizeIs(1));
  EXPECT_FALSE(report.contains("equal_recordings"));
}

TEST(SplitMake, ATableOfPicturesIsDealtWhateverLiesBesideThem) {
  const TemporaryFolder folder;
  std::string table = "file,emotion,speaker\n";
  for (int i = 0; i < 6; ++i) {
    const std::string name = fmt::format("faces/{}.png", i);
    write_png(folder / "data" / name, cv::Mat(6, 6, CV_8UC3, cv::Scalar(40 * i, 20, 30)));
    table += fmt::format("{},{},S{}\n", name, i % 2 == 0 ? "happy" : "sad", i / 2);
  }
  write_file(folder / "data" / "voices" / "a.wav", "no picture");
  write_file(folder / "faces.csv", table);
  const auto made = run_command({"aver-split", "make", "-i", (folder / "data").string(), "--corpus",
                                 (folder / "faces.csv").string(), "--protocol", "group-3:speaker",
                                 "-o", (folder / "split.csv").string()});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(read_csv(folder / "split.csv").rows, SizeIs(18));
}

}  // namespace
}  // namespace aver
